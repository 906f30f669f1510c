"""Bring points of the new collection to what the old one has now. Not a step: passes use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from qdrant_model_migration.pipeline.make import bare_of, make, set_aside, unsent
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.origins import DeadLetter
from qdrant_model_migration.pipeline.shard_keys import with_keys
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, PointId, Unmade, holds_text
from qdrant_model_migration.steps.dead_letters import list_dead
from qdrant_model_migration.steps.making import Again
from qdrant_model_migration.steps.step import StepContext


class Changes(NamedTuple):
    """What was mended."""

    inserted: int = 0
    edited: int = 0
    deleted: int = 0

    @property
    def total(self) -> int:
        return sum(self)

    def plus(self, other: Changes) -> Changes:
        return Changes(*(a + b for a, b in zip(self, other, strict=True)))


class Remade(NamedTuple):
    """Points as they are to be in the new collection. `ids`: all that were asked for.

    read: those that the old collection has, as they were read to make `points`.
    """

    ids: tuple[PointId, ...]
    read: Mapping[PointId, Point]
    points: tuple[Point, ...]
    dead: tuple[DeadLetter, ...]

    def only(self, chosen: set[PointId]) -> Remade:
        return Remade(
            tuple(point for point in self.ids if point in chosen),
            {point: read for point, read in self.read.items() if point in chosen},
            tuple(point for point in self.points if point.id in chosen),
            tuple(letter for letter in self.dead if letter.point in chosen),
        )

    def marks(self, move: Move) -> dict[PointId, bytes]:
        """What the ledger has to say of them once they are written."""
        return {point: mark_of(read, move) for point, read in self.read.items()}


def remake(task: Again, worker: Equipment) -> Remade:
    """Read these points of the old collection and make the new ones; writes nothing. Slow."""
    points, move = task
    now = worker.qdrant.retrieve(
        move.source, points, payload=True, vectors=list(move.read_vectors) or False
    )
    made = make(now, move, worker)
    return Remade(tuple(points), {p.id: p for p in now}, tuple(made.points), tuple(made.dead))


def put(ctx: StepContext, made: Remade) -> tuple[Changes, set[PointId]]:
    """Write them before the switch, when nobody else writes to the new collection.

    An upsert over an existing point can leave vectors that were not sent (servers before 1.19), so
    a changed point is deleted and inserted.
    """
    target, qdrant = ctx.move.target, ctx.qdrant
    there = {p.id for p in qdrant.retrieve(target, made.ids, payload=False, vectors=False)}
    if there:
        qdrant.delete(target, list(there))
    unmade: list[Unmade] = []
    if made.points:
        unmade = with_keys(qdrant, ctx.move, partial(qdrant.insert, target, made.points))
    list_dead(ctx, made.ids, (*made.dead, *set_aside(unmade, ctx.move, ctx)))
    return changes(made.only({*made.ids} - (unsent(unmade) - there)), there), unsent(unmade)


def put_live(ctx: StepContext, made: Remade, seen: Mapping[PointId, Point]) -> Changes:
    """Write them after the switch, where the application has not touched them since `seen`.

    seen: what the new collection has of them. What it changed meanwhile stays as it made it.
    """
    move, qdrant = ctx.move, ctx.qdrant
    in_place = _in_place(ctx)
    over = [p for p in made.points if p.id in seen and _over(p, seen[p.id], move, in_place)]
    kept = {p.id for p in over}
    if away := [seen[point] for point in made.ids if point in seen and point not in kept]:
        qdrant.delete_seen(move.target, away)
    unmade: list[Unmade] = []
    if over:
        unmade += qdrant.replace(move.target, over, [seen[p.id] for p in over])
        bare = bare_of(over, unmade)  # they may still have the vectors of before
        if in_place:
            without = {*unsent(unmade), *(p.id for p in bare)}
            _take_stale(ctx, [*(p for p in over if p.id not in without), *bare])
        elif bare:
            qdrant.delete_seen(move.target, bare)
            qdrant.insert(move.target, bare)
    if new := _without_another(ctx, [p for p in made.points if p.id not in kept]):
        unmade += with_keys(qdrant, move, partial(qdrant.insert, move.target, new))
    list_dead(ctx, made.ids, (*made.dead, *set_aside(unmade, move, ctx)))
    return changes(made, set(seen))


def _in_place(ctx: StepContext) -> bool:
    """Whether the server can write only to what is there. Then a point that lacks a vector is not
    deleted and inserted: one that the application deletes in that moment would come back."""
    return ctx.qdrant.capabilities.insert_only == "update_mode"


def _take_stale(ctx: StepContext, written: Sequence[Point]) -> None:
    """Vectors that these do not have any more, and that an upsert may have left."""
    lacking: dict[tuple[str, ...], list[Point]] = {}
    for point in written:
        names = tuple(v.name for v in ctx.move.vectors if v.name not in point.vectors)
        lacking.setdefault(names, []).append(point)
    for names, points in lacking.items():
        if names:
            stale = [p._replace(vectors={name: [] for name in names}) for p in points]
            ctx.qdrant.unset_vectors(ctx.move.target, stale)


def _without_another(ctx: StepContext, points: Sequence[Point]) -> list[Point]:
    """Those to insert: an insertion leaves a point alone that stands under its own shard key, and
    does not see one that the application has written under another."""
    keyed = [p.id for p in points if p.key is not None]
    here = {p.id for p in ctx.qdrant.retrieve(ctx.move.target, keyed, payload=False)}
    return [p for p in points if p.id not in here]


def changes(made: Remade, there: set[PointId]) -> Changes:
    present = {p.id for p in made.points}
    return Changes(len(present - there), len(present & there), len((there & {*made.ids}) - present))


def may_go_first(ctx: StepContext, made: Remade, seen: Mapping[PointId, Point]) -> set[PointId]:
    """Those that put_live may delete before it inserts them: a kill in between loses them, unless
    somebody knows."""
    in_place = _in_place(ctx)
    return {
        p.id
        for p in made.points
        if p.id in seen
        and ((holds_text(p) and not in_place) or not _over(p, seen[p.id], ctx.move, in_place))
    }


def _over(point: Point, seen: Point, move: Move, in_place: bool) -> bool:
    """Whether an upsert does it: it goes to the same shard key, and leaves nothing old or what can
    be taken from the point where it stands."""
    return (in_place or is_whole(point, move)) and point.key == seen.key


def is_whole(point: Point, move: Move) -> bool:
    """Whether it has every vector of the target, so that an upsert leaves nothing old."""
    return len(point.vectors) == len(move.vectors)
