"""Is everything there? Both collections side by side with the ledger, and a sample made again.

Not a step: Verify uses it. A point that changed in the old collection after the last catch-up is
a late write, not a fault; the cutover catches up with it.
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
from qdrant_model_migration.quality import Check
from qdrant_model_migration.steps.passes import LedgerPass
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


def check_both_sides(ctx: StepContext, sample: int) -> tuple[list[Check], list[Check]]:
    """Ids, payloads, kept vectors, and the new vectors of `sample` points; and what came late."""
    counted = _count(ctx, sample)
    here = counted.points - counted.missing
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
    for name, fault in _comparisons(ctx.move).items():
        differ = counted.vectors_differ.get(name, 0)
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
    checks += check_keys(ctx, here, counted.vectors_differ.get(CHECKED, 0))
    sampled = [point for _, point in counted.sample]
    checks += check_made(ctx, Sampled(sampled, counted.without, counted.late))
    return checks, check_late(counted.late)


def _comparisons(move: Move) -> dict[str, str]:
    """Names of the checks that compare both sides, and what is wrong where one fails."""
    compared = (v.origin for v in move.vectors if v.origin.compared(v.name) is not None)
    return {origin.checked: origin.fault for origin in compared}


class _Count(LedgerPass[_CountedSlice]):
    name: ClassVar[str] = "integrity"

    def __init__(self, ctx: StepContext, ledger: Ledger, sample: int) -> None:
        self.found = list(_Counted())
        # Both sides stand as they stood, unless something was mended since.
        super().__init__(ctx, ledger, of=[ctx.recall("caught_up"), sample])
        self.sample = sample

    def work(self) -> Callable[[BesideLedger, Equipment], _CountedSlice]:
        return count_slice

    def take(self, task: BesideLedger, result: _CountedSlice) -> None:
        self.found = list(_Counted(*self.found).plus(result.counted, self.sample))


def _count(ctx: StepContext, sample: int) -> _Counted:
    with open_ledger(ctx.folder) as ledger:
        count = _Count(ctx, ledger, sample)
        count.carry_out(ctx.qdrant.count(ctx.move.source))
    return _Counted(*count.found)


def count_slice(task: BesideLedger, worker: Equipment) -> _CountedSlice:
    """Reads, and writes nothing. A slice that has grown is counted in part."""
    where, move, records, sample = task
    points = missing = payload = extra = late = 0
    differ: Counter[str] = Counter()
    without: Counter[str] = Counter()
    chosen: list[Chosen] = []
    to_see = unseen(move)
    rows = Held(where, align(*readings(where, move, worker), rows_of(records)))
    for point, (mine, theirs, before) in rows:
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
        elif mine.key != theirs.key:
            differ[CHECKED] += 1
        elif wrong := {
            v.origin.checked for v, j in judged(mine, theirs, move, worker) if j == "differs"
        }:
            differ.update(wrong)
        elif bare := [v.name for v in to_see if not v.origin.wants(mine)]:
            without.update(bare)
        else:
            chosen.append((before.hex(), point))
    found = _Counted(points, missing, payload, differ, extra, late, without, chosen)
    return _CountedSlice(rows.slice, _Counted().plus(found, sample))
