"""What the stages of a run share: looking at it, what frames it, whose key it gets, more steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from qdrant_model_migration import engine
from qdrant_model_migration.engine import RunView
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.outcome import Go, Outcome, Refused, Report, Work
from qdrant_model_migration.pages.page import Act, Page, Says
from qdrant_model_migration.pages.run_words import stops_behind
from qdrant_model_migration.pages.session import Adding, Files, Session
from qdrant_model_migration.pages.work import of_run as work
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.steps import AddedStep, added_kind

Then = Callable[[Session, RunView], Outcome]
ASKING = "Asking the server how things stand. Nothing is changed."
EVERY = 0.5  # seconds between two looks
_ASKS_MORE = {"verify": "judge_again"}  # than a gate asks for: on a page of its own


def folder_of(session: Session) -> Path:
    assert session.run is not None, "these stages are come to with a run"
    return session.run


def look(
    session: Session, then: Then | None = None, read: Callable[[Path], Files] | None = None
) -> Work:
    """Look at the run again and again. read: what of its folder the page needs besides."""

    def taken(session: Session, found: tuple[RunView, Files | None]) -> Outcome:
        view, files = found
        session = session.on(seen=view, files=files)
        return then(session, view) if then is not None else session

    do = partial(_look, folder_of(session), read)
    return Work("look", do, taken, failed=_unread, every=EVERY)


def _look(
    folder: Path, read: Callable[[Path], Files] | None, report: Report
) -> tuple[RunView, Files | None]:
    return engine.look(folder), read(folder) if read is not None else None


def _unread(session: Session, error: QmmError) -> Refused:
    return Refused(f"{error.what} {error.why} The run itself is not affected; it is read again.")


def framed(session: Session, place: str, made: Callable[[RunView], Page]) -> Page:
    """The page of a run, once it was looked at; before that no stop of it is said to be behind."""
    run = session.of_run
    if run is None:
        return Page("Run", (), hello="Reading the notes of the run.", place=place, passed=())
    page = made(run)
    return page._replace(place=page.place or place, where=run.what, passed=stops_behind(run))


# -- starting it -----------------------------------------------------------------------------------


def start(session: Session, key: str, work: Callable[[Session], Work]) -> Outcome:
    """`work`, once it is clear whether the run's server may be sent a key of another one.

    key: of the act; what is asked here comes back with it.
    """
    act, _, answer = key.partition("--")
    server = _another_server(session)
    if server is None or answer == "without":
        return work(session)
    if answer != "send":
        whose = (
            f"It belongs to {session.key_of}." if session.key_of else "QDRANT_URL names no server."
        )
        says = Says((f"This run works on {server}.", "A key is known here.", whose))
        acts = Act(f"{act}--without", "Go on without it"), Act(f"{act}--send", "Send the key there")
        return Page("Is the key for this server?", (says,), acts)
    made = work(session.on(key_of=server))
    return made._replace(then=lambda now, found: made.then(now.on(key_of=server), found))


def _another_server(session: Session) -> Address | None:
    """The server of the run, where a key is known that is not known to be its own."""
    if session.key is None or session.of_run is None:
        return None
    server = Address.read(session.of_run.card.server)
    return server if server.folder is None and session.key_for(server) is None else None


# -- more steps ------------------------------------------------------------------------------------


def acts_for(kinds: Iterable[type[AddedStep]], run: RunView, **options: Any) -> tuple[Act, ...]:
    """One for each; a step that leaves a run as it is stands in the list alone."""
    button = options.get("button", True)
    return tuple(
        Act(kind.name(), kind.label, closed=kind.why_not(run), button=button and bool(kind.ends))
        for kind in kinds
    )


def added(session: Session, key: str, *, instead: bool = False) -> Outcome | None:
    """Where an act leads that adds a step: it is begun, and asks; None for another act."""
    step = key.partition("--")[0]
    if added_kind(step) is None:
        return None
    if step in _ASKS_MORE:
        return Go(_ASKS_MORE[step], session, instead=instead)

    def begins(session: Session) -> Work:
        asking = session.on(adding=Adding(step), seen=None)
        to = Go("added_step", asking, instead=instead)
        do = partial(_add, session, folder_of(session), step)
        return Work("start", do, lambda now, _: to, ASKING)

    return start(session, key, begins)


def _add(session: Session, folder: Path, step: str, report: Report) -> None:
    work.start(session, folder, extra=step)
