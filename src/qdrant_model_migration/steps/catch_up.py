"""Step: find what changed in the old collection since it was copied, and mend the new one."""

from __future__ import annotations

from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.steps.catch_up_pass import one_pass
from qdrant_model_migration.steps.check import must_be_ours, must_be_the_old_one
from qdrant_model_migration.steps.errors import TargetInUse
from qdrant_model_migration.steps.mend import Changes
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.words import listing

MOST_PASSES = 3


class CatchUp(Step):
    """Passes over both collections until one finds nothing, at most three."""

    loads: ClassVar[bool] = True
    step: Literal["catch_up"] = "catch_up"

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        changed = listing([*dict.fromkeys(v.origin.remakes for v in move.new_vectors)])
        again = f"makes the vectors of changed {changed or 'points'} again"
        return StepText(
            "Catch up with new writes",
            "new collection",
            "delete it",
            (
                f"Compares {move.source} and {move.target} point by point, by id and payload.",
                f"Inserts what was added, {again}, deletes what was deleted.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        catch_up(ctx)


def catch_up(ctx: StepContext, *, most: int = MOST_PASSES, anew: bool = False) -> Changes:
    """Passes until one finds nothing, at most `most`; what comes later is swept after the switch.

    anew: a pass that was broken off, perhaps long ago, is not gone on with. Only before the switch:
    points that the old collection does not have are deleted. Raises TargetInUse where an alias says
    that it is not before the switch, OldReplaced, and as `must_be_ours` does.
    """
    move = ctx.move
    must_be_ours(ctx)
    must_be_the_old_one(ctx)
    for alias, collection in sorted(ctx.qdrant.aliases().items()):
        if collection == move.target:
            raise TargetInUse(move.target, alias, move.source)
    total = Changes()
    for _ in range(most):
        found = one_pass(ctx, anew=anew)
        total = total.plus(found)
        if not found.total:
            break
    ctx.remember("caught_up", list(Changes(*ctx.recall("caught_up", Changes())).plus(total)))
    return total
