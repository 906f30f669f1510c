"""A run's snapshot in words: the state with its sign, the second line, the numbers. Pure text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qdrant_model_migration.tui.typeset import bar, moment, number, span

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
    "rolled back": "✓",
    "cleaned up": "✓",
}
WORDS = {"waiting": "WAITING FOR YOU"}
LIVE = frozenset({"starting", "running", "paused", "stopping"})
UNFINISHED = LIVE | {"waiting", "stopped", "interrupted", "failed"}
OVER = frozenset({"done", "rolled back", "cleaned up"})


def now_step(view: RunView) -> tuple[int, StepView] | None:
    """The step under way (or failed, or waiting) and its place from 1; None before the first."""
    for place, step in enumerate(view.steps, 1):
        if step.state in ("running", "failed"):
            return place, step
    for place, step in enumerate(view.steps, 1):
        if step.state != "done":
            return place, step
    return None


def headline(view: RunView) -> str:
    """`» RUNNING · step 4 of 9, Backfill`."""
    sign, word = SIGNS.get(view.state, " "), WORDS.get(view.state, view.state.upper())
    if view.state == "waiting" and view.gate:
        return f"{sign} {word} · {gate_title(view.gate)}"
    if view.state == "failed" and view.error:
        return f"{sign} {word} · {view.error.get('what', '')}"
    here = now_step(view)
    if here is None or view.state in OVER:
        return f"{sign} {word} · {view.what}"
    place, step = here
    return f"{sign} {word} · step {place} of {len(view.steps)}, {step.title}"


def gate_title(gate: Mapping[str, Any]) -> str:
    return str(gate.get("title") or gate.get("name") or "a question")


def confirmed(view: RunView) -> str:
    """What the server has confirmed in the present step, in words."""
    here = now_step(view)
    if here is None or here[1].done is None or not here[1].done:
        return "Everything confirmed so far is kept."
    return f"{number(here[1].done)} {here[1].unit or 'points'} are confirmed."


def counts(view: RunView) -> str:
    """`63,220 of 120,482 points   58 points/s   17 min left`; honest where a number is missing."""
    here = now_step(view)
    if here is None:
        return f"{len(view.steps)} of {len(view.steps)} steps"
    step = here[1]
    unit = step.unit or "points"
    parts: list[str] = []
    if view.state == "waiting":
        return "Nothing goes on until you answer."
    if step.done is not None and step.total:
        parts.append(f"{number(step.done)} of {number(step.total)} {unit}")
    elif step.done:
        parts.append(f"{number(step.done)} {unit}, still counting")
    if view.state == "running" and step.rate:
        parts.append(f"{number(step.rate)} {unit}/s")
        if step.total and step.done is not None:
            parts.append(f"{span((step.total - step.done) / step.rate)} left in this step")
    elif view.state == "running" and step.total:
        parts.append("measuring the speed")
    if step.seconds and not step.total:
        parts.append(f"{span(step.seconds)} so far")
    return "   ".join(parts) or "no count for this step"


def second_line(view: RunView) -> str:
    """Why it is so, and what is safe. Never empty."""
    if view.retry:
        return retry_line(view)
    lines = {
        "starting": "Nothing is written yet. Step 1 checks access, space and the model.",
        "running": "Searches go on as before. You may close this window.",
        "paused": f"{confirmed(view)} Nothing is read or written while it is paused.",
        "stopping": "What is on its way is finished (up to 10 s), then the checkpoint is saved.",
        "stopped": f"{confirmed(view)} Resume goes on from there.",
        "interrupted": f"It ended without a reason. {confirmed(view)} Resume goes on.",
        "waiting": "The run uses nothing while it waits. Writes made meanwhile are caught up.",
        "done": "Nothing old was deleted. The report says what is left for you.",
        "rolled back": "The application's name answers from the old collection again.",
        "cleaned up": "The old collection is deleted. There is no way back from here.",
    }
    if view.state == "starting" and any(step.state == "done" for step in view.steps):
        return "Checking what is already done, then it goes on."
    if view.state == "failed" and view.error:
        parts = [view.error.get("why", ""), view.error.get("todo", "")]
        return " ".join(part for part in parts if part) or confirmed(view)
    return lines.get(view.state, confirmed(view))


def retry_line(view: RunView) -> str:
    """`? NO ANSWER` as far as the journal tells."""
    retry: Mapping[str, Any] = view.retry or {}
    why = str(retry.get("reason") or retry.get("why") or "no answer from the server")
    parts = [why.rstrip(".")]
    if retry.get("wait") is not None:
        parts.append(f"trying again in {span(float(retry['wait']))}")
    if retry.get("attempt") is not None:
        parts.append(f"try {retry['attempt']}")
    return f"? {', '.join(parts)}. {confirmed(view)} Nothing is lost."


def progress(view: RunView, width: int) -> str:
    """The bar of the present step; without a total it is the share of finished steps in words."""
    here = now_step(view)
    if view.state in OVER or here is None:
        return bar(1, 1, width, over=True)
    step = here[1]
    if not step.total:
        done = sum(1 for s in view.steps if s.state == "done")
        note = "; this one has no count" if view.state == "running" else ""
        return f"{done} of {len(view.steps)} steps are done{note}"
    return bar(step.done or 0, step.total, width, over=False)


def share(view: RunView) -> str:
    """`at 52 %` or `in step 4 of 9`."""
    here = now_step(view)
    if here is None:
        return "at its end"
    place, step = here
    if step.total and step.done is not None:
        return f"at {min(99, int(100 * step.done / step.total))} % of step {place}"
    return f"in step {place} of {len(view.steps)}"


def step_lines(view: RunView, rows: int, width: int) -> list[str]:
    """One line a step, `✓ 1 Check   9 s`; where there are too many, those around the present."""
    lines: list[str] = []
    here = now_step(view)
    at = (here[0] if here else len(view.steps)) - 1
    for place, step in enumerate(view.steps):
        sign = {"done": "✓", "running": "»", "failed": "!"}.get(step.state, " ")
        if place == at and view.state == "waiting":
            sign = "?"
        note = ""
        if step.state == "done":
            note = span(step.seconds) if step.seconds is not None else ""
        elif step.state == "running" and step.total and step.done is not None:
            note = f"{min(99, int(100 * step.done / step.total))} %"
        elif step.state == "failed":
            note = "failed"
        elif sign == "?":
            note = "waits for you"
        words = f"{sign} {place + 1:>2} {step.title}"
        room = width - len(note) - 1
        cut = words if len(words) <= room else words[: room - 1] + "…"
        lines.append(cut.ljust(room) + " " + note)
    if len(lines) <= rows:
        return lines
    top = max(0, min(at - rows // 2, len(lines) - rows))
    return lines[top : top + rows]


def state_word(view: RunView) -> str:
    """For lists: `waits: Cutover`, `interrupted`."""
    if view.state == "waiting" and view.gate:
        return f"waits: {gate_title(view.gate)}"
    if view.state == "running":
        return f"running, {share(view)}"
    return view.state


def what_is_safe(view: RunView) -> Sequence[tuple[str, str]]:
    """Three facts about a run for lists: what happened, what is safe, what to do."""
    happened = {
        "interrupted": "The run ended without saying why: the computer was probably switched off.",
        "stopped": "The run was stopped and has saved its checkpoint.",
        "waiting": f"The run waits for you: {gate_title(view.gate or {})}.",
        "done": "The run is finished.",
        "rolled back": "The run was rolled back.",
        "cleaned up": "The old collection was deleted after the run.",
        "failed": (view.error or {}).get("what", "The run failed."),
    }.get(view.state, f"The run is {view.state}, {share(view)}.")
    safe = {
        "done": "Everything. The old collection is still there.",
        "rolled back": "Everything. The old collection answers; the new one is still there.",
        "cleaned up": "The new collection. The old one is gone.",
    }.get(view.state, f"Everything old. {confirmed(view)}")
    todo = {
        "interrupted": "Resume goes on from the last checkpoint.",
        "stopped": "Resume goes on from the last checkpoint.",
        "waiting": "Watch opens the run and the question it waits with.",
        "failed": (view.error or {}).get("todo", "Resume tries again."),
        "done": "Read the report; watch for some days; then Clean up frees the space.",
        "rolled back": "Put the old query model back, if that has not happened yet.",
        "cleaned up": "Nothing.",
    }.get(view.state, "Nothing. Watch shows it live.")
    return (("What happened", happened), ("What is safe", safe), ("What to do", todo))


def server_lines(view: RunView) -> list[tuple[str, str]]:
    """What is known of the server and the searches; unknown things are left out."""
    rows: list[tuple[str, str]] = []
    if view.retry:
        rows.append(("Server", retry_line(view)))
    application: Mapping[str, Any] = view.application or {}
    if application.get("searches"):
        failed = application.get("failed") or 0
        rows.append(("Searches", f"{number(application['searches'])}, {number(failed)} failed"))
    if application.get("answers_from"):
        rows.append(("Answers", f"from {application['answers_from']}"))
    if application.get("writes"):
        rows.append(("Writes", f"{number(application['writes'])} by the application"))
    caught = view.facts.get("caught_up")
    if isinstance(caught, list) and any(caught):
        rows.append(("Caught up", f"{number(sum(caught))} late writes"))
    if not rows:
        rows.append(("Searches", "go on as before"))
    return rows


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
