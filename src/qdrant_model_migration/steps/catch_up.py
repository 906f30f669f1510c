"""Step: find what changed in the old collection since it was copied, and mend the new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.counterparts import due, same_point
from qdrant_model_migration.pipeline.ledger import new_ledger
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import align, scan
from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.steps.check import must_be_ours, must_be_the_old_one
from qdrant_model_migration.steps.errors import TargetInUse
from qdrant_model_migration.steps.last_look import left_unfinished, note_changing
from qdrant_model_migration.steps.mend import Changes, Rows, list_dead, put, remake
from qdrant_model_migration.steps.reading import timed_pass
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.words import listing, plural

MOST_PASSES = 3
LOOKS = 1_000  # points between two words on how far a pass is


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


def catch_up(ctx: StepContext, *, most: int = MOST_PASSES) -> Changes:
    """Passes until one finds nothing, at most `most`; what comes later is swept after the switch.

    Only before the switch: points that the old collection does not have are deleted. Raises
    TargetInUse where an alias says that it is not before the switch, OldReplaced, and as
    `must_be_ours` does.
    """
    move = ctx.move
    must_be_ours(ctx)
    must_be_the_old_one(ctx)
    for alias, collection in sorted(ctx.qdrant.aliases().items()):
        if collection == move.target:
            raise TargetInUse(move.target, alias, move.source)
    total = Changes()
    for _ in range(most):
        with timed_pass(ctx):
            found = one_pass(ctx)
        total = total.plus(found)
        if not found.total:
            break
    ctx.remember("caught_up", list(Changes(*ctx.recall("caught_up", Changes())).plus(total)))
    return total


def one_pass(ctx: StepContext) -> Changes:
    """One pass over both sides in the server's id order. Writes a new ledger.

    Its marks are of what stands in the new collection: of what was compared and found equal, or of
    what was read again and written. So whatever the application changes after that is told later.
    """
    move, qdrant = ctx.move, ctx.qdrant
    found, seen, total = Changes(), 0, qdrant.count(move.source)
    source = scan(
        qdrant, move.source, vectors=list(move.read_vectors) or False, between=ctx.breathe
    )
    target = scan(qdrant, move.target, vectors=list(move.compared) or False)
    unfinished = left_unfinished(ctx)
    bare: dict[PointId, Point] = {}  # equal, but perhaps a vector is to be added

    def mend(points: Sequence[PointId]) -> Mapping[PointId, bytes]:
        nonlocal found
        made = remake(ctx, points)
        vain = {
            point.id
            for point in made.points
            if (there := bare.get(point.id)) is not None
            and point.vectors.keys() <= there.vectors.keys()
            and same_point(made.read[point.id], there, move)
        }
        bare.clear()
        list_dead(ctx, made.only(vain))
        differ = [point for point in points if point not in vain]
        found = found.plus(put(ctx, made.only(set(differ))))
        note_changing(ctx, differ)
        return made.marks(move)

    with new_ledger(ctx.folder) as ledger:
        rows = Rows(ledger, move.load.batch, mend)
        for point, (old, new) in align(((p.id, p) for p in source), ((p.id, p) for p in target)):
            if old is None or new is None or not same_point(old, new, move):
                rows.differs(point)
            elif point in unfinished or due(old, new, move):
                bare[point] = new
                rows.differs(point)
            else:
                rows.same(point, mark_of(old, move))
            seen += old is not None
            if seen % LOOKS == 0:
                ctx.progress(seen, max(seen, total))
        rows.flush()
    ctx.progress(seen, max(seen, total))
    ctx.say(
        "catch-up",
        f"{plural(found.total, 'point')} changed since the copy: {found.inserted} inserted, "
        f"{found.edited} edited, {found.deleted} deleted; all mended."
        if found.total
        else "A whole pass found no difference.",
    )
    return found
