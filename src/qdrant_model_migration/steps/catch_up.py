"""Step: find what changed in the old collection since it was copied, and mend the new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from qdrant_model_migration.pipeline.ledger import new_ledger
from qdrant_model_migration.pipeline.make import make
from qdrant_model_migration.pipeline.move import Embed, Keep, Move
from qdrant_model_migration.pipeline.read import align, scan
from qdrant_model_migration.pipeline.sameness import digest, made_of, same_payload, same_vector
from qdrant_model_migration.qdrant import Point, PointId
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
        return StepText(
            "Catch up with new writes",
            "new collection",
            "delete it",
            (
                f"Compares {move.source} and {move.target} point by point, by id and payload.",
                "Inserts what was added, makes the vectors of changed texts again, deletes what "
                "was deleted.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        catch_up(ctx)


def catch_up(ctx: StepContext) -> Changes:
    """Passes until one finds nothing, at most three; what comes later is swept after the switch."""
    total = Changes()
    for _ in range(MOST_PASSES):
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
    compared = [v.name for v in move.vectors if not isinstance(v.origin, Embed)]
    target = scan(qdrant, move.target, vectors=compared or False)
    with new_ledger(ctx.folder) as ledger:
        for point, (old, new) in align(((p.id, p) for p in source), ((p.id, p) for p in target)):
            if old is not None:
                seen += 1
                ledger.add(point, digest(old, move.read_vectors))
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
        elif mine is not None:
            cut = np.asarray(mine, np.float32)[: origin.dimensions].tolist()
            if not made_of(theirs, cut, target.params["distance"], target.params.get("datatype")):
                return False
    return True


def mend(ctx: StepContext, points: Sequence[PointId], *, live: bool = False) -> Changes:
    """Bring these points of the new collection to what the old one has now.

    An upsert over an existing point can leave vectors that were not sent (servers before 1.19), so
    a changed point is deleted and inserted; `live` (after the switch) upserts where every vector
    is sent, so that no search misses the point meanwhile.
    """
    if not points:
        return Changes()
    move, qdrant = ctx.move, ctx.qdrant
    now = qdrant.retrieve(
        move.source, points, payload=True, vectors=list(move.read_vectors) or False
    )
    there = {p.id for p in qdrant.retrieve(move.target, points, payload=False, vectors=False)}
    made = make(now, move, ctx.embedder)
    dead = {letter.point for letter in made.dead}
    whole = [p for p in made.points if len(p.vectors) == len(move.vectors)]
    in_place = {p.id for p in whole} & there if live else set()
    missing = there - {p.id for p in now}
    replaced = (there - missing) - in_place
    if delete := missing | replaced:
        qdrant.delete(move.target, list(delete))
    if upsert := [p for p in made.points if p.id in in_place]:
        qdrant.upsert(move.target, upsert)
    if insert := [p for p in made.points if p.id not in in_place]:
        qdrant.insert(move.target, insert)
    ctx.revive(set(points) - dead)
    for letter in made.dead:
        ctx.dead_letter(letter.point, letter.reason, letter.held)
    return Changes(len({p.id for p in now} - there), len(there - missing), len(missing))


def _plus(one: Changes, other: Changes) -> Changes:
    return Changes(*(a + b for a, b in zip(one, other, strict=True)))
