"""Both sides of a slice, point by point: which ids differ, and the records of those that do not.

Where the target is known to stand as it was read back, the ledger stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from qdrant_model_migration.pipeline.counterparts import due, same_point
from qdrant_model_migration.pipeline.in_slice import Held, points_in
from qdrant_model_migration.pipeline.ledger import record
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import Reading, align
from qdrant_model_migration.pipeline.slices import Slice
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, PointId


class BothSides(NamedTuple):
    """unfinished: points that may lack a vector, though no comparison of payloads finds them."""

    slice: Slice
    move: Move
    unfinished: frozenset[PointId]


class Compared(NamedTuple):
    """What a look at both sides of a slice says; see SliceResult for `slice`.

    points: how many the source has. records: the ledger's, of those that are the same. differ: ids
    in order, with those that are the same and perhaps lack a vector; bare: these in the target.
    """

    slice: Slice
    points: int
    records: bytes
    differ: tuple[PointId, ...]
    bare: Mapping[PointId, Point]


def compare_slice(task: BothSides, worker: Equipment) -> Compared:
    """Reads, and writes nothing. A slice that has grown is compared in part."""
    where, move, unfinished = task
    points, same = 0, bytearray()
    differ: list[PointId] = []
    bare: dict[PointId, Point] = {}
    rows = Held(where, align(*readings(where, move, worker)))
    for point, (old, new) in rows:
        points += old is not None
        if old is None or new is None or not same_point(old, new, move, worker):
            differ.append(point)
        elif point in unfinished or due(old, new, move, worker):
            differ.append(point)
            bare[point] = new
        else:
            same += record(point, mark_of(old, move))
    return Compared(rows.slice, points, bytes(same), tuple(differ), bare)


def readings(where: Slice, move: Move, worker: Equipment) -> tuple[Reading[Point], Reading[Point]]:
    """The points of a slice in the source, and those in the target, as far as they are compared."""
    source = points_in(where, worker, move.source, move.read_vectors)
    return source, points_in(where, worker, move.target, move.compared)
