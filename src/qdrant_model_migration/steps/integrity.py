"""Is everything there? Both collections side by side with the ledger, and a sample made again.

Not a step: Verify uses it. A point that changed in the old collection after the last catch-up is
a late write, not a fault; the cutover catches up with it.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from qdrant_model_migration.pipeline.both_sides import readings
from qdrant_model_migration.pipeline.counterparts import judged
from qdrant_model_migration.pipeline.ledger import MOST, Ledger, open_ledger, rows_of
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.read import align, scan
from qdrant_model_migration.pipeline.sameness import made_of, same_payload
from qdrant_model_migration.pipeline.slices import Slice
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.quality import Check, Integrity
from qdrant_model_migration.steps.create_collection import settings_that_differ
from qdrant_model_migration.steps.index import is_indexed
from qdrant_model_migration.steps.passes import Pass, with_records
from qdrant_model_migration.steps.step import StepContext

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector

RESUME = "Resume fetches them"


class _Counted(NamedTuple):
    """vectors_differ: points by the check that they fail. without: points that are to go without a
    vector, by its name. sample: of those that are to have every new one, the smallest marks (in
    hexadecimal) with their points: as good as chosen by chance, whoever counts which slice."""

    points: int = 0
    missing: int = 0
    payload_differs: int = 0
    vectors_differ: Mapping[str, int] = {}
    extra: int = 0
    late: int = 0
    without: Mapping[str, int] = {}
    sample: Sequence[tuple[str, PointId]] = ()

    def plus(self, other: _Counted, most: int) -> _Counted:
        """most: how many of the sample are kept."""
        return _Counted(
            self.points + other.points,
            self.missing + other.missing,
            self.payload_differs + other.payload_differs,
            Counter(self.vectors_differ) + Counter(other.vectors_differ),
            self.extra + other.extra,
            self.late + other.late,
            Counter(self.without) + Counter(other.without),
            heapq.nsmallest(most, [*self.sample, *other.sample], key=lambda chosen: chosen[0]),
        )


class _CountTask(NamedTuple):
    """records: the ledger's of this slice. sample: points at most."""

    slice: Slice
    move: Move
    records: bytes
    sample: int


class _CountedSlice(NamedTuple):
    """See SliceResult for `slice`."""

    slice: Slice
    counted: _Counted

    @property
    def points(self) -> int:
        return self.counted.points


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
        differ = counted.vectors_differ.get(name, 0)
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


class _Count(Pass[_CountTask, _CountedSlice]):
    name: ClassVar[str] = "integrity"

    def __init__(self, ctx: StepContext, ledger: Ledger, sample: int) -> None:
        self.found = list(_Counted())
        # Both sides stand as they stood, unless something was mended since.
        super().__init__(ctx, of=[ctx.recall("caught_up"), sample])
        self._ledger, self._sample = ledger, sample

    def work(self) -> Callable[[_CountTask, Equipment], _CountedSlice]:
        return count_slice

    def tasks(self, where: Slice) -> Iterator[_CountTask]:
        for part, records in with_records(self._ledger, where):
            yield _CountTask(part, self.ctx.move, records, self._sample)

    def take(self, task: _CountTask, result: _CountedSlice) -> None:
        self.found = list(_Counted(*self.found).plus(result.counted, self._sample))


def _count(ctx: StepContext, sample: int) -> _Counted:
    with open_ledger(ctx.folder) as ledger:
        count = _Count(ctx, ledger, sample)
        count.carry_out(ctx.qdrant.count(ctx.move.source))
    return _Counted(*count.found)


def count_slice(task: _CountTask, worker: Equipment) -> _CountedSlice:
    """Reads, and writes nothing. A slice that has grown is counted in part."""
    where, move, records, sample = task
    points = missing = payload = extra = late = 0
    differ: Counter[str] = Counter()
    without: Counter[str] = Counter()
    chosen: list[tuple[str, PointId]] = []
    unseen = _unseen(move)
    rows = align(*readings(where, move, worker), rows_of(records))
    for row, (point, (mine, theirs, before)) in enumerate(rows):
        if row == MOST:
            where = where._replace(end=point)
            break
        if before != (mark_of(mine, move) if mine else None):
            late += 1
            continue
        if mine is None or before is None:
            extra += 1
            continue
        points += 1
        if theirs is None:
            missing += 1
        elif not same_payload(mine.payload, theirs.payload):
            payload += 1
        elif wrong := {v.origin.checked for v, j in judged(mine, theirs, move) if j == "differs"}:
            differ.update(wrong)
        elif bare := [v.name for v in unseen if not v.origin.wants(mine)]:
            without.update(bare)
        else:
            chosen.append((before.hex(), point))
    found = _Counted(points, missing, payload, differ, extra, late, without, chosen)
    return _CountedSlice(where, _Counted().plus(found, sample))


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
            ids = [point for _, point in counted.sample[first : first + ctx.move.load.batch]]
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
        unexplained = max(0, abs(without - counted.without.get(target.name, 0)) - counted.late)
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
