"""A slice: the part of a source that is read, embedded and written at a time.

Slices are half-open ranges in the order of the source; the last one is open-ended, so that points
inserted during the run belong to a slice too. `run_slice` knows no journal, and its task and
result can be pickled, so that any fleet can run it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count, islice
from typing import NamedTuple

from qdrant_model_migration.pipeline.ledger import record
from qdrant_model_migration.pipeline.make import make, set_aside, unsent, vectors_alone
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.origins import DeadLetter
from qdrant_model_migration.pipeline.shard_keys import with_keys
from qdrant_model_migration.pipeline.sources import Place, Source
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, PointId, Qdrant, Unmade, order


class Slice(NamedTuple):
    """Points with start <= place < end; None is the source's first or last point."""

    number: int
    start: Place | None
    end: Place | None

    def holds(self, point: PointId) -> bool:
        return (self.start is None or order(self.start) <= order(point)) and (
            self.end is None or order(point) < order(self.end)
        )


class SliceTask(NamedTuple):
    """What to do with one slice."""

    slice: Slice
    move: Move


class SliceResult(NamedTuple):
    """What was done. `points` are those that the server confirmed; `seconds`: since it began.
    records: the ledger's, of the points as they were read; only where their payload does not go
    along to tell it.
    refused: how many of the dead are so because the server's service does not take their text.

    slice: ends before that of the task where this had grown to more than is held at once.
    """

    slice: Slice
    points: int
    dead: tuple[DeadLetter, ...]
    tokens: int
    cut_off: int
    seconds: float
    records: bytes = b""
    unlisted: int = 0
    refused: int = 0


def find_slices(qdrant: Qdrant, source: Source, size: int) -> Iterator[Slice]:
    """All slices, as their borders are first read."""
    start: Place | None = None
    for number in count():
        end = source.border(qdrant, start, size)
        yield Slice(number, start, end)
        if end is None:
            return
        start = end


MOST_BYTES = 64_000_000
"""Of payloads that are held for one slice."""


def _weight(point: Point) -> int:
    """Bytes of its payload, roughly."""
    import orjson

    try:
        return len(orjson.dumps(point.payload))
    except TypeError:  # whole numbers beyond 64 bits
        return len(repr(point.payload))


def run_slice(
    task: SliceTask, worker: Equipment, clock: Callable[[], float] = time.monotonic
) -> SliceResult:
    """Read, embed and insert one slice. Safe to repeat: existing points are left untouched.

    Never holds more than twice the plan's size of a slice, nor points of more than MOST_BYTES: a
    larger one is done in part.
    """
    (where, move), began = task, clock()
    written, at = _passed_on(where, move, worker) if move.as_it_is else (0, where.start)
    if written and (at == where.end or written >= 2 * move.load.slice):
        return SliceResult(where._replace(end=at), written, (), 0, 0, clock() - began)
    reading = move.points.read(worker.qdrant, at, where.end, move.read_vectors, worker.breathe)
    points, held = list[Point](), 0
    for placed in islice(reading, 2 * move.load.slice):
        points.append(move.made_from(placed.point))
        if (held := held + _weight(placed.point)) >= MOST_BYTES:
            break
    if (beyond := next(reading, None)) is not None:
        where = where._replace(end=beyond.place)
    made = make(points, move, worker)
    refused: list[DeadLetter] = []
    for first in range(0, len(made.points), move.load.batch):
        worker.breathe()
        batch = made.points[first : first + move.load.batch]
        unmade = with_keys(worker.qdrant, move, partial(_write, worker.qdrant, move, batch))
        refused += set_aside(unmade, move, worker)
        written += len(batch) - len(unsent(unmade))
    marked = points if (move.in_place and not move.cloned) or not move.payload else ()
    records = b"".join(record(point.id, mark_of(point, move)) for point in marked)
    return SliceResult(
        where,
        written,
        (*made.dead, *refused),
        made.tokens,
        made.cut_off,
        clock() - began,
        records,
        made.unlisted,
        len(refused),
    )


def _write(qdrant: Qdrant, move: Move, points: Sequence[Point]) -> list[Unmade]:
    """Where nothing but vectors is written, what an earlier try has left may be of older texts."""
    if move.cloned:  # nobody else writes to it, and a vector that a later step has made stays
        return qdrant.set_vectors(move.target, points, only_new=True, compared=False)
    if move.in_place:
        return qdrant.set_vectors(move.target, points)
    if not move.payload:
        return qdrant.upsert(move.target, vectors_alone(points))
    return qdrant.insert(move.target, points)


def _passed_on(where: Slice, move: Move, worker: Equipment) -> tuple[int, Place | None]:
    """The first pages of a slice, copied whole: how many points, and where they end."""
    points, at = 0, where.start
    while points < 2 * move.load.slice and (not points or at != where.end):
        worker.breathe()
        page = worker.qdrant.pass_on(
            move.source,
            move.target,
            start=at,
            end=where.end,
            vectors=move.read_vectors,
            limit=move.load.batch,
        )
        if page is None:
            break
        points, at = points + page.points, page.next
    return points, at
