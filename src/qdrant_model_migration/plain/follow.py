"""Watching a run in lines: one when something is done, one every 30 s, and a menu on Ctrl+C."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from qdrant_model_migration import words
from qdrant_model_migration.engine import EventView, RunView, StepView, Watch, local, steer
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.run_words import headline, second_line, slowed
from qdrant_model_migration.pages.stages.run import PACES
from qdrant_model_migration.pipeline.spent import Spent
from qdrant_model_migration.plain.talk import Back, Leave, Talk

PULSE = 30.0
POLL = 0.2
QUIET = frozenset({"slice", "control"})
"""Kinds of events that are told by the line every 30 s instead."""


def follow(
    talk: Talk,
    folder: Path,
    *,
    after: RunView | None = None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> RunView:
    """Say what happens until no engine carries the run out, or the window is left.

    In the second case the view that comes back is still live. after: what was seen already.
    """
    if after is None:
        talk.say("The run works in a process of its own. Ctrl+C here stops nothing; it asks.")
    with closing(Watch(folder)) as watch:
        shown, said_at = _last(after), clock()
        state = ""
        while True:
            try:
                seen = watch.look()
                last = _news(talk, watch, shown)
                if last > shown:
                    shown = last
                if not seen.live:
                    return seen
                if seen.state != state and seen.state in ("paused", "stopping"):
                    talk.say(_line(seen))
                state = seen.state
                if clock() - said_at >= PULSE and seen.step is not None:
                    said_at = clock()
                    talk.say(f"{_line(seen)} Next line in {PULSE:.0f} seconds. Ctrl+C: menu.")
                sleep(POLL)
            except KeyboardInterrupt:
                if _leaves(talk, folder, watch.look()):
                    return watch.look()


def _last(seen: RunView | None) -> int:
    return max((event.id for event in seen.events), default=0) if seen else 0


def _news(talk: Talk, watch: Watch, after: int) -> int:
    """Say the events after this one; returns the last."""
    for event in watch.events(after=after):
        after = event.id
        if event.kind not in QUIET:
            talk.say(_event(event), hang=10)
    return after


def _event(event: EventView) -> str:
    return f"{local(event.at):%H:%M:%S}  {event.text}"


def _line(seen: RunView) -> str:
    """`Running, step 4 of 9, Backfill. 63,220 of 120,482 points, 52 percent, ...`."""
    state = seen.state.capitalize()
    if seen.state in ("paused", "stopping") or seen.retry or seen.step is None:
        word, _, about = headline(seen)[2:].partition(" · ")
        return f"{word.capitalize()}{f': {about}' if about else ''}. {second_line(seen)}"
    step = seen.steps[seen.step]
    slow = f" Slowed down: {slowed(seen)}." if seen.slowed else ""
    where = f"{state}, {seen.where}."
    counted = _counted(step)
    if spent := seen.facts.get("tokens_used"):
        counted = ", ".join(filter(None, (counted, Spent.of(spent).short)))
    return f"{where} {counted}.{slow}" if counted else f"{where}{slow}"


def _counted(step: StepView) -> str:
    if step.done is None:
        return ""
    if not step.total:
        return f"{words.count(step.done)} {step.unit}, still counting"
    parts = [f"{words.count(step.done)} of {words.count(step.total)} {step.unit}"]
    if step.percent is not None:
        parts.append(f"{step.percent} percent")
    if step.rate:
        left = words.duration((step.total - step.done) / step.rate)
        parts += [f"{words.count(step.rate)} {step.unit} per second", f"{_spoken(left)} left"]
    return ", ".join(parts)


def _spoken(duration: str) -> str:
    """ "17 min" is "17 minutes"."""
    whole = {"s": "seconds", "min": "minutes", "h": "hours"}
    return " ".join(whole.get(word, word) for word in duration.split())


def _leaves(talk: Talk, folder: Path, seen: RunView) -> bool:
    """The menu. Whether the window is to be left; the run then goes on."""
    paused = seen.state == "paused"
    talk.say(_line(seen))
    talk.numbered(1, "Continue" if paused else "Pause")
    talk.numbered(2, "Speed")
    talk.numbered(3, "Stop the run safely", "What is on its way is finished; resume goes on later.")
    talk.numbered(4, "Leave this window", "The run goes on; qmm attach brings it back.")
    try:
        picked = talk.number("Number, or press Enter to go on watching:", 4)
        if picked == 0:
            steer(folder, "resume" if paused else "pause")
        elif picked == 1:
            _speed(talk, folder)
        elif picked == 2:
            steer(folder, "stop")
        return picked == 3
    except Back:
        return False
    except Leave:
        return True
    except QmmError as error:
        talk.trouble(error)
        return False


def _speed(talk: Talk, folder: Path) -> None:
    for number, pace in enumerate(tuple(PACES), 1):
        talk.numbered(number, pace)
    picked = talk.number("Number, or back, leave:", len(tuple(PACES)))
    if isinstance(picked, int):
        steer(folder, "throttle", pace=tuple(PACES)[picked])
        talk.say(f"The run goes {tuple(PACES)[picked]} from now on.")
