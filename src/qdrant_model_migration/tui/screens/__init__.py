"""One file per stop of the trip. A screen is opened by its name; a new one is one entry here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from textual.screen import Screen

# Imported when first opened: the wizard starts without the rooms it does not need yet.
SCREENS = {
    "map": "map:MapScreen",
    "run": "run:RunScreen",
}


def kind_of(name: str) -> type[Screen[Any]]:
    """The class of the screen with this name."""
    module, kind = SCREENS[name].split(":")
    return cast("type[Screen[Any]]", getattr(import_module(f"{__name__}.{module}"), kind))


def by_name(name: str) -> Screen[Any]:
    """A fresh screen: one of its own, or the one that shows any stage of `pages/`."""
    if name in SCREENS:
        return kind_of(name)()
    from qdrant_model_migration.tui.screens.stage import StageScreen

    return StageScreen(name)


def is_named(screen: object, name: str) -> bool:
    """Whether that is the screen of this name."""
    if name in SCREENS:
        return isinstance(screen, kind_of(name))
    return getattr(screen, "name_of_stage", None) == name
