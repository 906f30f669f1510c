"""A pass over the points of a collection by the value of a field, the highest first. Not a step.

Points move while it goes on, and those without the field are not among them: whoever needs every
point goes through all slices afterwards. What it did is in the ledger, so nothing is done twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import Any

from qdrant_model_migration.pipeline.fleet import Fleet
from qdrant_model_migration.pipeline.ledger import Ledger
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.proper import Part, Settled, settle_part
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.steps.passes import by_slices
from qdrant_model_migration.steps.step import StepContext

KEY = "pass hottest"
OVER = {"over": True}


class HottestFirst:
    """copied: whether the run has copied this point; None: that is not known. size: points of the
    next page. told: of what was settled."""

    def __init__(
        self,
        ctx: StepContext,
        field: str,
        move: Move,
        text: TextSource,
        ledger: Ledger,
        copied: Callable[[PointId], bool | None],
        size: Callable[[], int],
        told: Callable[[Settled], None],
    ) -> None:
        self._ctx, self._field, self._move, self._text = ctx, field, move, text
        self._ledger, self._copied, self._size, self._told = ledger, copied, size, told

    def carry_out(self, fleet: Fleet) -> None:
        """One that was broken off goes on at the value where it stood."""
        if self._ctx.recall(KEY) != OVER:
            by_slices(self._ctx, self._tasks(), settle_part, self._take, nullcontext(fleet))
            self._ctx.remember(KEY, OVER)

    def _take(self, task: Part, done: Settled) -> None:
        self._ledger.amend(done.marks)
        self._told(done)
        self._ctx.remember(KEY, dict(task.after))

    def _tasks(self) -> Iterator[Part]:
        for points, after in self._pages(dict(self._ctx.recall(KEY) or {})):
            # What the run has not copied was written by the application since, with the new model.
            mine = [point for point in points if self._copied(point.id) is not False]
            known = {p.id: mark for p in mine if (mark := self._ledger.mark(p.id)) is not None}
            yield Part(mine, known, self._move, self._text, after)

    def _pages(self, stand: dict[str, Any]) -> Iterator[tuple[Sequence[Point], dict[str, Any]]]:
        """Points, and where the reading stands after them. A page ends before the lowest value that
        it has, of which there may be more; a page of one value alone is read by ids instead."""
        qdrant, name = self._ctx.qdrant, self._move.source
        while True:
            at, size = stand.get("at"), self._size()
            if stand == OVER:
                return
            if "of" in stand:
                assert at is not None, "a value whose points are read by id"
                page = qdrant.of_value(name, self._field, at, start=stand["of"], limit=size)
                stand = _below(at) if page.next is None else {"at": at, "of": page.next}
                yield page.points, stand
                continue
            rows = qdrant.highest(name, self._field, at_most=at, limit=size)
            if not rows:
                return
            last = rows[-1].value
            higher = [row.point for row in rows if float(row.value) > float(last)]
            stand = {"at": last} if higher else {"at": last, "of": None}
            if higher:
                yield higher, stand


def _below(value: float) -> dict[str, Any]:
    """Where the reading stands below it. The server takes a value as a double, so the next lower
    double is meant: it would give a greater whole number, or a date far away, again and again."""
    lower = math.nextafter(float(value), -math.inf)
    if math.isinf(lower):
        return OVER
    if isinstance(value, int):
        lower = value - 1 if float(value - 1) < float(value) else int(lower)
    return {"at": lower}
