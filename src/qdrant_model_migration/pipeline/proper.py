"""Proper vectors in the place of calculated ones, in a collection that its application writes to.

A vector goes only to a point that still has the text of which it was made, so that what the
application writes meanwhile stays; only the text counts, since other fields change all the time. A
point that was deleted is not made again, and one that has no vector gets none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from qdrant_model_migration.pipeline.errors import LedgerDamaged
from qdrant_model_migration.pipeline.in_slice import BesideLedger, beside_ledger
from qdrant_model_migration.pipeline.ledger import open_ledger, record, rows_of
from qdrant_model_migration.pipeline.make import make
from qdrant_model_migration.pipeline.marks import DIGEST_BYTES, mark_of, unfinished
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.origins import DeadLetter
from qdrant_model_migration.pipeline.slices import Slice
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, PointId, Presence, order

FOLDER = "proper"
"""In the run folder, for a ledger of its own: what has the vector of its text."""

TRIES = 3
"""How often a point is read again whose text was changed while its vector was made."""


_HALF = DIGEST_BYTES // 2
_THEIRS = b"\xff" * _HALF


def over(move: Move, vector: TargetVector) -> Move:
    """What goes where: this vector of the target's points, made of themselves."""
    return Move(source=move.target, target=move.target, vectors=(vector,), load=move.load)


def text_alone(point: Point, source: TextSource) -> Point:
    """What its vector is made of, and nothing else."""
    roots = {path for field in source.fields for path in (field, field.partition(".")[0])}
    payload = {key: value for key, value in point.payload.items() if key in roots}
    return point._replace(payload=payload, vectors={})


def forget(run: Path, points: Sequence[PointId]) -> None:
    """These are about to get calculated vectors. A ledger that cannot be read any more is found
    so by whoever goes by it."""
    if points and (run / FOLDER).exists():
        with suppress(LedgerDamaged), open_ledger(run / FOLDER, begin=True) as ledger:
            ledger.amend(dict.fromkeys(points))


class Settled(NamedTuple):
    """What became of points. marks: of those that have the vector of their text, or go without it
    for good (`unfinished`, where they keep a calculated one). lost: that could not be told.
    tried: all of them."""

    marks: Mapping[PointId, bytes]
    tried: Sequence[PointId]
    lost: Sequence[PointId]
    dead: Sequence[DeadLetter]
    tokens: int
    cut_off: int
    seconds: float


class Part(NamedTuple):
    """A task: points to settle, in whatever order. known: marks of those that are settled. after:
    where the reading stands then."""

    points: Sequence[Point]
    known: Mapping[PointId, bytes]
    move: Move
    text: TextSource
    after: Mapping[str, Any]


class Sliced(NamedTuple):
    """A task: a slice beside the ledger, of which so many points are settled at most.

    ours: records of all that the run itself has copied; what else is there was written by the
    application with the new model. None: that is not known.
    """

    of: BesideLedger
    text: TextSource
    most: int
    ours: bytes | None

    @property
    def slice(self) -> Slice:
        return self.of.slice


class SlicePart(NamedTuple):
    """A result. slice: as far as it came. points: that are there. records: the ledger's of it.
    new: points that were not settled before, and are."""

    slice: Slice
    points: int
    records: bytes
    new: int
    done: Settled


def settle_part(task: Part, worker: Equipment) -> Settled:
    seen = {point.id: text_alone(point, task.text) for point in task.points}
    due = [p for p in seen.values() if not _stands(task.known.get(p.id), mark_of(p, task.move))]
    return _settle(due, task.move, task.text, worker)


