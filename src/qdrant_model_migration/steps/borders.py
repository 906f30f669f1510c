"""The borders of the slices of a run: found once, kept in the journal, used by every pass."""

from __future__ import annotations

from collections.abc import Iterator

from qdrant_model_migration.pipeline import ledger
from qdrant_model_migration.pipeline.slices import Slice
from qdrant_model_migration.qdrant import PointId, order
from qdrant_model_migration.steps.slice_size import FIRST
from qdrant_model_migration.steps.step import StepContext

_A_SLICE = 750
"""Bytes that a slice takes in the journal and its copy: its borders, and what is said of it."""


def room(points: int) -> int:
    """Bytes of all that and of the ledger, where a slow model takes so many points in the smallest
    slices."""
    return ledger.room(points) + -(-points // FIRST) * _A_SLICE


class Borders:
    """Slices as they were first found, the last one open-ended once all are.

    points, dead: of each slice that the backfill has done, by its number.
    """

    def __init__(self, ctx: StepContext) -> None:
        self._ctx = ctx
        self._slices: list[Slice] = []
        self.points: dict[int, int] = {}
        self.dead: dict[int, int] = {}
        while (row := ctx.recall(f"slice {len(self._slices)}")) is not None:
            number = len(self._slices)
            self._slices.append(Slice(number, row["start"], row["end"]))
            if (points := row.get("points")) is not None:
                self.points[number], self.dead[number] = points, row.get("dead", 0)
        self._last = self.in_order()[-1] if self._slices else None

    def in_order(self) -> list[Slice]:
        """All that were found so far."""
        return sorted(self._slices, key=lambda s: (-1, 0) if s.start is None else order(s.start))

    def joined(self, size: int, since: PointId | None) -> Iterator[Slice]:
        """All points from `since` on, in slices of about so many, whatever size they were found
        with. What has come before the first or after the last of them belongs to that one."""
        start, number, points = since, 0, 0
        for where in self.in_order():
            border = where.start
            if border is None or (since is not None and order(border) <= order(since)):
                points = self.points.get(where.number, size)
                continue
            if points >= size:
                yield Slice(number, start, border)
                start, number, points = border, number + 1, 0
            points += self.points.get(where.number, size)
        yield Slice(number, start, None)

    def left(self) -> list[Slice]:
        """Those that the backfill has not done."""
        return [where for where in self.in_order() if where.number not in self.points]

    def find(self, size: int) -> Slice | None:
        """The next slice, of so many points; None where the last one was found already."""
        last = self._last
        if last is not None and last.end is None:
            return None
        start = last.end if last is not None else None
        end = self._ctx.move.points.border(self._ctx.qdrant, start, size)
        self._last = self._new(start, end)
        return self._last

    def done(self, where: Slice, points: int, dead: int) -> Slice | None:
        """All of `where` is in the target. What is left, where it has grown and ends before.

        What is left is noted first: a kill in between repeats some of it, and forgets none.
        """
        end = self._slices[where.number].end
        self._slices[where.number] = where
        self.points[where.number], self.dead[where.number] = points, dead
        left = self._new(where.end, end) if where.end != end else None
        self._keep(where, points=points, dead=dead)
        return left

    def _new(self, start: PointId | None, end: PointId | None) -> Slice:
        new = Slice(len(self._slices), start, end)
        self._slices.append(new)
        self._keep(new)
        return new

    def _keep(self, where: Slice, **done: int) -> None:
        row = {"start": where.start, "end": where.end, **done}
        self._ctx.remember(f"slice {where.number}", row)
