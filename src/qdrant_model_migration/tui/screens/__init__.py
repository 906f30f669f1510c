"""One file per stop of the trip. A screen is opened by its name; a new one is one entry here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from qdrant_model_migration.pages.stages import stages

if TYPE_CHECKING:
    from textual.screen import Screen

# Imported when first opened: the wizard starts without the rooms it does not need yet.
SCREENS = {
    "questions": "questions:QuestionsScreen",
    "map": "map:MapScreen",
    "run": "run:RunScreen",
    "run_log": "run_log:RunLogScreen",
    "dead_letters": "dead_letters:DeadLettersScreen",
    "verify": "verify:VerifyScreen",
    "judge_again": "judge_again:JudgeAgainScreen",
    "try_it": "try_it:TryItScreen",
    "gate": "gate:GateScreen",
    "lines": "lines:LinesToChangeScreen",
    "report": "report:ReportScreen",
    "runs": "runs:RunsScreen",
}


def kind_of(name: str) -> type[Screen[Any]]:
    """The class of the screen with this name."""
    module, kind = SCREENS[name].split(":")
    return cast("type[Screen[Any]]", getattr(import_module(f"{__name__}.{module}"), kind))


def by_name(name: str) -> Screen[Any]:
    """A fresh screen: one of its own, of a stage of `pages/`, or one that asks whether the step of
    that name is to be added."""
    if name in SCREENS:
        return kind_of(name)()
    if name in stages():
        from qdrant_model_migration.tui.screens.stage import StageScreen

        return StageScreen(name)
    from qdrant_model_migration.tui.screens.added_step import AddedStepScreen

    return AddedStepScreen(name)


def is_named(screen: Screen[Any], name: str) -> bool:
    """Whether that is the screen of this name."""
    if name in stages():
        return getattr(screen, "name_of_stage", None) == name
    return isinstance(screen, kind_of(name))
