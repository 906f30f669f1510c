"""Step: after the switch, carry over what was still written to the old collection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from qdrant_model_migration.pipeline.ledger import new_ledger, read_ledger
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import align, scan
from qdrant_model_migration.pipeline.sameness import digest, same_payload
from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.steps.catch_up import mend
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.words import plural

MOST_PASSES = 3


class Late(NamedTuple):
    """A point of one collection that is not as the ledger has it. `now` None: it was deleted."""

    point: PointId
    now: Point | None
    before: bytes | None


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
                "Where both sides changed, the newer collection wins and the point is listed.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        swept = 0
        for _ in range(MOST_PASSES):
            found = self._pass(ctx)
            swept += found
            if not found:
                break
        ctx.remember("swept", swept)
        ctx.say("sweep", f"{plural(swept, 'late write')} to {ctx.move.source} carried over.")

    def _pass(self, ctx: StepContext) -> int:
        """One pass. The ledger moves on only when all of it is carried over, so a kill repeats."""
        move, carried, batch = ctx.move, 0, list[Late]()
        with new_ledger(ctx.folder) as ledger:
            for late, point, mark in changed_since_ledger(ctx, move.source, move.read_vectors):
                if mark is not None:
                    ledger.add(point, mark)
                if late is not None:
                    batch.append(late)
                if len(batch) >= move.load.batch:
                    carried += self._carry(ctx, batch)
                    batch = []
            carried += self._carry(ctx, batch)
        return carried

    def _carry(self, ctx: StepContext, batch: list[Late]) -> int:
        if not batch:
            return 0
        move = ctx.move
        kept = list(move.kept)
        there = {
            p.id: p
            for p in ctx.qdrant.retrieve(
                move.target, [late.point for late in batch], payload=True, vectors=kept or False
            )
        }
        to_mend: list[PointId] = []
        for late in batch:
            mine = there.get(late.point)
            if mine is not None and late.now and same_payload(mine.payload, late.now.payload):
                continue
            if mine is None and late.now is None:
                continue
            untouched = mine is not None and late.before == digest(_named_as_source(mine, move))
            new_there = mine is None and late.before is None
            if untouched or new_there:
                to_mend.append(late.point)
            else:
                ctx.dead_letter(
                    late.point,
                    f"changed in {move.source} and in {move.target} after the switch",
                    f"{move.target} was left as it is",
                )
        return mend(ctx, to_mend, live=True).total


def changed_since_ledger(
    ctx: StepContext, collection: str, vectors: tuple[str, ...] = ()
) -> Iterator[tuple[Late | None, PointId, bytes | None]]:
    """Each point of the ledger or the collection: how it changed (None: not), its digest now."""
    now = scan(ctx.qdrant, collection, vectors=list(vectors) or False, between=ctx.breathe)
    readings = align(((p.id, p) for p in now), read_ledger(ctx.folder))
    for point, (current, before) in readings:
        mark = digest(current, vectors) if current is not None else None
        yield (None if mark == before else Late(point, current, before)), point, mark


def _named_as_source(point: Point, move: Move) -> Point:
    kept = move.kept
    return point._replace(vectors={kept[n]: v for n, v in point.vectors.items() if n in kept})
