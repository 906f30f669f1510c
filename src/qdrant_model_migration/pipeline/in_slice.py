"""Reading a slice: its points in a collection, beside the ledger, no more rows than are held at
once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from qdrant_model_migration.pipeline.ledger import MOST, rows_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import Reading, align, scan
from qdrant_model_migration.pipeline.slices import Slice
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point

T = TypeVar("T")


class BesideLedger(NamedTuple):
    """A task. records: the ledger's of this slice. sample: points to be chosen, at most."""

    slice: Slice
    move: Move
    records: bytes
    sample: int = 0


class Held(Generic[T]):
    """The first rows of a reading, in order. slice: what they cover, once all are read; it ends
    earlier than the one that was asked for where this has grown to more than is held at once."""

    def __init__(self, where: Slice, rows: Reading[T]) -> None:
        self.slice, self._rows = where, rows

    def __iter__(self) -> Reading[T]:
        for number, (point, row) in enumerate(self._rows):
            if number == MOST:
                self.slice = self.slice._replace(end=point)
                return
            yield point, row


def points_in(
    where: Slice, worker: Equipment, collection: str, vectors: Sequence[str]
) -> Reading[Point]:
    """The points of a slice in this collection, with these vectors."""
    points: Iterator[Point] = scan(
        worker.qdrant,
        collection,
        start=where.start,
        end=where.end,
        vectors=list(vectors) or False,
        between=worker.breathe,
    )
    return ((point.id, point) for point in points)


def beside_ledger(
    task: BesideLedger, worker: Equipment, collection: str, vectors: Sequence[str]
) -> Held[tuple[Point | None, bytes | None]]:
    """Each point of the slice, there or in the ledger: as it is now, and its mark in the ledger."""
    now = points_in(task.slice, worker, collection, vectors)
    return Held(task.slice, align(now, rows_of(task.records)))
