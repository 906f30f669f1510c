"""How a step goes through a collection: slice by slice, several at a time. Not a step.

A fleet does the work on slices and writes no journal; what it gives back is taken in order by the
engine's own thread, which alone writes. No more is in flight than the fleet can do and one more.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from qdrant_model_migration.pipeline.fleet import Fleet
from qdrant_model_migration.pipeline.in_slice import BesideLedger
from qdrant_model_migration.pipeline.ledger import PART, Ledger
from qdrant_model_migration.pipeline.slices import Slice
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import PointId
from qdrant_model_migration.steps.borders import Borders
from qdrant_model_migration.steps.making import Making, making
from qdrant_model_migration.steps.step import StepContext

T = TypeVar("T")
R = TypeVar("R")


def by_slices(
    ctx: StepContext,
    tasks: Iterable[T],
    work: Callable[[T, Equipment], R],
    take: Callable[[T, R], T | None],
    fleet: AbstractContextManager[Fleet] | None = None,
) -> None:
    """Have `work` done on each of the tasks, and `take` what becomes of them, in their order.

    fleet: who does it; None: the step's own.
    take: returns what is left of a slice that has grown beyond what is done at once; it comes next.
    Raises what the work raises; what is on its way then is finished and taken, unless a stop breaks
    it off.
    """
    under_way: deque[tuple[T, Future[R]]] = deque()
    with fleet or ctx.fleet() as working:

        def take_next() -> None:
            task, future = under_way.popleft()
            left = take(task, _ended(ctx, future).result())
            if left is not None:
                under_way.appendleft((left, working.submit(work, left)))

        try:
            for task in tasks:
                ctx.breathe()
                under_way.append((task, working.submit(work, task)))
                while len(under_way) > working.capacity:
                    take_next()
            while under_way:
                take_next()
        finally:
            for task, late in under_way:
                if not late.cancel() and _ended(ctx, late).exception() is None:
                    take(task, late.result())


def in_batches(points: Sequence[PointId], size: int) -> Iterator[Sequence[PointId]]:
    return (points[first : first + size] for first in range(0, len(points), size))


def _ended(ctx: StepContext, future: Future[R]) -> Future[R]:
    with ctx.waiting():
        wait([future])
    return future


class OfSlice(Protocol):
    """A task or a result. slice: of a result it ends early where more was there than is done at
    once."""

    @property
    def slice(self) -> Slice: ...


class Counted(OfSlice, Protocol):
    """A result. points: how many of them count for the progress."""

    @property
    def points(self) -> int: ...


Task = TypeVar("Task", bound=OfSlice)
Result = TypeVar("Result", bound=Counted)


class Pass(Generic[Task, Result]):
    """A pass over all slices; one that was broken off goes on where it stood.

    Subclasses say what is done with a slice (`work`, a function that another process can import),
    what it is told (`tasks`), what becomes of the result (`take`), and what the pass has found so
    far (`found`, a JSON value).
    """

    name: ClassVar[str]
    found: Any
    making: Making

    def __init__(self, ctx: StepContext, *, anew: bool = False, of: Any = None) -> None:
        """anew: whatever was broken off, this one begins. of: what a pass that goes on must have
        begun with."""
        self.ctx, self._of = ctx, of
        self._key = f"pass {self.name}"
        kept = {} if anew else ctx.recall(self._key) or {}
        if kept.get("of") != of:
            kept = {}
        self.goes_on = bool(kept)
        self._at: PointId | None = kept.get("at")
        self._seen: int = kept.get("seen", 0)
        if kept:
            self.found = kept["found"]

    def work(self) -> Callable[[Task, Equipment], Result]:
        raise NotImplementedError

    def tasks(self, where: Slice) -> Iterator[Task]:
        raise NotImplementedError

    def take(self, task: Task, result: Result) -> None:
        raise NotImplementedError

    def fleet(self) -> AbstractContextManager[Fleet]:
        """Who does the work on slices."""
        return self.ctx.fleet()

    def carry_out(self, total: int) -> None:
        """total: points that count, as far as known before."""
        self._total = total
        with making(self.ctx) as self.making:
            by_slices(self.ctx, self._all_tasks(), self.work(), self._take, self.fleet())
        self.ctx.remember(self._key, None)
        self._tell()

    def _all_tasks(self) -> Iterator[Task]:
        for where in Borders(self.ctx).joined(PART, self._at):
            yield from self.tasks(where)

    def _take(self, task: Task, result: Result) -> Task | None:
        done = result.slice
        if done.start != self._at:  # one before it was broken off
            return None
        self.take(task, result)
        self._at = done.end
        self._seen += result.points
        if done.end is not None:
            kept = {"of": self._of, "at": done.end, "seen": self._seen, "found": self.found}
            self.ctx.remember(self._key, kept)
        self._tell()
        if done.end == task.slice.end:
            return None
        return next(self.tasks(task.slice._replace(start=done.end)))

    def _tell(self) -> None:
        self.ctx.progress(self._seen, max(self._seen, self._total))


class LedgerPass(Pass[BesideLedger, Result]):
    """A pass that reads a collection beside the ledger. sample: points to be chosen of a slice."""

    sample: int = 0

    def __init__(
        self, ctx: StepContext, ledger: Ledger, *, anew: bool = False, of: Any = None
    ) -> None:
        super().__init__(ctx, anew=anew, of=of)
        self.ledger = ledger

    def tasks(self, where: Slice) -> Iterator[BesideLedger]:
        """In parts where the ledger has more records of a slice than are held at once."""
        beyond = where.start
        while True:
            where = where._replace(start=beyond)
            records, beyond = self.ledger.part(where.start, where.end)
            part = where if beyond is None else where._replace(end=beyond)
            yield BesideLedger(part, self.ctx.move, records, self.sample)
            if beyond is None:
                return
