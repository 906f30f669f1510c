"""Step: after the switch, carry over what was still written to the old collection."""

from __future__ import annotations

from typing import Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.steps.check import must_be_ours, must_be_the_old_one
from qdrant_model_migration.steps.index import wait_until_readable
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.steps.sweep_pass import one_pass
from qdrant_model_migration.words import plural

MOST_PASSES = 3


class Sweep(Step):
    """Never overwrites what the application has written to the new collection since."""

    step: Literal["sweep"] = "sweep"

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        return StepText(
            "Sweep: late writes to the old one",
            "new collection",
            "not needed",
            (
                f"Looks for points of {move.source} that changed after the last catch-up and "
                "carries them over.",
                f"Where both sides changed, {move.target} is left as it is and the point is listed "
                "as a conflict.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        sweep(ctx)


def sweep(ctx: StepContext, *, anew: bool = False) -> bool:
    """Passes until one finds nothing to carry over, at most three. Whether the last found nothing.

    anew: a pass that was broken off, perhaps long ago, is not gone on with. Remembers how many were
    carried over by all sweeps of this run. Raises OldReplaced, OldEmptied, and as `must_be_ours`
    does.
    """
    must_be_ours(ctx)
    must_be_the_old_one(ctx)
    wait_until_readable(ctx, ctx.move.source)  # a hidden point would be taken for a deleted one
    swept = 0
    for _ in range(MOST_PASSES):
        found = one_pass(ctx, anew=anew)
        swept += found
        if not found:
            break
    ctx.remember("swept", ctx.recall("swept", 0) + swept)
    ctx.say("sweep", f"{plural(swept, 'late write')} to {ctx.move.source} carried over.")
    if conflicts := ctx.conflicts:
        ctx.say(
            "sweep",
            f"{plural(len(conflicts), 'point')} changed on both sides: {ctx.move.target} was left "
            f"as it is, and {ctx.move.source} still has the other version.",
        )
    return not found
