"""What the screens do in worker threads: plain functions over the rooms. No widgets, no state.

A local folder has room for one client only, so each task opens the Qdrant, works and closes it
again, and holds its door meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.advice import ModelChoice, answer_all, try_speed
from qdrant_model_migration.embedders import (
    ModelRef,
    fetch,
    model_choices,
    model_from_folder,
)
from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.pages.session import Connected, Session
from qdrant_model_migration.pages.work.door import door
from qdrant_model_migration.pages.work.opened import opened
from qdrant_model_migration.pipeline.speed import Speed, kept_under
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.quality import SideBySide, both_sides, side_by_side
from qdrant_model_migration.survey import Listed, Survey, look_at, named, survey

CONNECT_SECONDS = 10.0
BETWEEN_NEWS = 0.2  # seconds
Report = Callable[[object], None]
Environment = Callable[[Path], Mapping[str, str]]


class Checked(NamedTuple):
    """One line of what connecting found. sign: ✓, !, i."""

    sign: str
    what: str
    found: str


def connect(session: Session, report: Report) -> Connected:
    """Reach the server, see whether the key is accepted, list the collections. Reads only."""
    with opened(session, timeout=CONNECT_SECONDS) as qdrant:
        began = perf_counter()  # opening loads the client too, which says nothing of the server
        names = qdrant.collections()
        seconds = perf_counter() - began
        report(
            Checked(
                "✓",
                "The server answers",
                f"in {seconds * 1000:.0f} ms, Qdrant {qdrant.version}",
            )
        )
        report(
            Checked(
                "✓",
                "The key is accepted" if session.key else "No key is needed",
                "reading is allowed",
            )
        )
        may_write = qdrant.may_manage()
        report(_writing(may_write))
        if isinstance(session.address, Address):
            report(_line(session.address, with_key=session.key is not None))
        report(Checked("✓" if names else "!", "Collections", f"{len(names)} found"))
        return Connected(
            version=str(qdrant.version),
            local=qdrant.capabilities.local,
            seconds=seconds,
            collections=named(qdrant, names),
            may_write=may_write,
            notes=qdrant.capabilities.notes,
        )


def _writing(may_write: bool | None) -> Checked:
    if may_write:
        return Checked("✓", "Writing", "the key may create collections and change aliases")
    if may_write is None:
        return Checked("i", "Writing", "tested in step 1 of the plan, before anything is created")
    return Checked("!", "Writing", "this key may only read: survey and plan work, a run does not")


def _line(address: Address, *, with_key: bool) -> Checked:
    if address.encrypted:
        return Checked("✓", "The line is encrypted", "https" if address.url else "this computer")
    if address.on_this_computer:
        return Checked("✓", "The line", "http, on this computer")
    words = "http: anyone on the way can read the key" if with_key else "http, not encrypted"
    return Checked("!", "The line", words)


def list_collections(session: Session, stop: threading.Event, report: Report) -> tuple[Listed, ...]:
    """Read the list of collections again, telling the names at once and then what is found of
    each, some at a time. Those with an alias come first: one of them is the likely choice."""
    found: list[Listed] = []
    with opened(session) as qdrant:
        names = named(qdrant, qdrant.collections())
        report(names)
        new: list[Listed] = []
        told = perf_counter()
        for one in look_at(qdrant, sorted(names, key=lambda one: not one.aliases), stop):
            found.append(one)
            new.append(one)
            if perf_counter() - told >= BETWEEN_NEWS:
                report(tuple(new))
                new, told = [], perf_counter()
    return tuple(sorted(found, key=lambda one: one.collection))


def look(
    session: Session,
    stop: threading.Event,
    text_field: str | None,
    old_model: ModelRef | None,
    report: Report,
) -> Survey:
    """Survey the chosen collection, telling (key, fact) as each is found. Reads only."""
    if session.collection is None:
        raise QmmError("No collection is chosen.", "", "Go back and choose one.")
    with opened(session) as qdrant:
        return survey(
            qdrant,
            session.collection,
            on_fact=lambda key, fact: report((key, fact)),
            text_field=text_field,
            old_model=old_model,
            stop=stop,
        )


def models(session: Session, report: Report) -> tuple[ModelChoice, ...]:
    """Every model that may be chosen, and whether it is on this computer. No network."""
    return model_choices(_practice_models(session))


def _practice_models(session: Session) -> Path | None:
    from qdrant_model_migration.sandbox import Sandbox

    if session.practice and session.address is not None:
        return Sandbox.around(session.address).models
    return None


def measure(session: Session, model: ModelRef, report: Report) -> tuple[str, Speed]:
    """How many of the collection's own texts this computer embeds in a second."""
    if session.survey is None:
        raise NothingToMeasure
    with opened(session) as qdrant:
        measured = try_speed(qdrant, session.survey, session.answers, model)
    if measured is None:
        raise NothingToMeasure
    return kept_under(model), measured


