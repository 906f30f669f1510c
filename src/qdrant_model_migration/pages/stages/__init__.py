"""The stages of the trip, found from the files of this folder: a new one is one new file.

A stage is a module with `page(session)` and `act(session, key, values)`; where something has to be
done when it is come to, with `enter(session)`; where more than going back, with `leave(session)`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol, cast

from qdrant_model_migration.pages.outcome import BACK, Go, Outcome
from qdrant_model_migration.pages.page import Page
from qdrant_model_migration.pages.session import Session


class Stage(Protocol):
    """One file of this folder. Pure, but for the work that an outcome holds."""

    @staticmethod
    def page(session: Session) -> Page:
        """What it shows and asks now."""

    @staticmethod
    def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
        """What an act leads to, or an ask that is taken at once. values: see `Page`."""


@lru_cache(maxsize=1)
def stages() -> tuple[str, ...]:
    """The names of all."""
    return tuple(entry.name for entry in pkgutil.iter_modules(__path__))


def stage(name: str) -> Stage:
    """The stage with this name."""
    return cast(Stage, importlib.import_module(f"{__name__}.{name}"))


def enter(name: str, session: Session) -> Outcome:
    """What coming to a stage leads to, at first or from a later one: mostly to its page."""
    come = getattr(stage(name), "enter", None)
    return cast(Outcome, come(session)) if come is not None else session


def leave(name: str, session: Session) -> Outcome:
    """What going back from a stage leads to."""
    back = getattr(stage(name), "leave", None)
    return cast(Outcome, back(session)) if back is not None else Go(BACK, session)
