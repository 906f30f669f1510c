"""After a rollback: how much was written to the new collection since the switch. Not a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, NamedTuple

from qdrant_model_migration.pipeline.ledger import MOST, Ledger, open_ledger, rows_of
from qdrant_model_migration.pipeline.marks import shares
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import align, scan
from qdrant_model_migration.pipeline.slices import Slice
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.steps.passes import Pass, with_records
from qdrant_model_migration.steps.step import StepContext


def written_since(ctx: StepContext, *, anew: bool = False) -> dict[str, int]:
    """Points of the new collection that were written after the last catch-up or sweep.

    anew: a count that was broken off is not gone on with. Raises LedgerDamaged.
    """
    with open_ledger(ctx.folder) as ledger:
        count = _Count(ctx, ledger, anew=anew)
        count.carry_out(ctx.qdrant.state(ctx.move.target).points)
    return count.found


class _BehindTask(NamedTuple):
    """records: the ledger's of this slice."""

    slice: Slice
    move: Move
    records: bytes


class _Behind(NamedTuple):
    """Points of the target that were written since the ledger's record. See SliceResult."""

    slice: Slice
    points: int
    counts: Mapping[str, int]


class _Count(Pass[_BehindTask, _Behind]):
    name: ClassVar[str] = "rollback"

    def __init__(self, ctx: StepContext, ledger: Ledger, *, anew: bool) -> None:
        self.found: dict[str, int] = {"inserted": 0, "edited": 0, "deleted": 0}
        super().__init__(ctx, anew=anew)
        self._ledger = ledger

    def work(self) -> Callable[[_BehindTask, Equipment], _Behind]:
        return count_slice

    def tasks(self, where: Slice) -> Iterator[_BehindTask]:
        for part, records in with_records(self._ledger, where):
            yield _BehindTask(part, self.ctx.move, records)

    def take(self, task: _BehindTask, result: _Behind) -> None:
        self.found = {what: count + result.counts[what] for what, count in self.found.items()}


def count_slice(task: _BehindTask, worker: Equipment) -> _Behind:
    """Reads, and writes nothing. A slice that has grown is counted in part."""
    where, move, records = task
    points, counts = 0, {"inserted": 0, "edited": 0, "deleted": 0}
    reading = scan(
        worker.qdrant,
        move.target,
        start=where.start,
        end=where.end,
        vectors=list(move.kept) or False,
        between=worker.breathe,
    )
    rows = align(((p.id, p) for p in reading), rows_of(records))
    for row, (point, (now, before)) in enumerate(rows):
        if row == MOST:
            where = where._replace(end=point)
            break
        points += now is not None
        if now is None:
            counts["deleted"] += 1
        elif before is None:
            counts["inserted"] += 1
        else:
            counts["edited"] += not shares(before, now, move)
    return _Behind(where, points, counts)