class NothingToMeasure(QmmError):
    """The speed cannot be tried without a text."""

    def __init__(self) -> None:
        super().__init__("No text was found to measure with.", "", "Go on without the speed.")


def get_model(model: ModelRef, stop: threading.Event, report: Report) -> None:
    """Download a model, because the operator asked for it. Raises Stopped once `stop` is set."""

    told = 0.0

    def arrived(done: int, total: int) -> None:
        nonlocal told
        if stop.is_set():
            raise Stopped
        if perf_counter() - told < BETWEEN_NEWS:
            return  # a download tells of every few kilobytes
        told = perf_counter()
        percent = f", {min(99, 100 * done // total)} %" if total else ""
        report(f"Fetching {model.label}: {words.size(done)} of {words.size(total)}{percent}.")

    fetch(model, arrived)


def read_folder(folder: str, said: Mapping[str, Any], report: Report) -> ModelRef:
    """The model in a folder. said: what the folder leaves open, by the key of a FolderAsks.

    Raises FolderAsks, FolderHoldsNoModel and others that say what is missing.
    """
    return model_from_folder(Path(folder).expanduser(), **said)


def answer_rest(session: Session, report: Report) -> dict[str, Any]:
    """All answers, the open ones as suggested."""
    if session.survey is None:
        raise QmmError("Nothing is surveyed yet.", "", "Go back to the survey.")
    return answer_all(session.survey, session.answers, models(session, report))


class Practice(NamedTuple):
    """The sandbox, ready."""

    address: Address
    collection: str
    connected: Connected
    answers: dict[str, Any]


def prepare_practice(report: Report) -> Practice:
    """Make the practice Qdrant, unless it is there, and look into it."""
    from qdrant_model_migration.sandbox import COLLECTION, Sandbox

    sandbox = Sandbox()
    with door(sandbox.address):
        sandbox.prepare(on_progress=lambda what, done, total: report((what, done, total)))
    connected = connect(Session(address=sandbox.address), lambda _: None)
    proof = {"kind": "file", "file": str(sandbox.queries), "margin": 0.02}
    return Practice(sandbox.address, COLLECTION, connected, {"proof": proof})


def reset_practice(report: Report) -> None:
    """Delete the practice Qdrant with everything in it; `prepare_practice` makes it anew."""
    from qdrant_model_migration.sandbox import Sandbox

    sandbox = Sandbox()
    with door(sandbox.address):
        sandbox.reset()


class Tried(NamedTuple):
    """One query on both sides, and what the sides are called."""

    both: SideBySide
    old: str
    new: str


def search_both(session: Session, folder: Path, query: str, report: Report) -> Tried:
    """Search with the query on the old and the new side of a run. Reads only."""
    plan = load_plan(folder / "plan.yaml")
    before, after = plan.before, plan.after
    if before is None or after is None:
        raise QmmError(
            "There are no two sides to compare.",
            "This run changes the compression, not the vectors.",
            "The verdict shows search before and after.",
        )
    with opened(session.on(address=plan.server)) as qdrant:
        if not qdrant.exists(after.collection):
            made = f"{after.collection} does not exist yet."
            raise QmmError(made, "", "Wait until the run made it.")
        both = side_by_side(query, *both_sides(qdrant, before, after))
        return Tried(both, before.collection, after.collection)
