"""How a step goes through a collection: slice by slice, several at a time. Not a step.

A fleet does the work on slices and writes no journal; what it gives back is taken in order by the
engine's own thread, which alone writes. No more is in flight than the fleet can do and one more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from typing import TypeVar

from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.steps.step import StepContext

T = TypeVar("T")
R = TypeVar("R")


def by_slices(
    ctx: StepContext,
    tasks: Iterable[T],
    work: Callable[[T, Equipment], R],
    take: Callable[[R], T | None],
) -> None:
    """Have `work` done on each of the tasks, and `take` what becomes of them, in their order.

    take: returns what is left of a slice that has grown beyond what is done at once; it comes next.
    Raises what the work raises; what is on its way then is finished and taken, unless a stop breaks
    it off.
    """
    under_way: deque[Future[R]] = deque()
    with ctx.fleet() as fleet:

        def take_next() -> None:
            left = take(_ended(ctx, under_way.popleft()).result())
            if left is not None:
                under_way.appendleft(fleet.submit(work, left))

        try:
            for task in tasks:
                ctx.breathe()
                under_way.append(fleet.submit(work, task))
                while len(under_way) > fleet.capacity:
                    take_next()
            while under_way:
                take_next()
        finally:
            for late in under_way:
                if not late.cancel() and _ended(ctx, late).exception() is None:
                    take(late.result())


def _ended(ctx: StepContext, future: Future[R]) -> Future[R]:
    with ctx.waiting():
        wait([future])
    return future
