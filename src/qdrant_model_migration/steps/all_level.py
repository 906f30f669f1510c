"""Collections that switch at the same moment wait for each other when their sides are level.

Not a step: Cutover uses it. Each run has an engine of its own; whoever is level says so and looks
at the others. When the last one says it, all switch, and nothing but the last looks lies between.
"""

from __future__ import annotations

import time

from qdrant_model_migration.steps.sisters import Sister
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import listing

PATIENCE = 60.0  # seconds for a process to begin that was started together with this one
POLL = 0.05  # seconds between two looks at the others
SPEAKS_AFTER = 2.0  # seconds of waiting for the others, after which that is said


def wait_until_level(ctx: StepContext) -> tuple[Sister, ...]:
    """Says that both sides of this run are level, and waits until those of the others are. Those
    that will not be, because nobody carries them out; then nothing may be switched."""
    if not ctx.sisters():
        return ()
    ctx.level()
    began = seen_all = time.monotonic()
    was_live, said = set[str](), False
    while late := tuple(o for o in ctx.sisters() if not o.level and o.stands != "switched"):
        was_live |= {one.run for one in late if one.live}
        gone = tuple(one for one in late if not one.live)
        if any(not one.consent or one.run in was_live for one in gone):
            return gone
        now = time.monotonic()
        seen_all = seen_all if gone else now
        if now - seen_all > PATIENCE:
            return gone
        if not said and now - began > SPEAKS_AFTER:
            said = True
            ctx.say("cutover", f"Level. Waits for {listing([one.collection for one in late])}.")
        ctx.rest(POLL)
    return ()
