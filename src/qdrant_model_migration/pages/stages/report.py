"""The end of the trip: what changed, is everything there, what is left to do, where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from qdrant_model_migration import engine
from qdrant_model_migration.engine import RunView, Todo, change_lines
from qdrant_model_migration.pages import of_run
from qdrant_model_migration.pages.outcome import BACK, HOME, Go, Outcome, Report, Said, Work
from qdrant_model_migration.pages.page import (
    Act,
    Ask,
    Block,
    Column,
    Fact,
    Facts,
    Page,
    Row,
    Says,
    Table,
)
from qdrant_model_migration.pages.run_words import in_place, vector_gone
from qdrant_model_migration.pages.session import Files, Session
from qdrant_model_migration.pages.work import of_run as work
from qdrant_model_migration.steps import added_kinds

ELSEWHERE = ("What", "Strategy", "Server", "Application")  # in the top row, in report.md
TODO, DID = "todo ", "did "  # what the key of a row and of its tick begins with
LEADS = {"letters": "dead_letters", "log": "run_log", "verdict": "verify", "lines": "lines"}


def enter(session: Session) -> Outcome:
    return of_run.look(session, read=_read)


def _read(folder: Path) -> Files:
    return Files(work.files(folder), work.ticked(folder))


def page(session: Session) -> Page:
    return of_run.framed(session, "Report", lambda run: _page(run, session.files or Files()))


def _page(run: RunView, files: Files) -> Page:
    todo = engine.summarize(run).todo
    left = (TODO + one.key for one in todo if one.key not in files.ticked)
    return Page(
        title="Report",
        body=(told(run), *still_to_do(todo, files), _saved(run, files)),
        acts=_acts(run),
        help=(
            "The boxes are yours: they are kept, so that you can come back.",
            "The same report lies in the run folder as report.md and report.html,",
            "to send to others. It holds no keys and no passwords.",
            "",
            "A run in one collection has no alias to switch back."
            if in_place(run)
            else "Rolling back is possible until the old collection is cleaned up.",
        ),
        hello=_hello(run),
        first=next(left, "todo" if todo else BACK),
        esc="Home",
    )


def told(run: RunView, *, whole: bool = False) -> Facts:
    """What it came to and what happened. whole: also what other places tell of it."""
    summary = engine.summarize(run)
    rows = tuple(
        Fact(label, text) for label, text in summary.rows if whole or label not in ELSEWHERE
    )
    return Facts(rows, summary.title)


def still_to_do(todo: tuple[Todo, ...], files: Files) -> tuple[Block, ...]:
    rows = tuple(
        Row(
            TODO + one.key,
            (one.text, one.how),
            more=(
                Ask(
                    DID + one.key,
                    "tick",
                    one.text,
                    value="yes" if one.key in files.ticked else "",
                    at_once=True,
                ),
            ),
        )
        for one in todo
    )
    columns = (Column("STILL TO DO"), Column("COMMAND"))
    table = Table("todo", rows, columns, "Still to do", "ticks", enter="Tick")
    return (table,) if rows else ()


def _saved(run: RunView, files: Files) -> Says:
    names = "  ".join(files.names)
    return Says((names, f"{run.folder}"), f"Saved in the run folder {run.run_id}")


def _hello(run: RunView) -> str:
    ending = engine.ending_of(run)
    if ending and ending.gone:
        return f"{ending.gone} is deleted."
    if gone := run.facts.get("taken_out"):
        return f"{vector_gone(gone)} The points and their other vectors stay."
    if in_place(run):
        return "Nothing was deleted. The points and their original vectors stay."
    return "The old collection is still there. Nothing was deleted."


def _acts(run: RunView) -> tuple[Act, ...]:
    kinds = (kind for kind in added_kinds() if not kind.unfinished)
    return (
        *((Act("lines", "Lines to change"),) if change_lines.of(run.facts) else ()),
        *((Act("verdict", "Verdict"),) if run.verdict else ()),
        *of_run.acts_for((kind for kind in kinds if not kind.why_not(run)), run),
        Act(BACK, "Home"),
        Act("copy", "Copy summary", button=False),
        Act("letters", "Dead letters", button=False),
        Act("log", "Log", button=False),
    )


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    run = session.of_run
    if run is None:
        return session
    if key.startswith(DID):
        do = partial(_turn, run.folder, key.removeprefix(DID))
        return Work("tick", do, _turned)
    if key == "copy":
        summary = told(run, whole=True)
        lines = [summary.title, *(f"{fact.label}: {fact.value}" for fact in summary.rows)]
        words = "Copied where the terminal allows it; report.md holds the same and more."
        return Said(session, words, copy="\n".join(lines))
    return of_run.added(session, key) or Go(LEADS[key], session)


def _turn(folder: Path, key: str, report: Report) -> frozenset[str]:
    return work.turn(folder, key)


def _turned(session: Session, ticked: frozenset[str]) -> Session:
    return session.on(files=(session.files or Files())._replace(ticked=ticked))


def leave(session: Session) -> Outcome:
    return Go(HOME, session)
