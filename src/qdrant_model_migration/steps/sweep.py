"""Step: after the switch, carry over what was still written to the old collection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from qdrant_model_migration.pipeline.ledger import new_ledger, read_ledger
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import align, scan
from qdrant_model_migration.pipeline.sameness import mark_of, shares
from qdrant_model_migration.qdrant import Point, PointId, order
from qdrant_model_migration.steps.catch_up import Remade, is_whole, put, remake, same_point
from qdrant_model_migration.steps.check import must_be_ours
from qdrant_model_migration.steps.index import wait_until_readable
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.words import plural

MOST_PASSES = 3
REPLACED = "sweep_replaced"  # ids that are deleted and inserted again by the pass that is going on


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
        must_be_ours(ctx)
        wait_until_readable(ctx, ctx.move.source)
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
            for late, point, mark in changed_since_ledger(ctx):
                if mark is not None:
                    ledger.add(point, mark)
                if late is not None:
                    batch.append(late)
                if len(batch) >= move.load.batch:
                    carried += self._carry(ctx, batch)
                    batch = []
            carried += self._carry(ctx, batch)
        ctx.remember(REPLACED, [])
        return carried

    def _carry(self, ctx: StepContext, batch: list[Late]) -> int:
        """The vectors are made first: what the application writes meanwhile is seen, and wins."""
        if not batch:
            return 0
        move = ctx.move
        made = remake(ctx, [late.point for late in batch])
        there = targets_of(ctx, batch)
        # Deleted by a pass that was broken off before it inserted them again.
        ours = set(ctx.recall(REPLACED, []))
        chosen: set[PointId] = set()
        for late in batch:
            mine = there.get(late.point)
            if not left_behind(late, mine, move):
                continue
            untouched = (
                mine is not None and late.before is not None and shares(late.before, mine, move)
            )
            new_there = mine is None and (late.before is None or late.point in ours)
            if untouched or new_there:
                chosen.add(late.point)
            else:
                ctx.dead_letter(
                    late.point,
                    f"changed in {move.source} and in {move.target} after the switch",
                    f"{move.target} was left as it is",
                )
        if not chosen:
            return 0
        made = Remade(
            tuple(point for point in made.ids if point in chosen),
            tuple(point for point in made.points if point.id in chosen),
            tuple(letter for letter in made.dead if letter.point in chosen),
        )
        replaced = {p.id for p in made.points if not is_whole(p, move)} & there.keys()
        if replaced:
            ctx.remember(REPLACED, sorted(ours | replaced, key=order))
        return put(ctx, made, live=True).total


def targets_of(ctx: StepContext, batch: Sequence[Late]) -> dict[PointId, Point]:
    """These points of the new collection, with what needs no model to be compared."""
    move = ctx.move
    found = ctx.qdrant.retrieve(
        move.target, [late.point for late in batch], vectors=list(move.compared) or False
    )
    return {point.id: point for point in found}


def left_behind(late: Late, mine: Point | None, move: Move) -> bool:
    """Whether the new collection does not have what the old one has by now."""
    if late.now is None or mine is None:
        return (late.now is None) != (mine is None)
    return not same_point(late.now, mine, move)


def changed_since_ledger(
    ctx: StepContext,
) -> Iterator[tuple[Late | None, PointId, bytes | None]]:
    """Each point of the ledger or the old collection: how it changed (None: not), its mark now."""
    move = ctx.move
    now = scan(
        ctx.qdrant, move.source, vectors=list(move.read_vectors) or False, between=ctx.breathe
    )
    readings = align(((p.id, p) for p in now), read_ledger(ctx.folder))
    for point, (current, before) in readings:
        mark = mark_of(current, move) if current is not None else None
        yield (None if mark == before else Late(point, current, before)), point, mark


def written_after_sweep(ctx: StepContext) -> int:
    """How many points of the old collection changed since, in a way that the new one lacks."""
    move, missed, batch = ctx.move, 0, list[Late]()

    def missing() -> int:
        there = targets_of(ctx, batch) if batch else {}
        return sum(left_behind(late, there.get(late.point), move) for late in batch)

    for late, _, _ in changed_since_ledger(ctx):
        if late is not None:
            batch.append(late)
        if len(batch) >= move.load.batch:
            missed += missing()
            batch = []
    return missed + missing()
