"""What a screen may ask of the app that holds it: the app knows its screens, they know this."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any, Protocol, TypeVar

from textual.screen import Screen

from qdrant_model_migration.pages.session import Session

R = TypeVar("R")


class Says(Protocol):
    """A screen with a message line."""

    def say(self, words: str, *, trouble: bool = False) -> None: ...


class Wizard(Protocol):
    """The trip, and the ways between screens. Each member is told of in `app.WizardApp`."""

    session: Session
    log_file: Path | None
    painted: Event

    @property
    def plain_signs(self) -> bool: ...
    @property
    def stop_below(self) -> Says | None: ...

    def go(self, name: str, *, instead: bool = False) -> None: ...
    def go_back(self) -> None: ...
    def go_home(self) -> None: ...
    def go_back_to(self, name: str) -> None: ...
    def tell(self, words: str) -> None: ...
    def action_more(self) -> None: ...

    async def push_screen_wait(self, screen: Screen[R]) -> R | Any: ...
    def exit(self, result: int) -> None: ...
