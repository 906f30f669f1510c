"""Who makes vectors again for a pass: this computer, and once that takes long, the run's workers.
Not a step: passes use it.

Nothing is written there. What is made is written by the engine's own thread, which compares first:
a worker that was given up and goes on does no harm.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import ExitStack, contextmanager
from typing import NamedTuple, TypeVar

from qdrant_model_migration.pipeline.fleet import Fleet
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import PointId
from qdrant_model_migration.steps.step import StepContext

R = TypeVar("R")

LONG = 60.0
"""Seconds of making after which workers are called. To open their models takes them about as long;
most passes find few changes, and are done before."""


class Again(NamedTuple):
    """A task: these points of the source are to be read, and made."""

    points: Sequence[PointId]
    move: Move


class Making:
    """Around one pass; see `making`."""

    def __init__(self, ctx: StepContext, opened: ExitStack) -> None:
        self._ctx, self._opened = ctx, opened
        self._spent = 0.0
        self._called: Fleet | None = None

    def each(
        self, work: Callable[[Again, Equipment], R], tasks: Iterable[Again]
    ) -> Iterator[tuple[Again, R]]:
        """What becomes of each, in their order; no more at a time than the fleet can do, and one
        more."""
        under_way: deque[tuple[Again, Future[R]]] = deque()
        for task in tasks:
            self._ctx.breathe()
            if (fleet := self._fleet()) is None:
                began = time.monotonic()
                made = work(task, self._ctx)
                self._spent += time.monotonic() - began
                yield task, made
                continue
            under_way.append((task, fleet.submit(work, task)))
            if len(under_way) > fleet.capacity:
                yield self._first(under_way)
        while under_way:
            yield self._first(under_way)

    def _fleet(self) -> Fleet | None:
        if self._called is None and self._spent > LONG:
            self._called = self._opened.enter_context(self._ctx.workers())
        return self._called

    def _first(self, under_way: deque[tuple[Again, Future[R]]]) -> tuple[Again, R]:
        task, future = under_way.popleft()
        with self._ctx.waiting():
            wait([future])
        return task, future.result()


@contextmanager
def making(ctx: StepContext) -> Iterator[Making]:
    with ExitStack() as opened:
        yield Making(ctx, opened)
