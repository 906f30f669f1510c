"""Step: find what changed in the old collection since it was copied, and mend the new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from qdrant_model_migration.errors import TargetInUse
from qdrant_model_migration.pipeline.ledger import new_ledger
from qdrant_model_migration.pipeline.make import DeadLetter, cut, make
from qdrant_model_migration.pipeline.move import Embed, Keep, Move
from qdrant_model_migration.pipeline.read import align, scan
from qdrant_model_migration.pipeline.sameness import made_of, mark_of, same_payload, same_vector
from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.steps.check import must_be_ours
from qdrant_model_migration.steps.reading import timed_pass
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.words import plural

MOST_PASSES = 3


class Changes(NamedTuple):
    """What one pass mended."""

    inserted: int = 0
    edited: int = 0
    deleted: int = 0

    @property
    def total(self) -> int:
        return sum(self)


class CatchUp(Step):
    """Passes over both collections until one finds nothing, at most three."""

    step: Literal["catch_up"] = "catch_up"

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        again = f"makes the vectors of changed {'texts' if move.embeds else 'points'} again"
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
    TargetInUse where an alias says that it is not before the switch, and as `must_be_ours` does.
    """
    move = ctx.move
    must_be_ours(ctx)
    for alias, collection in sorted(ctx.qdrant.aliases().items()):
        if collection == move.target:
            raise TargetInUse(move.target, alias, move.source)
    total = Changes()
    for _ in range(most):
        with timed_pass(ctx):
            found = one_pass(ctx)
        total = _plus(total, found)
        if not found.total:
            break
    ctx.remember("caught_up", list(_plus(Changes(*ctx.recall("caught_up", Changes())), total)))
    return total


def one_pass(ctx: StepContext) -> Changes:
    """One pass over both sides in the server's id order. Writes a new ledger."""
    move, qdrant = ctx.move, ctx.qdrant
    changed: list[PointId] = []
    gone: list[PointId] = []
    found, seen, total = Changes(), 0, qdrant.count(move.source)
    source = scan(
        qdrant, move.source, vectors=list(move.read_vectors) or False, between=ctx.breathe
    )
    target = scan(qdrant, move.target, vectors=list(move.compared) or False)
    with new_ledger(ctx.folder) as ledger:
        for point, (old, new) in align(((p.id, p) for p in source), ((p.id, p) for p in target)):
            if old is not None:
                seen += 1
                ledger.add(point, mark_of(old, move))
            if old is None:
                gone.append(point)
            elif new is None or not same_point(old, new, move):
                changed.append(point)
            if len(changed) >= move.load.batch:
                found = _plus(found, mend(ctx, changed))
                changed = []
                ctx.progress(seen, max(seen, total))
        found = _plus(found, mend(ctx, changed))
        for first in range(0, len(gone), move.load.batch):
            found = _plus(found, mend(ctx, gone[first : first + move.load.batch]))
    ctx.progress(seen, max(seen, total))
    ctx.say(
        "catch-up",
        f"{plural(found.total, 'point')} changed since the copy: {found.inserted} inserted, "
        f"{found.edited} edited, {found.deleted} deleted; all mended."
        if found.total
        else "A whole pass found no difference.",
    )
    return found


def same_point(old: Point, new: Point, move: Move) -> bool:
    """Whether `new` is what `old` becomes: payload, and the vectors that need no model."""
    if not same_payload(old.payload, new.payload):
        return False
    for target in move.vectors:
        origin = target.origin
        if isinstance(origin, Embed):
            continue
        mine, theirs = old.vectors.get(origin.source), new.vectors.get(target.name)
        if isinstance(origin, Keep):
            if not same_vector(mine, theirs):
                return False
            continue
        made = None if mine is None else cut(mine, origin)
        if made is None:
            if theirs is not None:
                return False
        elif not made_of(theirs, made, target.params["distance"], target.params.get("datatype")):
            return False
    return True


class Remade(NamedTuple):
    """Points as they are to be in the new collection. `ids`: all that were asked for."""

    ids: tuple[PointId, ...]
    points: tuple[Point, ...]
    dead: tuple[DeadLetter, ...]


def mend(ctx: StepContext, points: Sequence[PointId]) -> Changes:
    """Bring these points of the new collection to what the old one has now."""
    return put(ctx, remake(ctx, points)) if points else Changes()


def remake(ctx: StepContext, points: Sequence[PointId]) -> Remade:
    """Read these points of the old collection and make the new ones; writes nothing. Slow."""
    move = ctx.move
    now = ctx.qdrant.retrieve(
        move.source, points, payload=True, vectors=list(move.read_vectors) or False
    )
    made = make(now, move, ctx.embedder)
    return Remade(tuple(points), tuple(made.points), tuple(made.dead))


def put(ctx: StepContext, made: Remade, *, live: bool = False) -> Changes:
    """Write them: insert what is new, replace what is there, delete what the old side has not.

    An upsert over an existing point can leave vectors that were not sent (servers before 1.19), so
    a changed point is deleted and inserted; `live` (after the switch) upserts where every vector
    is sent, so that no search misses the point meanwhile.
    """
    move, qdrant = ctx.move, ctx.qdrant
    there = {p.id for p in qdrant.retrieve(move.target, made.ids, payload=False, vectors=False)}
    in_place = {p.id for p in made.points if is_whole(p, move)} & there if live else set()
    present = {p.id for p in made.points}
    if delete := there - in_place:
        qdrant.delete(move.target, list(delete))
    if upsert := [p for p in made.points if p.id in in_place]:
        qdrant.upsert(move.target, upsert)
    if insert := [p for p in made.points if p.id not in in_place]:
        qdrant.insert(move.target, insert)
    ctx.revive(set(made.ids) - {letter.point for letter in made.dead})
    for letter in made.dead:
        ctx.dead_letter(letter.point, letter.reason, letter.held)
    return Changes(len(present - there), len(present & there), len(there - present))


def is_whole(point: Point, move: Move) -> bool:
    """Whether it has every vector of the target, so that an upsert leaves nothing old."""
    return len(point.vectors) == len(move.vectors)


def _plus(one: Changes, other: Changes) -> Changes:
    return Changes(*(a + b for a, b in zip(one, other, strict=True)))
