"""One pass over the new collection that makes proper vectors where calculated ones stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any, ClassVar

from qdrant_model_migration.pipeline.errors import LedgerDamaged
from qdrant_model_migration.pipeline.fleet import Fleet
from qdrant_model_migration.pipeline.in_slice import BesideLedger
from qdrant_model_migration.pipeline.ledger import MOST, Ledger, open_ledger, rows_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.proper import Settled, Sliced, SlicePart, settle_slice
from qdrant_model_migration.pipeline.slices import Slice
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import PointId, order
from qdrant_model_migration.steps.dead_letters import list_dead
from qdrant_model_migration.steps.passes import Pass
from qdrant_model_migration.steps.slice_size import SliceSize
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import plural

SETTLED = "_bridge_settled"


class Copied:
    """What the run has copied, by its ledger; whatever it is asked, None where that cannot be
    read any more."""

    def __init__(self, ledger: Ledger | None) -> None:
        self._ledger = ledger

    def has(self, point: PointId) -> bool | None:
        return None if (found := self.part(point, None, 1)) is None else point in _ids(found[0])

    def part(
        self, start: PointId | None, end: PointId | None, most: int = MOST
    ) -> tuple[bytes, PointId | None] | None:
        try:
            return None if self._ledger is None else self._ledger.part(start, end, most)
        except LedgerDamaged:
            self._ledger = None
            return None


def _ids(records: bytes) -> set[PointId]:
    return {point for point, _ in rows_of(records)}


@contextmanager
def copied(ctx: StepContext) -> Iterator[Copied]:
    with ExitStack() as stack:
        try:
            ledger = stack.enter_context(open_ledger(ctx.folder))
        except LedgerDamaged:
            ledger = None
        yield Copied(ledger)


class Progress:
    """How many points are settled, of all; kept across interruptions."""

    def __init__(self, ctx: StepContext, collection: str) -> None:
        self._ctx, self._total = ctx, ctx.qdrant.count(collection)
        self._settled: int = ctx.recall(SETTLED) or 0
        self.more(0)

    def more(self, points: int) -> None:
        self._settled += points
        if points:
            self._ctx.remember(SETTLED, self._settled)
        self._ctx.progress(self._settled, max(self._settled, self._total))


class BridgePass(Pass[Sliced, SlicePart]):
    """Over all slices: what is not settled is, by this fleet. found: points `made`, and those
    `lost`, which were changed so often that it could not be told."""

    name: ClassVar[str] = "bridge"

    def __init__(
        self,
        ctx: StepContext,
        number: int,
        move: Move,
        text: TextSource,
        ledger: Ledger,
        ours: Copied,
        size: SliceSize,
        progress: Progress,
        fleet: Fleet | None = None,
    ) -> None:
        self.found: Any = {"made": 0, "lost": 0}
        super().__init__(ctx, of=number)
        self._move, self._text, self._ledger, self._ours = move, text, ledger, ours
        self._size, self._progress, self._fleet = size, progress, fleet

    def fleet(self) -> AbstractContextManager[Fleet]:
        return super().fleet() if self._fleet is None else nullcontext(self._fleet)

    def work(self) -> Callable[[Sliced, Equipment], SlicePart]:
        return settle_slice

    def tasks(self, where: Slice) -> Iterator[Sliced]:
        beyond = where.start
        while True:
            where = where._replace(start=beyond)
            records, end = self._ledger.part(where.start, where.end)
            ours, other = self._ours.part(where.start, where.end) or (None, None)
            ends = [one for one in (end, other) if one is not None]
            beyond = min(ends, key=order, default=None)
            part = where if beyond is None else where._replace(end=beyond)
            beside = BesideLedger(part, self._move, records)
            yield Sliced(beside, self._text, self._size.now, ours)
            if beyond is None:
                return

    def take(self, task: Sliced, result: SlicePart) -> None:
        where, done = result.slice, result.done
        self._ledger.replace(where.start, where.end, result.records)
        list_dead(self.ctx, done.tried, done.dead)
        made, lost = self.found["made"], self.found["lost"]
        self.found = {"made": made + len(done.tried), "lost": lost + len(done.lost)}
        if done.tried:
            self._size.fit(len(done.tried), done.seconds)
            self._say(done)
        self._progress.more(result.new)

    def _say(self, done: Settled) -> None:
        self.ctx.say(
            "slice",
            f"{plural(len(done.tried), 'point')} done, checkpoint saved.",
            points=len(done.tried),
            tokens=done.tokens,
            cut_off=done.cut_off,
        )

    def _tell(self) -> None:
        """What is settled counts, not what was read."""
