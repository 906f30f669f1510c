"""New vectors that no look at a point tells to be right: a sample is made again and compared."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.read import scan
from qdrant_model_migration.pipeline.sameness import made_of
from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.quality import Check
from qdrant_model_migration.steps.passes import in_batches
from qdrant_model_migration.steps.routes.route import unfound
from qdrant_model_migration.steps.step import StepContext

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector

Chosen = tuple[str, PointId]
"""A point, with its mark in hexadecimal digits before it."""


class Sampled(NamedTuple):
    """points: that are to have every new vector. without: how many are to go without one, by its
    name. late: points that were written since, and may have it or not."""

    points: Sequence[PointId]
    without: Mapping[str, int]
    late: int


def smallest(most: int, chosen: Iterable[Chosen]) -> list[Chosen]:
    """Those of the smallest marks: as good as chosen by chance, whoever counts which slice."""
    return heapq.nsmallest(most, chosen, key=lambda one: one[0])


def unseen(move: Move) -> list[TargetVector]:
    """The vectors of which a look at both sides does not tell whether they are right."""
    return [vector for vector in move.vectors if not vector.origin.tells]


def check_made(ctx: StepContext, sampled: Sampled) -> Iterator[Check]:
    """For each of them: the right model, and there on every point that is to have it."""
    for target in unseen(ctx.move):
        yield check_model(ctx, target, sampled.points)
        without = ctx.qdrant.count(ctx.move.target, without_vector=target.name)
        unexplained = max(0, abs(without - sampled.without.get(target.name, 0)) - sampled.late)
        if unexplained:
            unexplained = max(0, unexplained - _beyond_the_model(ctx, target))
        note = f"dead letters: {unfound(ctx.move)}"
        yield check_without(target, without, unexplained, note)


def check_model(
    ctx: StepContext,
    target: TargetVector,
    chosen: Sequence[PointId],
    as_counted: Callable[[Point], bool] = lambda point: True,
    read: Callable[[Sequence[PointId]], Sequence[Point]] | None = None,
) -> Check:
    """Whether the vectors of these points are those of the model and of the present text.

    as_counted: whether a point is still what it was when it was chosen; others are passed over.
    read: points with the vector, and with what it is made of; None: the target's own.
    """
    right = remade = 0
    nearly = target.depends_on_batch
    for ids in in_batches(chosen, ctx.move.load.batch):
        ctx.breathe()
        found = (
            read(ids)
            if read is not None
            else ctx.qdrant.retrieve(ctx.move.target, ids, vectors=[target.name])
        )
        points = [point for point in found if as_counted(point)]
        for stored, vector in zip(points, made_again(ctx, target, points), strict=True):
            if vector is None:
                continue
            remade += 1
            right += made_of(
                stored.vectors.get(target.name),
                vector,
                target.params.get("distance", ""),
                target.params.get("datatype"),
                nearly=nearly,
            )
    return Check(
        name=f"Right model{_called(target)}",
        ok=right == remade,
        found=right,
        expected=remade,
        note=f"{remade - right} of {remade} sample vectors were not made by "
        f"{target.model.label if target.model else 'the model'} from the present text",
        todo="Delete the new collection and start again, or ask who else writes into it",
    )


def check_without(
    target: TargetVector,
    without: int,
    unexplained: int,
    note: str,
) -> Check:
    """How many points go without it, and how many of them for no reason."""
    return Check(
        name=f"No vector{_called(target)}",
        ok=False if unexplained else None if without else True,
        found=without,
        note=f"{are(unexplained, 'without a vector in spite of a text')}" if unexplained else note,
        todo="Delete the new collection and start again",
    )


def check_late(late: int) -> list[Check]:
    """What the application wrote since the last catch-up; nothing where it wrote nothing."""
    if not late:
        return []
    note = "written since the last catch-up; caught up before the switch"
    return [Check(name="Late writes", ok=None, found=late, note=note)]


def _called(target: TargetVector) -> str:
    return f" {target.name}" if target.name else ""


def _beyond_the_model(ctx: StepContext, target: TargetVector) -> int:
    """Points that are to have the vector, of which the model makes none: tried again."""
    move, found, again = ctx.move, 0, target.origin.over_itself(target.name)
    reading = scan(ctx.qdrant, move.target, vectors=[target.name], between=ctx.breathe)
    bare = (point for point in reading if point.vectors.get(target.name) is None)
    while batch := list(islice(bare, move.load.batch)):
        for point, vector in zip(batch, made_again(ctx, target, batch), strict=True):
            found += vector is None and again is not None and again.wants(point)
    return found


def made_again(
    ctx: StepContext, target: TargetVector, points: Sequence[Point]
) -> list[WritableVector | None]:
    """The vector made again of these points of the target."""
    again = target.origin.over_itself(target.name)
    if again is None:
        return [None] * len(points)
    made = again.make(points, ctx).vectors
    return ctx.qdrant.as_made(made, target.kind, target.params, ctx.move.target)


def are(count: int, what: str) -> str:
    """ "1 point is missing", "2 points are missing"; "" for none."""
    return f"{count:,} point{' is' if count == 1 else 's are'} {what}" if count else ""
