"""Is everything there? Both collections side by side with the ledger, and a sample made again.

Not a step: Verify uses it. A point that changed in the old collection after the last catch-up is
a late write, not a fault; the cutover catches up with it. Where the new collection stands as a pass
has read it back and compared it, the values of copied vectors are read again of a sample only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, NamedTuple

from qdrant_model_migration.pipeline.both_sides import readings
from qdrant_model_migration.pipeline.counterparts import judged
from qdrant_model_migration.pipeline.in_slice import BesideLedger, Held
from qdrant_model_migration.pipeline.ledger import Ledger, open_ledger, rows_of
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import align
from qdrant_model_migration.pipeline.sameness import same_payload
from qdrant_model_migration.pipeline.slices import Slice
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.quality import Check
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.passes import LedgerPass, in_batches
from qdrant_model_migration.steps.routes.copy.read_back import stands_as_read_back
from qdrant_model_migration.steps.routes.copy.shard_keys import CHECKED, check_keys
from qdrant_model_migration.steps.routes.made_again import (
    Chosen,
    Sampled,
    are,
    check_late,
    check_made,
    smallest,
    unseen,
)
from qdrant_model_migration.steps.step import StepContext

RESUME = "Resume fetches them"


class _Counted(NamedTuple):
    """vectors_differ: points by the check that they fail. without: points that are to go without a
    vector, by its name. sample: of those that are to have every new one; see `smallest`."""

    points: int = 0
    missing: int = 0
    payload_differs: int = 0
    vectors_differ: Mapping[str, int] = {}
    extra: int = 0
    late: int = 0
    without: Mapping[str, int] = {}
    sample: Sequence[Chosen] = ()

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
            smallest(most, [*self.sample, *other.sample]),
        )


class _CountedSlice(NamedTuple):
    """See SliceResult for `slice`."""

    slice: Slice
    counted: _Counted

    @property
    def points(self) -> int:
        return self.counted.points


def check_both_sides(
    ctx: StepContext, sample: int, *, full: bool
) -> tuple[list[Check], list[Check]]:
    """Ids, payloads, kept vectors, and the new vectors of `sample` points; and what came late.
    full: every vector is read, however it stands."""
    move = ctx.move
    sparing = not full and stands_as_read_back(ctx)
    counted = _count(ctx, sample, sparing)
    here = counted.points - counted.missing
    vectors_differ, sampled = counted.vectors_differ, [point for _, point in counted.sample]
    if sparing:
        sampled, wrong = _of_sample(ctx, counted.sample)
        vectors_differ = Counter(vectors_differ) + wrong
    checks = [
        Check(
            name="Each id once",
            ok=not counted.missing and not counted.extra,
            found=here,
            expected=counted.points,
            note=are(counted.missing or counted.extra, "missing" if counted.missing else "extra"),
            todo=RESUME if counted.missing else "Resume takes them out",
        ),
        Check(
            name="Payload equal",
            ok=not counted.payload_differs,
            found=here - counted.payload_differs,
            expected=here,
            note=are(counted.payload_differs, "copied with another payload"),
            todo="Resume copies them again",
        ),
    ]
    for name, fault in _comparisons(move).items():
        differ = vectors_differ.get(name, 0)
        checks.append(
            Check(
                name=name,
                ok=not differ,
                found=here - differ,
                expected=here,
                note=are(differ, fault),
                todo="Resume copies them again",
            )
        )
    if sparing:
        checks.append(_read_again(ctx, len(sampled)))
    checks += check_keys(ctx, here, vectors_differ.get(CHECKED, 0))
    checks += check_made(ctx, Sampled(sampled, counted.without, counted.late))
    return checks, check_late(counted.late)


def _read_again(ctx: StepContext, read: int) -> Check:
    return Check(
        name="Vectors read again",
        ok=None,
        found=read,
        note=f"the last pass has compared all; nothing was written to {ctx.move.target} since; "
        f"all again: {qmm('verify', ctx.folder.name, flags=('--full',))}",
    )


def _comparisons(move: Move) -> dict[str, str]:
    """Names of the checks that compare both sides, and what is wrong where one fails."""
    compared = (v.origin for v in move.vectors if v.origin.compared(v.name) is not None)
    return {origin.checked: origin.fault for origin in compared}


class _Count(LedgerPass[_CountedSlice]):
    """sparing: without the values of vectors."""

    name: ClassVar[str] = "integrity"

    def __init__(self, ctx: StepContext, ledger: Ledger, sample: int, sparing: bool) -> None:
        self.found = list(_Counted())
        # Both sides stand as they stood, unless something was mended since.
        super().__init__(ctx, ledger, of=[ctx.recall("caught_up"), sample, sparing])
        self.sample, self._sparing = sample, sparing

    def work(self) -> Callable[[BesideLedger, Equipment], _CountedSlice]:
        return count_without_values if self._sparing else count_slice

    def take(self, task: BesideLedger, result: _CountedSlice) -> None:
        self.found = list(_Counted(*self.found).plus(result.counted, self.sample))


def _count(ctx: StepContext, sample: int, sparing: bool) -> _Counted:
    with open_ledger(ctx.folder) as ledger:
        count = _Count(ctx, ledger, sample, sparing)
        count.carry_out(ctx.qdrant.count(ctx.move.source))
    return _Counted(*count.found)


def count_slice(task: BesideLedger, worker: Equipment) -> _CountedSlice:
    """Reads, and writes nothing. A slice that has grown is counted in part."""
    where, move, records, sample = task
    tally = _Tally(move, worker)
    rows = Held(where, align(*readings(where, move, worker), rows_of(records)))
    for point, (mine, theirs, before) in rows:
        if _is_late(mine, theirs, before, move):
            tally.late += 1
        else:
            tally.add(point, mine, theirs, before, move)
    return _CountedSlice(rows.slice, tally.counted(sample))


def count_without_values(task: BesideLedger, worker: Equipment) -> _CountedSlice:
    """The same without the values of vectors. Points of which the rest is not alike on both sides
    are read again with them: that tells a late write, as far as it has changed the rest."""
    where, move, records, sample = task
    looked, tally = move.without_values, _Tally(move, worker)
    doubtful: dict[PointId, bytes] = {}
    rows = Held(where, align(*readings(where, looked, worker), rows_of(records)))
    for point, (mine, theirs, before) in rows:
        if (mine is None) != (before is None):
            tally.late += 1
        elif mine is not None and before is not None and not _alike(mine, theirs, looked, worker):
            doubtful[point] = before
        else:
            tally.add(point, mine, theirs, before, looked)
    for points in in_batches(tuple(doubtful), move.load.batch):
        for point, (old, new) in _both_of(points, move, worker).items():
            if _is_late(old, new, doubtful[point], move):
                tally.late += 1
            else:
                tally.add(point, old, new, doubtful[point], move)
    return _CountedSlice(rows.slice, tally.counted(sample))


def _is_late(mine: Point | None, theirs: Point | None, before: bytes | None, move: Move) -> bool:
    """Whether the source has changed since. What was written and is not there is missing, whatever
    the source has of it by now: nobody but the run writes there."""
    if mine is not None and before is not None and theirs is None:
        return False
    return before != (mark_of(mine, move) if mine else None)


def _alike(mine: Point, theirs: Point | None, looked: Move, worker: Equipment) -> bool:
    """As far as can be told without the values of vectors: also which of them are there."""
    if theirs is None or mine.key != theirs.key or not same_payload(mine.payload, theirs.payload):
        return False
    stands = all(seen not in ("differs", "due") for _, seen in judged(mine, theirs, looked, worker))
    return stands and all(vector.origin.wants(mine) for vector in unseen(looked))


def _both_of(
    points: Sequence[PointId], move: Move, worker: Equipment
) -> dict[PointId, tuple[Point | None, Point | None]]:
    """These points of both collections, as far as they are compared."""
    old, new = (
        {p.id: p for p in worker.qdrant.retrieve(collection, points, vectors=list(names) or False)}
        for collection, names in ((move.source, move.read_vectors), (move.target, move.compared))
    )
    return {point: (old.get(point), new.get(point)) for point in points}


def _of_sample(ctx: StepContext, chosen: Sequence[Chosen]) -> tuple[list[PointId], Counter[str]]:
    """Which of these points were read again with all vectors, and how many fail which check; those
    that were written since are passed over."""
    read, differ = list[PointId](), Counter[str]()
    marks = {point: mark for mark, point in chosen}
    for points in in_batches(tuple(marks), ctx.move.load.batch):
        ctx.breathe()
        for point, (old, new) in _both_of(points, ctx.move, ctx).items():
            if old is None or new is None or mark_of(old, ctx.move).hex() != marks[point]:
                continue
            read.append(point)
            differ.update(_wrong(old, new, ctx.move, ctx))
    return read, differ


def _wrong(mine: Point, theirs: Point, move: Move, worker: Equipment) -> set[str]:
    """The checks that the target's point fails."""
    seen = judged(mine, theirs, move, worker)
    return {vector.origin.checked for vector, judgement in seen if judgement == "differs"}


