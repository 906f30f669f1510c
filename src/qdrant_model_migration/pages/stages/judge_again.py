"""Judging a run anew: other searches, or another limit. Nothing is embedded anew."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from qdrant_model_migration import engine, words
from qdrant_model_migration.advice import typed
from qdrant_model_migration.engine import RunView
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages import of_run, sample_or_all
from qdrant_model_migration.pages.outcome import Go, Outcome, Report, Work, refused
from qdrant_model_migration.pages.page import Act, Ask, Page, Says
from qdrant_model_migration.pages.session import Files, Session
from qdrant_model_migration.pages.work import of_run as work
from qdrant_model_migration.quality import QUERIES_FORM

SAYS = (
    "Both collections are searched again, with the searches of this file. Each line of it is a "
    "search and the ids of its right answers. What is copied stays; only late writes are fetched "
    "first.",
    "The newest verdict counts: the cutover opens by it.",
)
HELP = (
    "More searches make the interval narrower; harder ones tell two good models",
    "apart. A wider limit lets searches find that much less.",
    "",
    "The file is read first. Then the run verifies again and comes back to its",
    "gate, or says why it stays closed. Nothing is switched by this.",
)


def enter(session: Session) -> Outcome:
    return of_run.look(session, read=_read)


def _read(folder: Path) -> Files:
    return Files(proof=engine.judged_by(folder), words=work.words_of(folder))


def page(session: Session) -> Page:
    return of_run.framed(session, "Verify", lambda run: _page(run, session.files or Files()))


def _page(run: RunView, files: Files) -> Page:
    file = str(files.proof.get("file") or "")
    margin = f"{files.proof.get('margin', 0.02):g}"
    limit = "0.02: 2 of 100 right answers fewer"
    old = Ask("old", "text", "Old model", help="its name, as qmm models lists it, or its folder")
    return Page(
        title="Judge anew",
        body=(
            Says(SAYS, "Judge anew"),
            Ask("file", "text", "Searches", value=file, help=QUERIES_FORM),
            Ask("margin", "text", "Limit", value=margin, help=limit),
            *((old,) if engine.wants_old_model(run) else ()),
            *sample_or_all.blocks(files.words, _as_long_as_before(run)),
        ),
        acts=(Act("judge", "Judge anew", enter=True),),
        help=HELP,
        first="file",
    )


def _as_long_as_before(run: RunView) -> str:
    took = sum(step.seconds for step in run.steps if step.name == "catch_up")
    return f"about as long as catching up did, {words.duration(took)}"


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    try:
        limit = typed.number(values["margin"], example="0.02", low=0.0, high=0.5, field="margin")
    except QmmError as error:
        return refused(error, "margin")
    return of_run.start(session, key, partial(_judge, values=values, limit=limit))


def _judge(session: Session, values: Mapping[str, str], limit: float) -> Work:
    return Work(
        "judge",
        partial(_begin, session, of_run.folder_of(session), values, limit),
        lambda now, _: Go("run", now, back=True),
        "Reading the searches.",
        failed=lambda _, error: refused(error, "old" if values.get("old") else "file"),
    )


def _begin(
    session: Session, folder: Path, values: Mapping[str, str], limit: float, report: Report
) -> None:
    file, old = values["file"].strip(), values.get("old", "").strip()
    queries = Path(file) if file else None
    full = bool(values.get(sample_or_all.KEY))
    given = engine.judge_by(folder, queries=queries, margin=limit, old_model=old or None, full=full)
    work.start(session, folder, extra="verify", given=given)
