"""A run's snapshot drawn: the bar, the steps, the curve of its speed. Words are of `pages`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qdrant_model_migration.pages.moments import span
from qdrant_model_migration.pages.run_words import no_bar, now_step, rates
from qdrant_model_migration.tui.typeset import bar, crop, sparkline
from qdrant_model_migration.words import number

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView


def progress(view: RunView, width: int) -> str:
    """The bar of the present step; else the number of finished steps in words."""
    here = now_step(view)
    if words := no_bar(view):
        return words
    if view.finished or here is None:
        return bar(1, 1, width, over=True)
    return bar(here[1].share or 0.0, 1, width, over=False)


def step_lines(view: RunView, rows: int, width: int) -> list[str]:
    """One line a step, `✓ 1 Check   9 s`; where there are too many, those around the present."""
    lines: list[str] = []
    here = now_step(view)
    at = (here[0] if here else len(view.steps)) - 1
    for place in view.in_order:
        step = view.steps[place]
        sign = {"done": "✓", "running": "»", "failed": "!"}.get(step.state, " ")
        if place == at and view.state == "waiting":
            sign = "?"
        note = ""
        if step.state == "done":
            note = span(step.seconds) if step.seconds is not None else ""
        elif step.state == "running" and step.percent is not None:
            note = f"{step.percent} %"
        elif step.state == "failed":
            note = "failed"
        elif sign == "?":
            note = "waits for you"
        words = f"{sign} {view.number(place):>2} {step.title}"
        room = width - len(note) - 1
        lines.append(f"{crop(words, room)} {note}")
    if len(lines) <= rows:
        return lines
    at = view.in_order.index(at) if here else at
    top = max(0, min(at - rows // 2, len(lines) - rows))
    shown, below = lines[top : top + rows], len(lines) - top - rows
    if rows > 2 and top:
        shown[0] = f"  … {top + 1} before"
    if rows > 2 and below:
        shown[-1] = f"  … {below + 1} more"
    return shown


def curve(view: RunView, width: int, *, plain: bool) -> str:
    """The speed as little bars with its highest value; in words where signs are plain."""
    found = rates(view)
    known = [rate for rate in found if rate is not None]
    here = now_step(view)
    if not known or max(known) <= 0 or here is None:
        return ""
    unit = here[1].unit or "points"
    if plain:
        low, high = number(min(known)), number(max(known))
        return f"rate: {number(known[-1])}, lowest {low}, highest {high} {unit}/s"
    label = f"   highest {number(max(known))} {unit}/s"
    return sparkline(found, max(10, width - len(label))) + label
