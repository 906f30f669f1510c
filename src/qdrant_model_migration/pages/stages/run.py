"""The run as it goes: what can be done with it in each state. A face draws it by itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path

from qdrant_model_migration import engine
from qdrant_model_migration.engine import RunView, ending_of
from qdrant_model_migration.engine.run_folder import PLAN
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages import asked, moments, of_run
from qdrant_model_migration.pages.outcome import BACK, HOME, Go, Outcome, Report, Said, Work
from qdrant_model_migration.pages.page import Act, Column, Page, Row, Says, Table
from qdrant_model_migration.pages.run_words import counts, headline, second_line, silent
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import family
from qdrant_model_migration.pages.work import of_run as work
from qdrant_model_migration.plan import Plan, load_plan
from qdrant_model_migration.steps.ways import ways_out

PACES = {
    "gently": "a third of the time, searches come first",
    "normally": "as planned; slow searches slow it down",
    "fast": "as fast as it goes, however slow searches become",
}
GOES_ON = "You may close this window. The run goes on; qmm attach brings it back."
NEXT = {
    "waiting": "The run waits for you. Nothing is changed by itself.",
    "done": "The run is finished. The report says what is left for you.",
    "failed": "Resume tries again from the last checkpoint.",
    "interrupted": "Resume goes on from the last checkpoint.",
    "stopped": "Resume goes on from the last checkpoint, now or in a week.",
    "stopping": "What is on its way is finished first, then the run ends.",
    "paused": "Nothing is read or written until Continue.",
}
LETTERS, LOG = Act("letters", "Dead letters"), Act("log", "Log", letter="l")
STOP, REPORT = Act("stop", "Stop…"), Act("report", "Report", button=False)
LEADS = {
    "letters": "dead_letters",
    "log": "run_log",
    "verdict": "verify",
    "report": "report",
    family.ACT.key: "family",
}


def enter(session: Session) -> Outcome:
    return of_run.look(session)


def page(session: Session) -> Page:
    return of_run.framed(session, "Run", _page)


def _page(run: RunView) -> Page:
    now, ending, acts = moments.present(), ending_of(run), _acts(run)
    others = (family.ACT,) if run.with_it else ()
    return Page(
        title="Run",
        body=(Says((counts(run), second_line(run, now)), headline(run, now)),),
        acts=(*acts, *others, Act(BACK, "Home", button=False)),
        help=(
            "Only what the server has confirmed is counted. 100 % comes only at the",
            "end. A checkpoint is saved after each slice, so that Resume repeats at",
            "most the slices that were under way.",
            "",
            "Pause: nothing is read or written until Continue.",
            f"Stop: finishes what is on its way ({run.stop_takes}) and ends the engine.",
            "Dead letters: points set aside because their text is missing; they go",
            "without a new vector. Nothing is embedded as empty text.",
            "",
            "p pauses and continues, t sets the speed, l opens the log.",
        ),
        hello=ending.told if ending else NEXT.get(run.state, GOES_ON),
        first=acts[0].key,
        esc="Home",
    )


def _acts(run: RunView) -> tuple[Act, ...]:
    state, go_on = run.state, Act("continue", "Continue", letter="p")
    if silent(run, moments.present()) is not None:
        return (Act("retry", "Retry"), LOG, LETTERS, STOP)
    if state == "waiting":
        label = "Look at the verdict" if run.at_verdict else "Answer…"
        return (Act("gate", label), LETTERS, LOG, REPORT)
    if run.finished:
        return (REPORT._replace(button=True), LETTERS, LOG)
    if state in ("interrupted", "stopped", "failed"):
        again = (Act("answers", "Change answers"),) if run.wrote_nothing else ()
        verdict = (Act("verdict", "Verdict"),) if run.verdict else ()
        out = of_run.acts_for(ways_out(run), run, button=False)
        told = (*again, REPORT._replace(button=True), *verdict)
        return (Act("resume", "Resume"), *told, LETTERS, LOG, *out)
    if state == "paused":
        return (go_on, LETTERS, LOG, STOP, REPORT)
    if state == "stopping":
        return (LOG, LETTERS, REPORT)
    if state == "starting" or run.retry:
        return (LOG, LETTERS, STOP, REPORT)
    pause, speed = Act("pause", "Pause", letter="p"), Act("speed", "Speed", letter="t")
    return (pause, speed, LETTERS, LOG, STOP, REPORT)


@lru_cache(maxsize=4)
def planned(folder: Path) -> tuple[float | None, ...]:
    """What the plan gives to each step; nothing where this version cannot read it."""
    try:
        return load_plan(folder / PLAN).estimate.step_seconds
    except QmmError:
        return ()


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    run = session.of_run
    if run is None:
        return session
    verb = key.partition("--")[0]
    if verb == "gate":
        return Go("verify" if run.at_verdict else "gate", session)
    if verb == "retry":
        return of_run.look(session)
    if verb == "resume":
        return of_run.start(session, key, lambda session: _resume(session, run))
    if verb == "answers":
        change = partial(_change_answers, about=(run.error or {}).get("question", ""))
        return Work("plan", partial(_plan_of, run.folder), change)
    if verb == "stop":
        return _sure(run)
    if verb == "speed":
        return SPEED
    if verb in STEERS:
        wish, said = STEERS[verb]
        return _steer(run, wish, said)
    if verb == "pace":
        pace = values["pace"]
        said = f"Speed: {pace}. The effect shows within 10 s."
        return _steer(run, "throttle", said, pace=pace)
    if verb in LEADS:
        return Go(LEADS[verb], session)
    return of_run.added(session, key) or session


STEERS = {
    "pause": ("pause", "Pausing: what is on its way is finished first."),
    "continue": ("resume", "Going on."),
    "end": ("stop", "Stopping: what is on its way is finished, then the checkpoint is saved."),
}
SPEED = Page(
    "How hard may the server be worked?",
    (
        Table(
            "pace",
            tuple(
                Row(pace, (pace, what), acts=(Act("pace", "Take it", enter=True),))
                for pace, what in PACES.items()
            ),
            (Column("PACE", 8), Column("")),
        ),
    ),
)


def _sure(run: RunView) -> Page:
    says = (
        f"It finishes what is on its way ({run.stop_takes}) and saves the checkpoint. "
        "Resume goes on from there. Nothing is lost."
    )
    return Page("Stop the run?", (Says((says,)),), (Act("on", "Go on"), Act("end", "Stop")))


def _steer(run: RunView, verb: str, said: str, **data: str) -> Work:
    do = partial(_steered, run.folder, verb, data)
    return Work("steer", do, lambda now, _: Said(now, said), said)


def _steered(folder: Path, verb: str, data: Mapping[str, str], report: Report) -> None:
    engine.steer(folder, verb, **data)


def _resume(session: Session, run: RunView) -> Work:
    says = "Starting. What is already done is checked, then it goes on."
    return Work("start", partial(_start, session, run), lambda now, _: now, says)


def _start(session: Session, run: RunView, report: Report) -> None:
    work.start(session, run.folder)


def _plan_of(folder: Path, report: Report) -> Plan:
    return load_plan(folder / PLAN)


def _change_answers(session: Session, plan: Plan, about: str) -> Go:
    """With the answers of this run, which wrote nothing, to the question that it failed by; where
    it failed by none, to what all of them lead to."""
    if session.survey is not None and session.survey.collection == plan.collection:
        session = session.at_run(None).on(plan=None, alone=None)
        if asked.is_answered(session, about):
            words = "The other answers are kept. A new plan makes a new run."
            return Go("questions", session.on(alone=(about, "strategy")), words, back=True)
        words = "The answers are kept; Change an answer… lists them. A new plan makes a new run."
        return Go("strategy", session, words, back=True)
    trip = session.anew(
        address=None if plan.practice else plan.server,
        practice=plan.practice,
        collection=plan.collection,
        answers=plan.answers,
        known_before=plan.before.by_vector if plan.before else {},
    )
    return Go("practice" if plan.practice else "connect", trip, instead=True)


def leave(session: Session) -> Outcome:
    return Go(HOME, session)
