"""The first stage: what would you like to do, and is something unfinished.

It imports what it needs to be drawn; nothing else has to be there for the first frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qdrant_model_migration import words
from qdrant_model_migration.environment import runs_folder
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.outcome import Go, Outcome, Report, Said, Work
from qdrant_model_migration.pages.page import (
    Act,
    Block,
    Column,
    Fact,
    Facts,
    Page,
    Row,
    Says,
    Table,
)
from qdrant_model_migration.pages.session import NOTHING, Session

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView

READ_AGAIN = 2.0  # seconds
WAYS = (
    ("practice", "Practice", "a built-in collection with everything in it; no server needed"),
    ("migrate", "Migrate", "connect to your Qdrant server and choose a collection"),
    ("explore", "Explore", "walk through the questions; no server, nothing is changed"),
    ("runs", "Runs", "watch, resume, report, roll back or clean up a run"),
)
SAFE_TRIP = Facts(
    (
        Fact("1 look", "the survey only reads"),
        Fact("2 decide", "a few questions, one recommendation, all warnings"),
        Fact("3 see it all", "the plan says what is written and what is never touched"),
        Fact("4 run", "you can close the window; the run goes on by itself"),
        Fact("5 switch", "only after a check, only when you type the name"),
    ),
    "A safe trip: nothing is deleted on its own",
    "A safe trip",
)
HELP = (
    "Practice: the whole trip on a built-in collection. Nothing real is touched.",
    "Migrate: the same trip on your own server.",
    "Explore: the questions and the map of strategies, without a server.",
    "Runs: everything that was started on this computer.",
    "",
    "A run is one migration, from the plan to the report. It works in its",
    "own process: closing this window does not stop it.",
)


def enter(session: Session) -> Outcome:
    return Work("runs", _read, _have, failed=_failed, every=READ_AGAIN)


def page(session: Session) -> Page:
    open_ = (Act("open", "Open", enter=True),)
    ways = tuple(Row(key, (name, what), acts=open_) for key, name, what in WAYS)
    columns = (Column("", 8), Column(""))
    known = session.address or session.last_address
    title = "What would you like to do?"
    return Page(
        title=title,
        body=(Table("ways", ways, columns, title, enter="Open"), _unfinished(session), SAFE_TRIP),
        help=HELP,
        hello=_hello(_left(session), some=bool(session.runs)),
        where="change the embedding model of a Qdrant collection",
        first="migrate" if known else "practice",
        esc="Leave",
        server="" if session.practice or session.explore else None,  # another trip begins here
    )


def _left(session: Session) -> tuple[RunView, ...]:
    return tuple(run for run in session.runs or () if not run.finished)


def _hello(left: tuple[RunView, ...], *, some: bool) -> str:
    if not left and some:
        return "Nothing is unfinished. Runs has the reports, rolls back and cleans up."
    if not left:
        return "New here? Practice takes a few minutes and harms nothing."
    are, it = ("is", "it") if len(left) == 1 else ("are", "one")
    many = words.plural(len(left), "run")
    return f"{many} {are} unfinished. Enter on {it} shows where it stands."


def _unfinished(session: Session) -> Block:
    left, title = _left(session), "Unfinished runs"
    if session.runs is None:
        return Says(("Reading the list of runs…",), title)
    if not session.runs:
        what = "A run is one migration, from the plan to the report."
        return Says(("No runs yet.", what), title)
    if not left:
        return Says(("None. All runs are finished; Runs lists them.",), title)
    attach = (Act("attach", "Open", enter=True),)
    from qdrant_model_migration.pages.run_words import state_word

    rows = tuple(
        Row(run.run_id, (run.run_id, run.what, state_word(run)), acts=attach) for run in left
    )
    columns = (Column("RUN", 24), Column("WHAT"), Column("STATE", 24))
    return Table("unfinished", rows, columns, f"{title} · {len(left)}", enter="Open")


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    if key == "attach":
        run = next(run for run in _left(session) if run.run_id == values["unfinished"])
        return Go("run", session.anew(run=run.folder, practice=run.card.practice))
    way = values["ways"]
    # answers given before anything was surveyed are of no collection alone
    kept = session.answers if session.explore or session.survey is None else NOTHING
    kept = NOTHING if session.practice else kept
    if way == "practice":
        return Go("practice", session.anew(practice=True, answers=kept))
    if way == "migrate":
        return Go("connect", session.anew(address=session.address, answers=kept))
    if way == "explore":
        from qdrant_model_migration.pages import exploring

        return Go("explore", exploring.explored(session, session.answers))
    return Go(way, session)


def _read(report: Report) -> tuple[RunView, ...]:
    from qdrant_model_migration import engine

    return engine.list_runs(runs_folder())


def _have(session: Session, runs: tuple[RunView, ...]) -> Session:
    return session.on(runs=runs)


def _failed(session: Session, error: QmmError) -> Said:
    return Said(session, str(error), trouble=True)
