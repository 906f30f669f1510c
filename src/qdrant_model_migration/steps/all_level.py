"""Collections that switch at the same moment wait for each other when their sides are level.

Not a step: Cutover uses it. Each run has an engine of its own; whoever is level says so and looks
at the others. When the last one says it, all switch, and nothing but the last looks lies between.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from qdrant_model_migration.steps.sisters import Level, Sister
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import listing

PATIENCE = 60.0  # seconds for a process to begin that was started together with this one
POLL = 0.02  # seconds between two looks at the others
SPEAKS_AFTER = 2.0  # seconds of waiting for the others, after which that is said
LOOKS_EVERY = 1.0  # seconds of waiting between two looks at where the application is
AGAIN = (
    10.0  # seconds of waiting for one that takes longer, after which both sides are read once more
)


def wait_until_level(
    ctx: StepContext, catch_up: Callable[[], None], look: Callable[[], object]
) -> tuple[Sister, ...]:
    """Says that both sides of this run are level, and waits until those of the others are. One that
    was level long before the last one catches up once more, so that as little is left to its sweep;
    that it does so each tells by the same moments. Those that will not be level, because nobody
    carries them out; then nothing may be switched.

    look: at where the application is; raises where it was moved, and then no other one switches."""
    if not ctx.sisters():
        return ()
    look()
    mine = _say(ctx)
    began = seen_all = looked = time.monotonic()
    was_live, said = set[str](), False
    while True:
        left = [one for one in ctx.sisters() if one.stands != "switched"]
        levels = [mine, *(one.level for one in left if one.level is not None)]
        all_are = len(levels) == len(left) + 1
        if all_are and _is_old(mine, levels):
            catch_up()
            look()
            mine = _say(ctx, again=True)
            continue
        late = [o for o in left if o.level is None or (all_are and _is_old(o.level, levels))]
        if not late:
            return ()
        was_live |= {one.run for one in late if one.live}
        gone = tuple(one for one in late if not one.live)
        if any(not one.consent or one.run in was_live for one in gone):
            return gone
        now = time.monotonic()
        if now - looked > LOOKS_EVERY:
            look()
            looked = now
        seen_all = seen_all if gone else now
        if now - seen_all > PATIENCE:
            return gone
        if not said and now - began > SPEAKS_AFTER:
            said = True
            ctx.say("cutover", f"Level. Waits for {listing([one.collection for one in late])}.")
        ctx.rest(POLL)


def _say(ctx: StepContext, *, again: bool = False) -> Level:
    level = Level(time.time(), again)
    ctx.level(level)
    return level


def _is_old(level: Level, levels: Sequence[Level]) -> bool:
    """Whether it waited too long for the last one, and has not caught up for that yet."""
    return not level.again and max(one.at for one in levels) - level.at > AGAIN