class _Tally:
    """What is found of points, one by one; see _Counted."""

    def __init__(self, move: Move, worker: Equipment) -> None:
        self._unseen, self._worker = unseen(move), worker
        self.late = 0
        self._points = self._missing = self._payload = self._extra = 0
        self._differ: Counter[str] = Counter()
        self._without: Counter[str] = Counter()
        self._chosen: list[Chosen] = []

    def add(
        self,
        point: PointId,
        mine: Point | None,
        theirs: Point | None,
        before: bytes | None,
        looked: Move,
    ) -> None:
        """One of which the source is as the ledger has it. looked: the vectors that were read."""
        if mine is None or before is None:
            self._extra += 1
            return
        self._points += 1
        if theirs is None:
            self._missing += 1
        elif not same_payload(mine.payload, theirs.payload):
            self._payload += 1
        elif mine.key != theirs.key:
            self._differ[CHECKED] += 1
        elif wrong := _wrong(mine, theirs, looked, self._worker):
            self._differ.update(wrong)
        elif bare := [v.name for v in self._unseen if not v.origin.wants(mine)]:
            self._without.update(bare)
        else:
            self._chosen.append((before.hex(), point))

    def counted(self, sample: int) -> _Counted:
        found = _Counted(
            self._points,
            self._missing,
            self._payload,
            self._differ,
            self._extra,
            self.late,
            self._without,
            self._chosen,
        )
        return _Counted().plus(found, sample)
