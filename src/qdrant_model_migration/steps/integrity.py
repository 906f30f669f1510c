"""Is everything there? Both collections side by side with the ledger, and a sample made again.

Not a step: Verify uses it. A point that changed in the old collection after the last catch-up is
a late write, not a fault; the cutover catches up with it.
"""

from __future__ import annotations

import random
from itertools import islice
from typing import NamedTuple

from qdrant_model_migration.pipeline.ledger import read_ledger
from qdrant_model_migration.pipeline.make import make
from qdrant_model_migration.pipeline.move import Embed, Move
from qdrant_model_migration.pipeline.read import align, scan
from qdrant_model_migration.pipeline.sameness import made_of, mark_of, same_payload
from qdrant_model_migration.pipeline.text import NoText, text_of
from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.quality import Check, Integrity
from qdrant_model_migration.steps.catch_up import same_point
from qdrant_model_migration.steps.create_collection import settings_that_differ
from qdrant_model_migration.steps.index import is_indexed
from qdrant_model_migration.steps.step import StepContext

RESUME = "Resume fetches them"
_COMPARED = {"keep": "Other vectors equal", "cut": "Vectors cut right", "embed": "No vector added"}
_DIFFER = {
    "keep": "copied with other vectors",
    "cut": "copied with other vectors",
    "embed": "given a vector that the old collection has not",
}


class _Counted(NamedTuple):
    points: int
    missing: int
    payload_differs: int
    vector_differs: int
    extra: int
    late: int
    without_text: int
    sample: tuple[PointId, ...]


def check_integrity(ctx: StepContext, sample: int) -> Integrity:
    """Ids, payloads, kept vectors, settings, index, and the new vectors of `sample` points."""
    counted = _count(ctx, sample)
    here = counted.points - counted.missing
    checks = [
        Check(
            name="Each id once",
            ok=not counted.missing and not counted.extra,
            found=here,
            expected=counted.points,
            note=_are(counted.missing or counted.extra, "missing" if counted.missing else "extra"),
            todo=RESUME if counted.missing else "Resume takes them out",
        ),
        Check(
            name="Payload equal",
            ok=not counted.payload_differs,
            found=here - counted.payload_differs,
            expected=here,
            note=_are(counted.payload_differs, "copied with another payload"),
            todo="Resume copies them again",
        ),
    ]
    if ctx.move.compared:
        checks.append(
            Check(
                name=_COMPARED[_compared(ctx.move)],
                ok=not counted.vector_differs,
                found=here - counted.vector_differs,
                expected=here,
                note=_are(counted.vector_differs, _DIFFER[_compared(ctx.move)]),
                todo="Resume copies them again",
            )
        )
    checks += _models(ctx, counted)
    different = settings_that_differ(ctx, postponed=False)
    checks.append(
        Check(
            name="Settings equal",
            ok=not different,
            found="all" if not different else ", ".join(different),
            note=f"settings differ: {', '.join(different)}",
            todo="Set them by hand, or acknowledge them in a new plan",
        )
    )
    if ctx.qdrant.capabilities.settings:
        checks.append(
            Check(
                name="Index complete",
                ok=is_indexed(ctx, ctx.move.target),
                found=ctx.qdrant.state(ctx.move.target).status,
                note="the server is still building the index",
                todo="Resume waits for it",
            )
        )
    if counted.late:
        checks.append(
            Check(
                name="Late writes",
                ok=None,
                found=counted.late,
                note="written since the last catch-up; caught up before the switch",
            )
        )
    return Integrity(checks=tuple(checks))


def _compared(move: Move) -> str:
    """The first of the ways in which vectors of the target follow from the source's."""
    ways = [vector.origin.how for vector in move.vectors if vector.name in move.compared]
    return next(way for way in _COMPARED if way in ways)


