"""The source's part of a slice beside the ledger: what was written to it since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from qdrant_model_migration.pipeline.in_slice import BesideLedger, beside_ledger
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.slices import Slice
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import PointId


class LateWrites(NamedTuple):
    """late: points that are not as the ledger has them, in order, and the mark that it has.

    points: how many the source has. See SliceResult for `slice`.
    """

    slice: Slice
    points: int
    late: Mapping[PointId, bytes | None]


def late_writes(task: BesideLedger, worker: Equipment) -> LateWrites:
    """Reads, and writes nothing. A slice that has grown is looked at in part."""
    move, points, late = task.move, 0, {}
    rows = beside_ledger(task, worker, move.source, move.read_vectors)
    for point, (now, before) in rows:
        points += now is not None
        if before != (mark_of(now, move) if now is not None else None):
            late[point] = before
    return LateWrites(rows.slice, points, late)