def settle_slice(task: Sliced, worker: Equipment) -> SlicePart:
    """Repeated after a kill, it makes nothing twice of which the ledger knows."""
    where, move = task.slice, task.of.move
    ours = None if task.ours is None else {point for point, _ in rows_of(task.ours)}
    kept: dict[PointId, bytes] = {}
    due: list[Point] = []
    known, end = set[PointId](), None
    rows = beside_ledger(task.of, worker, move.source, ())
    for point, (now, before) in rows:
        if now is None:
            continue
        if before is not None:
            known.add(point)
        seen = text_alone(now, task.text)
        mark = mark_of(seen, move)
        if before is not None and _stands(before, mark):
            kept[point] = before
        elif ours is not None and point not in ours:
            kept[point] = theirs(mark)
        elif len(due) == task.most:
            end = point
            break
        else:
            due.append(seen)
    where = rows.slice if end is None else where._replace(end=end)
    done = _settle(due, move, task.text, worker)
    marks = {**kept, **done.marks}
    records = b"".join(record(point, marks[point]) for point in sorted(marks, key=order))
    return SlicePart(where, len(kept) + len(due), records, len(marks.keys() - known), done)


def theirs(mark: bytes) -> bytes:
    """The mark of a point that its application has added, with a vector of its own; and of one that
    has none."""
    return mark[:_HALF] + _THEIRS


def is_theirs(mark: bytes) -> bool:
    return mark[_HALF:] == _THEIRS


def _stands(known: bytes | None, mark: bytes) -> bool:
    return known in (mark, unfinished(mark), theirs(mark))


def _settle(
    due: Sequence[Point],
    move: Move,
    text: TextSource,
    worker: Equipment,
    clock: Callable[[], float] = time.monotonic,
) -> Settled:
    """Make, write, read again; what has another text by then once more."""
    began, tokens, cut_off = clock(), 0, 0
    bare = _bare(due, move, worker)
    marks = {point.id: theirs(mark_of(point, move)) for point in due if point.id in bare}
    dead: dict[PointId, DeadLetter] = {}
    left = [point for point in due if point.id not in bare]
    for _ in range(TRIES):
        if not left:
            break
        made = make(left, move, worker)
        tokens, cut_off = tokens + made.tokens, cut_off + made.cut_off
        for some in _batches(made.points, move):
            worker.breathe()
            worker.qdrant.set_vectors(move.target, some)
        none = {letter.point: letter for letter in made.dead}
        settled, left = _seen_again(left, none.keys(), move, text, worker)
        marks |= settled
        dead |= {point: letter for point, letter in none.items() if point in settled}
    tried, lost = [point.id for point in due], [point.id for point in left]
    return Settled(marks, tried, lost, list(dead.values()), tokens, cut_off, clock() - began)


def _bare(points: Sequence[Point], move: Move, worker: Equipment) -> set[PointId]:
    """Those that have no such vector, and so get none: no search has found them before."""
    (target,) = move.vectors
    asked = [point.id for point in points]
    there = worker.qdrant.retrieve(
        move.target, asked, payload=False, vectors=[Presence(target.name)]
    )
    without = {order(point.id) for point in there if target.name not in point.vectors}
    return {point for point in asked if order(point) in without}


def _seen_again(
    made: Sequence[Point], none: Container[PointId], move: Move, text: TextSource, worker: Equipment
) -> tuple[dict[PointId, bytes], list[Point]]:
    """The marks of those that have the text of then, and the others as they are now. none: of
    these no vector could be made."""
    (target,) = move.vectors
    marks: dict[PointId, bytes] = {}
    changed: list[Point] = []
    for some in _batches(made, move):
        asked = [point.id for point in some]
        found = worker.qdrant.retrieve(move.target, asked, vectors=[Presence(target.name)])
        there = {order(point.id): point for point in found}
        for was in some:
            if (now := there.get(order(was.id))) is None:
                continue  # deleted meanwhile
            mark = mark_of(was, move)
            if mark_of(text_alone(now, text), move) != mark:
                changed.append(text_alone(now, text))
            else:
                keeps = was.id in none and target.name in now.vectors
                marks[was.id] = unfinished(mark) if keeps else mark
    return marks, changed


def _batches(points: Sequence[Point], move: Move) -> Iterator[Sequence[Point]]:
    size = move.load.batch
    return (points[first : first + size] for first in range(0, len(points), size))
