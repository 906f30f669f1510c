"""Route: a new collection is filled with the points of the old one, which may change meanwhile.

Both have the same ids, so each can be compared point by point; what is written to the old one after
the switch is carried over.
"""

from __future__ import annotations

from typing import ClassVar

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.quality import Check
from qdrant_model_migration.steps.errors import CleanupRefused, TargetInUse
from qdrant_model_migration.steps.gate import AskKind
from qdrant_model_migration.steps.mark import must_be_ours, must_be_the_old_one
from qdrant_model_migration.steps.readiness import wait_until_readable
from qdrant_model_migration.steps.reading import announced
from qdrant_model_migration.steps.routes.copy import catch_up_pass, sweep_pass
from qdrant_model_migration.steps.routes.copy.integrity import check_both_sides
from qdrant_model_migration.steps.routes.copy.last_look import last_look
from qdrant_model_migration.steps.routes.copy.left_behind import written_since
from qdrant_model_migration.steps.routes.copy.mend import Changes
from qdrant_model_migration.steps.routes.new_collection import (
    NewCollection,
    check_settings,
    new_collection_words,
)
from qdrant_model_migration.steps.routes.route import MOST_PASSES, Leftover, Words
from qdrant_model_migration.steps.shard_keys import carry_keys
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import listing, plural

_ASKED = "_conflicts_asked"  # those that a person was asked about; a pass may find more and break
_SPARED = (
    "Where the server tells that nothing was written since a pass has compared all vectors, those "
    "of a sample are compared again."
)
_CONFLICTS = AskKind(
    "conflicts",
    "tick",
    "--drop-conflicts",
    "Delete the other versions of points that changed on both sides.",
)


class Copy(NewCollection):
    asks: ClassVar[tuple[AskKind, ...]] = (_CONFLICTS,)

    def fits(self, move: Move) -> bool:
        apart = move.in_place or move.cloned or not move.payload
        return move.rows is None and not apart

    def words(self, move: Move) -> Words:
        changed = listing([*dict.fromkeys(v.origin.remakes for v in move.new_vectors)])
        again = f"makes the vectors of changed {changed or 'points'} again"
        return new_collection_words(
            move,
            catching_up=(
                f"Compares {move.source} and {move.target} point by point, by id and payload.",
                f"Inserts what was added, {again}, deletes what was deleted.",
            ),
            comparing=("Compares every id and payload of both collections, and the settings.",),
            sweep="Sweep: late writes to the old one",
            sweeping=(
                f"Looks for points of {move.source} that changed after the last catch-up and "
                "carries them over.",
                f"Where both sides changed, {move.target} is left as it is and the point is listed "
                "as a conflict.",
            ),
        )._replace(spared=(_SPARED,) if move.without_values != move else ())

    def catch_up(self, ctx: StepContext, *, most: int = MOST_PASSES, anew: bool = False) -> int:
        """Points that the old collection does not have are deleted. Raises TargetInUse where an
        alias says that it is not before the switch, and OldReplaced."""
        move = ctx.move
        must_be_ours(ctx)
        must_be_the_old_one(ctx)
        for alias, collection in sorted(ctx.qdrant.aliases().items()):
            if collection == move.target:
                raise TargetInUse(move.target, alias, move.source)
        carry_keys(ctx)
        total = Changes()
        for _ in range(most):
            found = catch_up_pass.one_pass(ctx, anew=anew)
            total = total.plus(found)
            if not found.total:
                break
        ctx.remember("caught_up", list(Changes(*ctx.recall("caught_up", Changes())).plus(total)))
        return total.total

    def last_look(self, ctx: StepContext) -> None:
        super().last_look(ctx)
        carry_keys(ctx)
        last_look(ctx)

    def check(self, ctx: StepContext, sample: int, *, full: bool = False) -> list[Check]:
        found, late = check_both_sides(ctx, sample, full=full)
        return [*found, *check_settings(ctx), *late]

    def sweep(self, ctx: StepContext, *, anew: bool = False) -> bool:
        """Remembers how many were carried over by all sweeps of this run. Raises OldReplaced,
        OldEmptied."""
        must_be_ours(ctx)
        must_be_the_old_one(ctx)
        # A hidden point would be taken for a deleted one.
        wait_until_readable(ctx, ctx.move.source)
        swept = 0
        for _ in range(MOST_PASSES):
            found = sweep_pass.one_pass(ctx, anew=anew)
            swept += found
            if not found:
                break
        ctx.remember("swept", ctx.recall("swept", 0) + swept)
        ctx.say("sweep", f"{plural(swept, 'late write')} to {ctx.move.source} carried over.")
        if conflicts := ctx.conflicts:
            ctx.say(
                "sweep",
                f"{plural(len(conflicts), 'point')} changed on both sides: {ctx.move.target} was "
                f"left as it is, and {ctx.move.source} still has the other version.",
            )
        return not found

    def left_behind(self, ctx: StepContext, *, anew: bool) -> dict[str, int]:
        return written_since(ctx, anew=anew)

    def old_one(self, ctx: StepContext, found: Leftover) -> Leftover:
        """What was still written to it, by its own name, is carried over first."""
        old, new = ctx.move.source, ctx.move.target
        conflicts = ctx.conflicts
        if (ctx.consent("cleanup") or {}).get("collection") != old:
            ctx.remember(_ASKED, [[point, mark.hex()] for point, mark in conflicts])
        asks = (
            (
                _CONFLICTS.ask(
                    f"{plural(len(conflicts), 'point')} changed on both sides: the "
                    f"{'version' if len(conflicts) == 1 else 'versions'} in {old} may go, "
                    f"{new} stays"
                ),
            )
            if conflicts
            else ()
        )
        in_use, unknown, _, end = found.says
        first = (
            f"It is read once more first ({announced(ctx, old)}): what was still written to it "
            f"is carried over to {new}. While somebody writes to it, nothing is deleted."
        )
        return found._replace(
            says=(in_use, unknown, first, end),
            asks=asks,
            before=lambda: self._sweep_once_more(ctx),
        )

    def _sweep_once_more(self, ctx: StepContext) -> None:
        old, new = ctx.move.source, ctx.move.target
        allowed = {(point, bytes.fromhex(mark)) for point, mark in ctx.recall(_ASKED, [])}
        clean = self.sweep(ctx, anew=True)
        if more := ctx.conflicts - allowed:
            raise CleanupRefused(
                old,
                f"{plural(len(more), 'more point')} changed on both sides: {new} has another "
                "version.",
                "Look at the conflicts in the report. Cleaning up again asks whether the versions "
                f"in {old} may go.",
            )
        if not clean:
            raise CleanupRefused(
                old,
                "Somebody writes to it by its own name this moment. What was written so far is in "
                f"{new}.",
                f"Find out who, let them write to {new}, then clean up again.",
            )
