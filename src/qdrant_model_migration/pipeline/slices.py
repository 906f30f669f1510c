"""A slice: the part of a collection that is read, embedded and written at a time.

Slices are half-open ranges in the server's id order; the last one is open-ended, so that points
inserted during the run belong to a slice too. `run_slice` knows no journal, and its task and
result can be pickled, so that any fleet can run it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from qdrant_model_migration.pipeline.make import make
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.origins import DeadLetter
from qdrant_model_migration.pipeline.read import scan
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import PointId, Qdrant


class Slice(NamedTuple):
    """Points with start <= id < end; None is the collection's first or last point."""

    number: int
    start: PointId | None
    end: PointId | None


class SliceTask(NamedTuple):
    """What to do with one slice."""

    slice: Slice
    move: Move


class SliceResult(NamedTuple):
    """What was done. `points` are those that the server confirmed; `seconds`: since it began.

    slice: ends before that of the task where this had grown to more than is held at once.
    """

    slice: Slice
    points: int
    dead: tuple[DeadLetter, ...]
    tokens: int
    cut_off: int
    seconds: float


def find_slices(
    qdrant: Qdrant, collection: str, size: int, *, number: int = 0, start: PointId | None = None
) -> Iterator[Slice]:
    """The slices from `start` on, as their borders are first read (ids only)."""
    while True:
        page = qdrant.scroll(collection, start=start, limit=size, payload=False, vectors=False)
        yield Slice(number, start, page.next)
        if page.next is None:
            return
        number, start = number + 1, page.next


def run_slice(
    task: SliceTask, worker: Equipment, clock: Callable[[], float] = time.monotonic
) -> SliceResult:
    """Read, embed and insert one slice. Safe to repeat: existing points are left untouched.

    Never holds more than twice the plan's size of a slice: a larger one is done in part.
    """
    (where, move), written, began = task, 0, clock()
    reading = scan(
        worker.qdrant,
        move.source,
        start=where.start,
        end=where.end,
        vectors=list(move.read_vectors) or False,
        between=worker.breathe,
    )
    points = list(islice(reading, 2 * move.load.slice))
    if (beyond := next(reading, None)) is not None:
        where = where._replace(end=beyond.id)
    made = make(points, move, worker)
    for first in range(0, len(made.points), move.load.batch):
        worker.breathe()
        batch = made.points[first : first + move.load.batch]
        worker.qdrant.insert(move.target, batch)
        written += len(batch)
    return SliceResult(where, written, tuple(made.dead), made.tokens, made.cut_off, clock() - began)
