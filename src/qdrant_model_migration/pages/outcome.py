"""What an act of a page leads to. A face carries it out without knowing the page."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any, NamedTuple, Union

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.page import BACK as BACK
from qdrant_model_migration.pages.page import Page
from qdrant_model_migration.pages.session import Session

Report = Callable[[object], None]


class Said(NamedTuple):
    """The same page, drawn anew. at: the key that has the focus next, or has to be given again
    where there was trouble. copy: to the clipboard."""

    session: Session
    words: str = ""
    at: str = ""
    copy: str = ""
    trouble: bool = False


class Go(NamedTuple):
    """To another stage, or to the same from its beginning. back: to where it is open already, if it
    is. words: said there."""

    to: str
    session: Session
    words: str = ""
    back: bool = False
    instead: bool = False


class Refused(NamedTuple):
    """Not done, and why. at: the key of what has to be given or corrected."""

    words: str
    at: str = ""


class Work(NamedTuple):
    """Something that blocks. A face does it beside the screen, or waits for it.

    do: hears how to report, returns what was found or raises QmmError. then: the session of that
    moment and what was found. news: the session with what was reported. failed: None: the error is
    said. stop: is set by whoever does not want to wait. begun: the session while it is done. every:
    seconds until it is done again, for as long as the page is looked at. Of one name there is one
    at a time. stopping: what stopping it is called, where that ends the work alone and leads
    nowhere. A text that is reported is where it stands; a later one may take its place.
    """

    name: str
    do: Callable[[Report], Any]
    then: Callable[[Session, Any], Outcome]
    says: str = ""
    news: Callable[[Session, Any], Session] | None = None
    failed: Callable[[Session, QmmError], Outcome] | None = None
    stop: Event | None = None
    begun: Session | None = None
    every: float = 0.0
    stopping: str = ""


LEAVE = "leave"
"""Where Go leads out of the program."""

HOME = "home"
"""Where Go leads to the beginning; to BACK, one step back."""


Outcome = Union[Session, Said, Go, Work, Refused, Page]  # noqa: UP007  # Work names it before
"""A Session: the page is drawn anew with it. A Page: on top of the present one, until an act of it
is chosen or it is closed; its acts are carried out by the same stage."""


def refused(error: QmmError, at: str = "") -> Refused:
    """What happened, why, what to do next."""
    return Refused(" ".join(part for part in (error.what, error.why, error.todo) if part), at)
