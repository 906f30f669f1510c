"""The collections that switch at the same moment as that of this run: how each of them stands."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from qdrant_model_migration.engine import RunView
from qdrant_model_migration.pages import of_run
from qdrant_model_migration.pages.outcome import Go, Outcome, Report, Said, Work
from qdrant_model_migration.pages.page import Act, Column, Fact, Facts, Page, Row, Table
from qdrant_model_migration.pages.run_words import state_word, what_is_safe
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import of_run as work
from qdrant_model_migration.steps.sisters import Sister

ACT = Act("family", "The others", letter="o")
COLUMNS = (Column("COLLECTION", 26), Column("ITS RUN"))
HELP = (
    "Each collection has a plan, a run and a report of its own. A run that stands",
    "at its cutover begins the next one by itself, also when no window is open.",
    "",
    "When all of them stand there, one question switches all at the same moment.",
    "It is asked by each of them; it has to be answered once.",
)


def enter(session: Session) -> Outcome:
    return of_run.look(session, _looked)


def _looked(session: Session, run: RunView) -> Outcome:
    return session if run.with_it else Go("run", session, back=True)


def page(session: Session) -> Page:
    return of_run.framed(session, "Run", _page)


def _page(run: RunView) -> Page:
    rows = (_mine(run), *(_row(n, one, run) for n, one in enumerate(run.with_it)))
    return Page(
        title="Switch at the same moment",
        body=(Table("family", rows, COLUMNS, "Switch at the same moment", "below", enter="Watch"),),
        help=HELP,
        hello=_hello(run),
        first="family",
    )


def _hello(run: RunView) -> str:
    if any(one.stands == "before" for one in run.with_it):
        return "They are brought to their cutover one after another. Enter shows a run."
    return "Enter shows a run: its question, its report, its way back."


def _mine(run: RunView) -> Row:
    facts = Facts(tuple(Fact(label, text) for label, text in what_is_safe(run)))
    cells = (run.card.collection, state_word(run))
    return Row("mine", cells, title=run.run_id, more=(facts,), acts=(Act("open", "Watch"),))


def _row(n: int, one: Sister, run: RunView) -> Row:
    facts = [Fact("Now", one.says), *([Fact("Verdict", one.verdict)] if one.verdict else [])]
    if one.stands in ("none", "before", "over") and one.todo:
        facts.append(Fact("Brought on by", one.todo))
    title = one.run or "no run yet"
    act = Act("open", "Watch", "" if one.run else "it has no run yet")
    if one.run and not one.begun:
        busy = next((other.collection for other in run.with_it if other.live), "")
        busy = run.card.collection if run.live else busy
        act = Act("begin", "Start", f"{busy} is under way, and begins it" if busy else "")
    return Row(f"other{n}", (one.collection, one.says), title=title, more=(Facts(tuple(facts)),),
               acts=(act,), enter=act.label)  # fmt: skip


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    run = session.of_run
    verb = key.partition("--")[0]
    if run is None or verb not in ("open", "begin"):
        return session
    here = values["family"]
    if here == "mine":
        return Go("run", session, back=True)
    there = run.folder.parent / run.with_it[int(here.removeprefix("other"))].run
    if verb == "open":
        return Go("run", session.at_run(there))
    return of_run.start(session, key, lambda session: _begin(session, there))


def _begin(session: Session, folder: Path) -> Work:
    do = partial(_start, session, folder)
    return Work("start", do, lambda now, _: Said(now, "It has begun."), "Starting it.")


def _start(session: Session, folder: Path, report: Report) -> None:
    work.start(session, folder)
