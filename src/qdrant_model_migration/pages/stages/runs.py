"""All runs on this computer: their state, what is safe, what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from qdrant_model_migration import engine
from qdrant_model_migration.engine import RunView
from qdrant_model_migration.environment import runs_folder
from qdrant_model_migration.pages import of_run
from qdrant_model_migration.pages.moments import day
from qdrant_model_migration.pages.outcome import Go, Outcome, Report, Work
from qdrant_model_migration.pages.page import Act, Column, Fact, Facts, Page, Row, Says, Table
from qdrant_model_migration.pages.run_words import state_word, what_is_safe
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import of_run as work
from qdrant_model_migration.steps import added_kinds

EVERY = 2.0  # seconds between two looks at all of them
RESUMABLE = frozenset({"interrupted", "stopped", "failed"})
COLUMNS = (Column("RUN", 16), Column("WHAT"), Column("STATE", 20), Column("SINCE", 12))
HELP = (
    "A run is one migration, from the plan to the report. It works in its own",
    "process; closing the wizard does not stop it.",
    "",
    "interrupted: it ended without a word, e.g. the computer was switched off.",
    "waits: it wants something from you; Watch shows what.",
)


def enter(session: Session) -> Outcome:
    return Work("runs", _read, lambda now, runs: now.on(runs=runs), every=EVERY)


def _read(report: Report) -> tuple[RunView, ...]:
    return engine.list_runs(runs_folder())


def page(session: Session) -> Page:
    runs = session.runs or ()
    wanted = (run.run_id for run in runs if run.state in ("waiting", "interrupted"))
    about = " ".join(kind.about for kind in added_kinds() if kind.about)
    rows = tuple(_row(run) for run in runs)
    none = Says(("No runs yet. Start one from a plan, or see Practice.",))
    table = Table("runs", rows, COLUMNS, f"Runs · {len(runs)}", "below", enter="Open")
    return Page(
        title="Runs",
        body=(table,) if runs else (none,),
        help=(*HELP, f"{about} Each of them asks before it does anything."),
        hello="Only what fits the state of a run can be chosen; the rest says why not.",
        where="runs",
        first=next(wanted, "runs" if runs else "back"),
    )


def _row(run: RunView) -> Row:
    cells = (run.run_id, run.what, state_word(run), day(run.since))
    facts = tuple(Fact(label, text) for label, text in what_is_safe(run))
    watch, report = Act("watch", "Watch"), Act("report", "Report")
    resume = Act("resume", "Resume", "" if run.state in RESUMABLE else f"it is {run.state}")
    acts = (report, watch, resume) if run.finished else (watch, resume, report)
    added = of_run.acts_for((kind for kind in added_kinds() if kind.ends), run)
    title = f"{run.run_id}: {run.state}"
    return Row(run.run_id, cells, title=title, more=(Facts(facts),), acts=(*acts, *added))


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    run = next((run for run in session.runs or () if run.run_id == values["runs"]), None)
    if run is None:
        return session
    trip = session.anew(run=run.folder, practice=run.card.practice, seen=run)
    if key == "watch":
        return Go("run", trip)
    if key.partition("--")[0] == "resume":
        return of_run.start(trip, key, lambda trip: _resume(trip, run))
    return of_run.added(trip, key) or Go("report", trip)


def _resume(trip: Session, run: RunView) -> Work:
    says = "Starting. What is already done is checked, then it goes on."
    return Work("start", partial(_start, trip, run), lambda _, __: Go("run", trip), says)


def _start(trip: Session, run: RunView, report: Report) -> None:
    work.start(trip, run.folder)
