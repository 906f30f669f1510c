"""The source's part of a slice beside the ledger: what was written to it since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from qdrant_model_migration.pipeline.ledger import MOST, rows_of
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import align, scan
from qdrant_model_migration.pipeline.slices import Slice
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import PointId


class BesideLedger(NamedTuple):
    """records: the ledger's of this slice."""

    slice: Slice
    move: Move
    records: bytes


class LateWrites(NamedTuple):
    """late: points that are not as the ledger has them, in order, and the mark that it has.

    points: how many the source has. See SliceResult for `slice`.
    """

    slice: Slice
    points: int
    late: Mapping[PointId, bytes | None]


def late_writes(task: BesideLedger, worker: Equipment) -> LateWrites:
    """Reads, and writes nothing. A slice that has grown is looked at in part."""
    where, move, records = task
    points, late = 0, {}
    reading = scan(
        worker.qdrant,
        move.source,
        start=where.start,
        end=where.end,
        vectors=list(move.read_vectors) or False,
        between=worker.breathe,
    )
    rows = align(((p.id, p) for p in reading), rows_of(records))
    for row, (point, (now, before)) in enumerate(rows):
        if row == MOST:
            where = where._replace(end=point)
            break
        points += now is not None
        if before != (mark_of(now, move) if now is not None else None):
            late[point] = before
    return LateWrites(where, points, late)