def _count(ctx: StepContext, sample: int) -> _Counted:
    move, qdrant = ctx.move, ctx.qdrant
    old = scan(qdrant, move.source, vectors=list(move.read_vectors) or False, between=ctx.breathe)
    new = scan(qdrant, move.target, vectors=list(move.compared) or False)
    points = missing = payload = vector = extra = late = no_text = 0
    chosen: list[PointId] = []
    choose = random.Random(0)  # noqa: S311 - a sample, not a secret
    total = qdrant.count(move.source)
    readings = align(((p.id, p) for p in old), ((p.id, p) for p in new), read_ledger(ctx.folder))
    for point, (mine, theirs, before) in readings:
        if before != (mark_of(mine, move) if mine else None):
            late += 1
            continue
        if mine is None:
            extra += 1
            continue
        points += 1
        if points % 1000 == 0:
            ctx.progress(points, total)
        if theirs is None:
            missing += 1
        elif not same_payload(mine.payload, theirs.payload):
            payload += 1
        elif not same_point(mine, theirs, move):
            vector += 1
        elif _goes_without(mine, move):
            no_text += 1
        elif len(chosen) < sample:
            chosen.append(point)
        elif (slot := choose.randrange(points)) < sample:
            chosen[slot] = point
    ctx.progress(points, max(points, total))
    return _Counted(points, missing, payload, vector, extra, late, no_text, tuple(chosen))


def _goes_without(point: Point, move: Move) -> bool:
    """Whether no vector is made for this point of the source: no text, or it is not for it."""
    if move.text is None:
        return False
    origins = [v.origin for v in move.vectors if isinstance(v.origin, Embed)]
    return isinstance(text_of(point.payload, move.text), NoText) or not all(
        origin.is_for(point) for origin in origins
    )


def _models(ctx: StepContext, counted: _Counted) -> list[Check]:
    """New vectors: made again on the sample, and there on every point that has a text."""
    checks = []
    for target in ctx.move.new_vectors:
        if not isinstance(target.origin, Embed) or ctx.move.text is None:
            continue
        called = f" {target.name}" if target.name else ""
        right = remade = 0
        for first in range(0, len(counted.sample), ctx.move.load.batch):
            ctx.breathe()
            ids = counted.sample[first : first + ctx.move.load.batch]
            points = ctx.qdrant.retrieve(ctx.move.target, ids, vectors=[target.name])
            made = make(points, ctx.move.everywhere, ctx.embedder)
            for stored, again in zip(points, made.points, strict=True):
                if (vector := again.vectors.get(target.name)) is None:
                    continue
                remade += 1
                right += made_of(
                    stored.vectors.get(target.name),
                    vector,
                    target.params["distance"],
                    target.params.get("datatype"),
                )
        checks.append(
            Check(
                name=f"Right model{called}",
                ok=right == remade,
                found=right,
                expected=remade,
                note=f"{remade - right} of {remade} sample vectors were not made by "
                f"{target.origin.model.label} from the present text",
                todo="Delete the new collection and start again, or ask who else writes into it",
            )
        )
        without = ctx.qdrant.count(ctx.move.target, without_vector=target.name)
        # Points written since the last catch-up may have either.
        unexplained = max(0, abs(without - counted.without_text) - counted.late)
        if unexplained:
            unexplained = max(0, unexplained - _beyond_the_model(ctx, target.name))
        checks.append(
            Check(
                name=f"No vector{called}",
                ok=None if not unexplained else False,
                found=without,
                note=f"{_are(unexplained, 'without a vector though they have a text')}"
                if unexplained
                else "dead letters: filters find them, searches do not",
                todo="Delete the new collection and start again",
            )
        )
    return checks


def _beyond_the_model(ctx: StepContext, name: str) -> int:
    """Points that have a text and no vector because the model makes none of it: tried again."""
    move, found = ctx.move, 0
    reading = scan(ctx.qdrant, move.target, vectors=[name], between=ctx.breathe)
    bare = (point for point in reading if point.vectors.get(name) is None)
    while batch := list(islice(bare, move.load.batch)):
        for point in make(batch, move.everywhere, ctx.embedder).points:
            text = text_of(point.payload, move.text) if move.text else None
            found += isinstance(text, str) and name not in point.vectors
    return found


def _are(count: int, what: str) -> str:
    return f"{count:,} point{' is' if count == 1 else 's are'} {what}" if count else ""
