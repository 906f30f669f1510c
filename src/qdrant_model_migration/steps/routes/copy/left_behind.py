"""After a rollback: how much was written to the new collection since the switch. Not a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, NamedTuple

from qdrant_model_migration.pipeline.in_slice import BesideLedger, beside_ledger
from qdrant_model_migration.pipeline.ledger import Ledger, open_ledger
from qdrant_model_migration.pipeline.marks import FOREIGN, shares
from qdrant_model_migration.pipeline.slices import Slice
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.steps.passes import LedgerPass
from qdrant_model_migration.steps.step import StepContext


def written_since(ctx: StepContext, *, anew: bool = False) -> dict[str, int]:
    """Points of the new collection that were written after the last catch-up or sweep.

    anew: a count that was broken off is not gone on with. Raises LedgerDamaged.
    """
    with open_ledger(ctx.folder) as ledger:
        count = _Count(ctx, ledger, anew=anew)
        count.carry_out(ctx.qdrant.state(ctx.move.target).points)
    return count.found


class _Behind(NamedTuple):
    """Points of the target that were written since the ledger's record. See SliceResult."""

    slice: Slice
    points: int
    counts: Mapping[str, int]


class _Count(LedgerPass[_Behind]):
    name: ClassVar[str] = "rollback"

    def __init__(self, ctx: StepContext, ledger: Ledger, *, anew: bool) -> None:
        self.found: dict[str, int] = {"inserted": 0, "edited": 0, "deleted": 0}
        super().__init__(ctx, ledger, anew=anew)

    def work(self) -> Callable[[BesideLedger, Equipment], _Behind]:
        return count_slice

    def take(self, task: BesideLedger, result: _Behind) -> None:
        self.found = {what: count + result.counts[what] for what, count in self.found.items()}


def count_slice(task: BesideLedger, worker: Equipment) -> _Behind:
    """Reads, and writes nothing. A slice that has grown is counted in part."""
    move, points, counts = task.move, 0, {"inserted": 0, "edited": 0, "deleted": 0}
    rows = beside_ledger(task, worker, move.target, list(move.kept))
    for _, (now, before) in rows:
        points += now is not None
        if now is None:
            counts["deleted"] += 1
        elif before is None or before == FOREIGN:
            counts["inserted"] += 1
        else:
            counts["edited"] += not shares(before, now, move)
    return _Behind(rows.slice, points, counts)
