"""A run's snapshot in words: the state with its sign, the second line, the numbers. Pure text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from qdrant_model_migration import words
from qdrant_model_migration.engine import GOING, at_added, ending_of
from qdrant_model_migration.pages.moments import clock, moment, span
from qdrant_model_migration.pipeline.spent import Spent
from qdrant_model_migration.steps.switches import recalled
from qdrant_model_migration.words import number, plural

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView, StepView

SIGNS = {
    "starting": "…",
    "running": "»",
    "paused": "=",
    "stopping": "=",
    "waiting": "?",
    "stopped": "=",
    "interrupted": "!",
    "failed": "!",
    "done": "✓",
}
WORDS = {"waiting": "WAITING FOR YOU"}
BEHIND = 10.0  # seconds without a sign of life; a live engine gives one every two


def now_step(view: RunView) -> tuple[int, StepView] | None:
    """The step under way (or failed, or waiting) and its place from 1; None before the first."""
    if view.step is None or not view.steps:
        return None
    return view.step + 1, view.steps[view.step]


def headline(view: RunView, now: datetime | None = None) -> str:
    """The state as a sign and a word in capitals, and the one thing to know about it.

    now: the present moment, to say how long the server or the run has been silent.
    """
    behind = silent(view, now)
    if behind is not None:
        return f"? THIS WINDOW is {span(behind)} behind"
    if view.retry and view.state == "running":
        return f"? NO ANSWER from the server{_no_answer(view.retry, now)}"
    ending = ending_of(view)
    sign = ("=" if ending.given_up else "✓") if ending else SIGNS.get(view.state, " ")
    word = WORDS.get(view.state, view.state.upper())
    return f"{sign} {word}{_about(view)}" if view.state != "running" else _running(view)


def _about(view: RunView) -> str:
    """What stands behind the word of a state that is not running."""
    at = clock(view.since)
    if view.state == "waiting" and view.gate:
        return f" · {gate_title(view.gate)}"
    if view.state == "failed" and view.error:
        place = f" at {view.at}" if now_step(view) else ""
        return f"{place} · {view.error.get('what', '').rstrip('.')}"
    if view.finished:
        took = _between(view.began, view.ended or view.since)
        return f" · {at}, {span(took)}" if took is not None else f" · {at}"
    about = {
        "paused": f" · {view.held}" if view.held else f" by you at {at[:5]}",
        "stopped": f" by you at {at[:5]}",
        "stopping": f" · finishing what is on its way, {view.stop_takes}",
        "interrupted": f" · ended {at} without a reason",
    }.get(view.state)
    return about if about is not None else _place(view)


def _place(view: RunView) -> str:
    return f" · {view.where}" if view.where else ""


def _running(view: RunView) -> str:
    here = now_step(view)
    if here is not None and here[1].name == "index":
        return f"» FINISHING · {here[1].title}"
    slow = slowed(view)
    if slow and here is not None:
        rate = f" to {number(here[1].rate)} {here[1].unit or 'points'}/s" if here[1].rate else ""
        return f"~ SLOWED{rate} · {slow}"
    return f"» RUNNING{_place(view)}"


def slowed(view: RunView) -> str:
    """Why a run goes slower than it could, "" where it does not."""
    if view.slowed:
        return str(view.slowed["why"])
    wish: Mapping[str, Any] = view.throttle or {}
    if wish.get("per_second"):
        return f"you allow {number(wish['per_second'])} a second"
    return "you chose gently" if wish.get("pace") == "gently" else ""


def _no_answer(retry: Mapping[str, Any], now: datetime | None) -> str:
    """` for 42 s · trying again in 8 s (try 5)`, as far as the journal tells."""
    since, told = moment(retry.get("since")), moment(retry.get("at"))
    parts = []
    if since is not None:
        until = now or told or since
        parts.append(f" for {span(max(1.0, (until - since).total_seconds()))}")
    again = []
    if retry.get("wait") is not None:
        wait = float(retry["wait"])
        left = wait - (now - told).total_seconds() if now and told else wait
        again.append(f"trying again in {span(left)}" if left > 0 else "trying again now")
    if retry.get("attempt") is not None:
        again.append(f"(try {retry['attempt']})")
    return "".join(parts) + (f" · {' '.join(again)}" if again else "")


def silent(view: RunView, now: datetime | None) -> float | None:
    """Seconds since the engine last wrote anything, where that is too long for a live run."""
    heard = moment(view.heard)
    if now is None or heard is None or not view.live or view.state not in GOING:
        return None
    seconds = (now - heard).total_seconds()
    return seconds if seconds > BEHIND else None


def started(view: RunView, now: datetime | None) -> str:
    """`started 09:12, 18 min ago`."""
    began = moment(view.began)
    if began is None:
        return ""
    ago = f", {span((now - began).total_seconds())} ago" if now and view.state in GOING else ""
    return f"started {clock(view.began)[:5]}{ago}"


def _between(first: str, last: str) -> float | None:
    began, ended = moment(first), moment(last)
    return (ended - began).total_seconds() if began and ended else None


def gate_title(gate: Mapping[str, Any]) -> str:
    return str(gate.get("title") or gate.get("name") or "a question")


def confirmed(view: RunView) -> str:
    """What the server has confirmed in the present step, in words."""
    here = now_step(view)
    if here is None or here[1].done is None or not here[1].done:
        return "Everything confirmed so far is kept."
    return f"{number(here[1].done)} {here[1].unit or 'points'} are confirmed."


def counts(view: RunView, later: float | None = None) -> str:
    """`63,220 of 120,482 points   58 points/s   17 min left, 23 min in all`.

    Honest where a number is missing. later: seconds that the plan gives to the steps after this.
    """
    here = now_step(view)
    ending = ending_of(view)
    if ending and ending.given_up:
        return ""
    if not view.steps:
        return "Time left: not known yet."
    if here is None:
        return f"{view.planned} of {view.planned} steps"
    step = here[1]
    unit = step.unit or "points"
    parts: list[str] = []
    if view.state == "waiting":
        return _waits_for(view) or "Nothing goes on until you answer."
    if step.done is not None and step.total:
        parts.append(f"{number(step.done)} of {number(step.total)} {unit}")
    elif step.done and unit != "seconds":  # these are said below
        parts.append(f"{number(step.done)} {unit}, still counting")
    if view.state == "running" and not view.retry:
        parts += _speed(step, unit, later)
    if view.state == "starting":
        parts.append("time left: not known yet")
    if step.seconds and not step.total:
        parts.append(f"{span(step.seconds)} so far")
    return "   ".join(parts) or "no count for this step"


def _speed(step: StepView, unit: str, later: float | None) -> list[str]:
    if not step.rate:
        return ["measuring the speed, needs 30 s"] if step.total else []
    said = [f"{number(step.rate)} {unit}/s"]
    if step.total and step.done is not None:
        left = max(0.0, (step.total - step.done) / step.rate)
        rest = f", {span(left + later)} in all" if later else " in this step"
        counted = step.done / step.total
        alone = step.share is not None and abs(step.share - counted) < 0.01
        said.append(f"{span(left)} left{rest if alone else f' for these {unit}'}")
    return said


def later_seconds(view: RunView, planned: Sequence[float | None]) -> float | None:
    """What the plan gives to the steps after the present one; None where one is not known."""
    here = now_step(view)
    rest = planned[here[0] :] if here is not None else ()
    return sum(s for s in rest if s is not None) if rest and None not in rest else None


def _waits_for(view: RunView) -> str:
    """What has to come first, where others switch together with it; "" where it waits for you."""
    before = [said for said, _ in (view.gate or {}).get("before") or ()]
    if not before:
        return ""
    more = f", and {len(before) - 1} more" if len(before) > 1 else ""
    return f"Before the switch: {before[0]}{more}."


def second_line(view: RunView, now: datetime | None = None) -> str:
    """Why it is so, and what is safe. Never empty."""
    if silent(view, now) is not None:
        return "The run may be going on. Reading its notes again…"
    if view.retry and view.state == "running":
        return _retrying(view, now)
    source = (view.facts.get("switched") or {}).get("to") or view.card.collection
    lines = {
        "starting": "Nothing is written yet. Step 1 checks access, space and the model.",
        "running": "Searches go on as before. You may close this window.",
        "paused": f"{confirmed(view)} Nothing is read or written. "
        f"Searches go on{'' if in_place(view) else f' with {source}'}.",
        "stopping": "Then the checkpoint is saved.",
        "stopped": f"{confirmed(view)} Resume goes on from there.",
        "interrupted": f"The computer may have been switched off. {confirmed(view)} Resume goes on "
        "from there and repeats at most what was under way.",
        "waiting": "The run uses nothing while it waits. "
        + (_meanwhile(view) if _before(view) else ""),
    }
    if view.state == "starting" and view.step:  # not the first one
        return "Checking what is already done, then it goes on."
    if view.state == "paused" and view.held:
        return "Nothing is read or written. It goes on by itself when searches are quick again."
    if view.state == "running":
        return _while_running(view) or lines["running"]
    if view.state == "failed" and view.error:
        return f"Safe: {_safe(view)} {_next(view.error)}".strip()
    if view.state == "done":
        return done_line(view)
    ending = ending_of(view)
    return ending.now if ending else lines.get(view.state, confirmed(view))


def _meanwhile(view: RunView) -> str:
    if view.card.follows:
        return "Writes made meanwhile are caught up before the switch."
    return f"What is written to {view.card.collection} meanwhile is not carried over."


def _before(view: RunView) -> bool:
    """Whether a switch of the alias is still to come."""
    return not (in_place(view) or at_added(view) or view.facts.get("switched"))


def _while_running(view: RunView) -> str:
    here = now_step(view)
    if here is not None and here[1].name == "index":
        return "All points are there. The server works alone; searches are not affected."
    if view.slowed:
        return "It speeds up by itself when searches are quick again. Speed overrules it."
    if here is not None and here[1].name == "bridge" and view.facts.get("switched"):
        answers = recalled(view.facts["switched"]).answers
        return f"{answers} from {view.facts['switched'].get('to')}, and finds more as it goes."
    return "Speed sets it free again. Searches go on as before." if slowed(view) else ""


def _retrying(view: RunView, now: datetime | None) -> str:
    retry: Mapping[str, Any] = view.retry or {}
    since = moment(retry.get("since"))
    if now and since and (now - since).total_seconds() > 600:
        wait = f" every {span(float(retry['wait']))}" if retry.get("wait") else ""
        return f"Trying{wait} until you stop it. {confirmed(view)} Nothing is lost."
    held = confirmed(view).rstrip(".")
    held = held[0].lower() + held[1:]
    return (
        f"Nothing is lost: {held}. What was on its way is sent again; sending twice does no harm."
    )


def _safe(view: RunView) -> str:
    """What a failed run has left as it was. What it had copied may be gone: the error tells."""
    switched: Mapping[str, Any] = view.facts.get("switched") or {}
    if switched:
        return f"{recalled(switched).answers} from {switched.get('to')}."
    if not in_place(view):
        return f"{view.card.collection} is untouched and stays in use."
    return f"the points of {view.card.collection} are untouched."


def _next(error: Mapping[str, Any]) -> str:
    parts = [str(error.get("why") or ""), str(error.get("todo") or "")]
    return " ".join(part for part in parts if part)


def stops_behind(view: RunView) -> tuple[str, ...]:
    """Run, Verify and Cutover, as far as they have happened and still stand."""
    planned = [step for step in view.steps if not step.extra]
    verify = next((n for n, step in enumerate(planned) if step.name == "verify"), len(planned))
    behind = []
    if planned and all(step.state == "done" for step in planned[:verify]):
        behind.append("Run")
    if planned[verify:] and planned[verify].state == "done":
        behind.append("Verify")
    if view.facts.get("switched"):
        behind.append("Cutover")
    return tuple(behind)


def in_place(view: RunView) -> bool:
    """Whether the run changes its collection itself: there is no second one and no switch."""
    source, _, target = view.card.what.partition(" → ")
    return target in ("", source)


def done_line(view: RunView) -> str:
    """What answers now, and that something may be left to do."""
    switched: Mapping[str, Any] = view.facts.get("switched") or {}
    if switched:
        return (
            f"{recalled(switched).answers} from {switched.get('to')}. "
            "What is left for you stands in the report."
        )
    kept = view.facts.get("kept")
    if kept is not None:
        setting = "The new setting is kept." if kept else "The old setting is set again."
        return f"{setting} The original vectors stay as they were."
    if gone := view.facts.get("taken_out"):
        return f"{vector_gone(gone)} All others and the payloads stay as they were."
    if in_place(view):
        return "Nothing was deleted. The report says what was done."
    return "Nothing old was deleted. The report says what is left for you."


def vector_gone(gone: Mapping[str, Any]) -> str:
    return f"Vector {gone['vector']} is deleted, of {plural(gone['points'], 'point')}."


def no_bar(view: RunView) -> str:
    """How far the present step is, where no bar can tell; "" where one can."""
    here = now_step(view)
    if not view.steps:
        return "No step has begun yet."
    ending = ending_of(view)
    if ending and ending.given_up:
        return "The run was given up; nothing more is done."
    if view.finished or here is None or (here[1].share is not None and view.state != "waiting"):
        return ""
    done = sum(step.state == "done" for step in view.steps if not step.extra)
    counted = here[1].total or view.state != "running"
    note = "" if counted else "; this one has no count"
    return f"{done} of {view.planned} steps are done{note}"


def share(view: RunView) -> str:
    """`at 52 % of step 4` or `in step 4 of 9`."""
    here = now_step(view)
    if here is None:
        return "at its end"
    if (percent := here[1].percent) is not None:
        return f"at {percent} % of {view.at}"
    return f"in {view.at_of_all}"


def state_word(view: RunView) -> str:
    """For lists: `waits: Cutover`, `interrupted`."""
    if view.state == "waiting" and view.gate:
        return f"waits: {gate_title(view.gate).partition(':')[0]}"
    if view.state == "running":
        return f"running, {share(view)}"
    return view.state


def what_is_safe(view: RunView) -> Sequence[tuple[str, str]]:
    """Three facts about a run for lists: what happened, what is safe, what to do."""
    if ending := ending_of(view):
        return _three(ending.happened, ending.safe, ending.todo)
    happened = {
        "interrupted": "The run ended without saying why: the computer was probably switched off.",
        "stopped": "The run was stopped and has saved its checkpoint.",
        "waiting": f"The run waits for you: {gate_title(view.gate or {})}.",
        "done": "The run is finished.",
        "failed": (view.error or {}).get("what", "The run failed."),
    }.get(view.state, f"The run is {view.state}, {share(view)}.")
    old = f"Everything old. {confirmed(view)}"
    if in_place(view):
        old = "The points and their original vectors."
        if view.facts.get("taken_out"):
            old = "The points and their other vectors."
    safe = {
        "done": old if in_place(view) else "Everything. The old collection is still there.",
        "failed": old if in_place(view) else _safe(view),
    }.get(view.state, old)
    finished = (
        "Read the report."
        if in_place(view)
        else "Read the report; watch for some days; then Clean up frees the space."
    )
    todo = {
        "interrupted": "Resume goes on from the last checkpoint.",
        "stopped": "Resume goes on from the last checkpoint.",
        "waiting": "Watch opens the run and the question it waits with.",
        "failed": (view.error or {}).get("todo", "Resume tries again."),
        "done": finished,
    }.get(view.state, "Nothing. Watch shows it live.")
    return _three(happened, safe, todo)


def _three(happened: str, safe: str, todo: str) -> Sequence[tuple[str, str]]:
    return (("What happened", happened), ("What is safe", safe), ("What to do", todo))


def server_lines(view: RunView) -> list[tuple[str, str]]:
    """What is known of the server and the searches; unknown things are left out."""
    rows: list[tuple[str, str]] = []
    if view.retry:
        rows.append(("Server", str(view.retry.get("reason") or "does not answer")))
    if view.searches:
        took, before = view.searches["milliseconds"], view.searches["before"]
        said = f"{words.milliseconds(took)}, was {words.milliseconds(before)}"
        rows.append(("Test search", said))
    application: Mapping[str, Any] = view.application or {}
    if application.get("searches"):
        failed = application.get("failed") or 0
        rows.append(("Searches", f"{number(application['searches'])}, {number(failed)} failed"))
    if application.get("answers_from"):
        rows.append(("Answers", f"from {application['answers_from']}"))
    if application.get("writes"):
        rows.append(("Writes", f"{number(application['writes'])} by the application"))
    if spent := view.facts.get("tokens_used"):
        rows.append(("Tokens", Spent.of(spent).short))
    caught = view.facts.get("caught_up")
    if isinstance(caught, list) and any(caught):
        rows.append(("Caught up", words.plural(sum(caught), "late write")))
    return rows or [_of_searches(view)]


def _of_searches(view: RunView) -> tuple[str, str]:
    """Where nothing of them was counted: whether there are any, nobody knows while it fails."""
    if switched := view.facts.get("switched"):
        return "Answers", f"from {switched.get('to')}"
    if view.state == "failed":
        return "Searches", "this run changed nothing for them"
    return "Searches", "go on as before"


PAUSE_SECONDS = 15.0


def rates(view: RunView) -> list[float | None]:
    """The speed of the present step over time; None, a gap, where nothing was measured."""
    found: list[float | None] = []
    before: float | None = None
    for sample in view.rates:
        at = moment(sample.at)
        if sample.step != view.step or at is None:
            continue
        if before is not None and at.timestamp() - before > PAUSE_SECONDS:
            found.append(None)
        found.append(sample.rate)
        before = at.timestamp()
    return found
