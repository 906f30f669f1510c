"""Is everything there? Both collections side by side with the ledger, and a sample made again.

Not a step: Verify uses it. A point that changed in the old collection after the last catch-up is
a late write, not a fault; the cutover catches up with it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from qdrant_model_migration.pipeline.counterparts import judged
from qdrant_model_migration.pipeline.ledger import read_ledger
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.read import align, scan
from qdrant_model_migration.pipeline.sameness import made_of, same_payload
from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.quality import Check, Integrity
from qdrant_model_migration.steps.create_collection import settings_that_differ
from qdrant_model_migration.steps.index import is_indexed
from qdrant_model_migration.steps.step import StepContext

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector

RESUME = "Resume fetches them"


class _Counted(NamedTuple):
    """vectors_differ: points by the check that they fail. without: points that are to go without a
    vector, by its name. sample: of those that are to have every new one."""

    points: int
    missing: int
    payload_differs: int
    vectors_differ: Counter[str]
    extra: int
    late: int
    without: Counter[str]
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
    for name, fault in _comparisons(ctx.move).items():
        differ = counted.vectors_differ[name]
        checks.append(
            Check(
                name=name,
                ok=not differ,
                found=here - differ,
                expected=here,
                note=_are(differ, fault),
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


def _comparisons(move: Move) -> dict[str, str]:
    """Names of the checks that compare both sides, and what is wrong where one fails."""
    compared = (v.origin for v in move.vectors if v.origin.compared(v.name) is not None)
    return {origin.checked: origin.fault for origin in compared}


def _count(ctx: StepContext, sample: int) -> _Counted:
    move, qdrant = ctx.move, ctx.qdrant
    old = scan(qdrant, move.source, vectors=list(move.read_vectors) or False, between=ctx.breathe)
    new = scan(qdrant, move.target, vectors=list(move.compared) or False)
    points = missing = payload = extra = late = 0
    differ: Counter[str] = Counter()
    without: Counter[str] = Counter()
    chosen: list[PointId] = []
    unseen = _unseen(move)
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
        elif wrong := {v.origin.checked for v, j in judged(mine, theirs, move) if j == "differs"}:
            differ.update(wrong)
        elif bare := [v.name for v in unseen if not v.origin.wants(mine)]:
            without.update(bare)
        elif len(chosen) < sample:
            chosen.append(point)
        elif (slot := choose.randrange(points)) < sample:
            chosen[slot] = point
    ctx.progress(points, max(points, total))
    return _Counted(points, missing, payload, differ, extra, late, without, tuple(chosen))


def _unseen(move: Move) -> list[TargetVector]:
    """The vectors of which a look at both sides does not tell whether they are right."""
    return [vector for vector in move.vectors if not vector.origin.tells]


def _models(ctx: StepContext, counted: _Counted) -> list[Check]:
    """New vectors: made again on the sample, and there on every point that is to have one."""
    checks = []
    for target in _unseen(ctx.move):
        called = f" {target.name}" if target.name else ""
        right = remade = 0
        for first in range(0, len(counted.sample), ctx.move.load.batch):
            ctx.breathe()
            ids = counted.sample[first : first + ctx.move.load.batch]
            points = ctx.qdrant.retrieve(ctx.move.target, ids, vectors=[target.name])
            for stored, vector in zip(points, _again(ctx, target, points), strict=True):
                if vector is None:
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
                f"{target.model.label if target.model else 'the model'} from the present text",
                todo="Delete the new collection and start again, or ask who else writes into it",
            )
        )
        without = ctx.qdrant.count(ctx.move.target, without_vector=target.name)
        # Points written since the last catch-up may have either.
        unexplained = max(0, abs(without - counted.without[target.name]) - counted.late)
        if unexplained:
            unexplained = max(0, unexplained - _beyond_the_model(ctx, target))
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


def _beyond_the_model(ctx: StepContext, target: TargetVector) -> int:
    """Points that are to have the vector, of which the model makes none: tried again."""
    move, found, again = ctx.move, 0, target.origin.over_itself(target.name)
    reading = scan(ctx.qdrant, move.target, vectors=[target.name], between=ctx.breathe)
    bare = (point for point in reading if point.vectors.get(target.name) is None)
    while batch := list(islice(bare, move.load.batch)):
        for point, vector in zip(batch, _again(ctx, target, batch), strict=True):
            found += vector is None and again is not None and again.wants(point)
    return found


def _again(
    ctx: StepContext, target: TargetVector, points: Sequence[Point]
) -> list[WritableVector | None]:
    """The vector made again of these points of the target."""
    again = target.origin.over_itself(target.name)
    return again.make(points, ctx).vectors if again is not None else [None] * len(points)


def _are(count: int, what: str) -> str:
    return f"{count:,} point{' is' if count == 1 else 's are'} {what}" if count else ""
