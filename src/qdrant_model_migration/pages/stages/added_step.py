"""Rolling back, cleaning up, giving up: a step added to a run, which waits for the typed name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from qdrant_model_migration.engine import RunView
from qdrant_model_migration.pages import of_run
from qdrant_model_migration.pages.outcome import BACK, Go, Outcome, Report, Said, Work
from qdrant_model_migration.pages.page import Act, Page, Says
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import gate
from qdrant_model_migration.pages.work import of_run as work
from qdrant_model_migration.steps import added_kind, adds
from qdrant_model_migration.steps.gate import Gate


def enter(session: Session) -> Outcome:
    return of_run.look(session, _looked)


def _looked(session: Session, run: RunView) -> Outcome:
    adding = session.adding
    if _asks(session, run):
        return _take_back(session) if adding is not None and adding.leaving else session
    if run.live or run.error:
        return session
    kind = added_kind(adding.step) if adding is not None else None
    if kind is not None and kind.ends and run.state != kind.ends:
        return session  # it has not come to its question yet
    return Go("report" if run.finished else "run", session.on(adding=None), instead=True)


def _asks(session: Session, run: RunView) -> bool:
    """Whether the run waits for what has to be typed for this step."""
    kind = adds((run.gate or {}).get("name", "")) if run.state == "waiting" else None
    return kind is not None and session.adding is not None and kind.name() == session.adding.step


def _refused(run: RunView) -> bool:
    """Whether it answered with an error: there is no question that could be left behind."""
    return bool(run.error) and not run.live


def page(session: Session) -> Page:
    run = session.of_run
    ended = run is not None and all(step.state == "done" for step in run.steps if not step.extra)
    return of_run.framed(session, "Report" if ended else "Run", lambda run: _page(session, run))


def _page(session: Session, run: RunView) -> Page:
    if _asks(session, run):
        return gate.of_gate(Gate.model_validate(run.gate), run)
    said = [part for part in (run.error or {}).values() if part] if _refused(run) else []
    hello = " ".join(said) or of_run.ASKING
    kind = added_kind(session.adding.step) if session.adding is not None else None
    title = kind.label.rstrip("…") if kind is not None else "Gate"
    acts = (Act(BACK, "Back"),)
    return Page(title, (Says((hello,), title),), acts, gate.HELP, hello, first=BACK)


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    run = session.of_run
    if key.partition("--")[0] == "yes" and run is not None:
        return of_run.start(session, key, lambda session: gate.consent(session, run, values))
    return session


def leave(session: Session) -> Outcome:
    """No: the step is taken off again, so that the run stands where it stood before. Before the
    server has answered there is nothing to take off yet: then as soon as it has."""
    run, adding = session.of_run, session.adding
    if adding is None or adding.leaving or (run is not None and _refused(run)):
        return Go(BACK, session.on(adding=None))
    if run is not None and _asks(session, run):
        return _take_back(session)
    leaving = session.on(adding=adding._replace(leaving=True))
    words = "Nothing is changed. The question is taken back as soon as it is there."
    return Said(leaving, words)


def _take_back(session: Session) -> Work:
    do = partial(_taken_back, session, of_run.folder_of(session))
    says = f"{gate.SHUT} Taking the question back."
    return Work("start", do, lambda now, _: Go(BACK, now.on(adding=None), gate.SHUT), says)


def _taken_back(session: Session, folder: Path, report: Report) -> None:
    work.take_back(session, folder)
