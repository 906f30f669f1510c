"""One pass after the switch: what was written to the old collection since is carried over where the
new one has not changed. Not a step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from qdrant_model_migration.pipeline import proper
from qdrant_model_migration.pipeline.counterparts import due, same_point
from qdrant_model_migration.pipeline.in_slice import BesideLedger
from qdrant_model_migration.pipeline.late_writes import LateWrites, late_writes
from qdrant_model_migration.pipeline.ledger import Ledger, changed, open_ledger
from qdrant_model_migration.pipeline.make import make, set_aside
from qdrant_model_migration.pipeline.marks import (
    FOREIGN,
    is_unfinished,
    mark_of,
    shares,
    unfinished,
)
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, PointId, holds_text, order
from qdrant_model_migration.steps.dead_letters import list_dead
from qdrant_model_migration.steps.errors import OldEmptied
from qdrant_model_migration.steps.making import Again
from qdrant_model_migration.steps.passes import LedgerPass, in_batches
from qdrant_model_migration.steps.routes.copy.mend import (
    Remade,
    is_whole,
    may_go_first,
    put_live,
    remake,
)
from qdrant_model_migration.steps.step import StepContext

REPLACED = "_replaced"  # ids that were being deleted and inserted again, for the case of a kill
_WRITTEN = "_written"  # ids of the slice that was being carried over, and their marks, for the same


def one_pass(ctx: StepContext, *, anew: bool = False) -> int:
    """How many points were carried over. anew: one that was broken off is not gone on with.

    Raises OldEmptied, LedgerDamaged.
    """
    with open_ledger(ctx.folder) as ledger:
        one = _Sweep(ctx, ledger, anew=anew)
        here = ctx.qdrant.count(ctx.move.source)
        one.must_not_delete_most(here)
        if not one.goes_on:
            ctx.forget_conflicts()
        one.settle_what_was_broken_off()
        one.carry_out(here)
    ctx.remember(REPLACED, [])
    ctx.remember(_WRITTEN, [])
    return one.found["carried"]


class _Sweep(LedgerPass[LateWrites]):
    """The ledger of a slice moves on when all of it is carried over, so a kill repeats that slice.

    found: how many points were `carried`, and how many the ledger had `before` the pass.
    """

    name: ClassVar[str] = "sweep"

    def __init__(self, ctx: StepContext, ledger: Ledger, *, anew: bool) -> None:
        self.found: dict[str, int] = {"carried": 0, "before": len(ledger)}
        super().__init__(ctx, ledger, anew=anew)
        self._before: Mapping[PointId, bytes | None] = {}
        # Deleted by a pass that was broken off before it inserted them again.
        self._ours: set[PointId] = set(ctx.recall(REPLACED, []))
        # Perhaps written by such a pass, and not in the ledger yet. None: deleted.
        self._written: dict[PointId, bytes | None] = {
            point: written
            for point, mark in ctx.recall(_WRITTEN, [])
            if ledger.mark(point) != (written := bytes.fromhex(mark) or None)
        }

    def must_not_delete_most(self, here: int) -> None:
        """Raises OldEmptied where the old collection has so few points that this pass would delete
        most of what the application uses now."""
        before, target = self.found["before"], self.ctx.move.target
        if min(before, self.ctx.qdrant.count(target)) > 2 * here:
            raise OldEmptied(self.ctx.move.source, before, here, target)

    def settle_what_was_broken_off(self) -> None:
        """The old side may be by now as the ledger has it, and the new one as the sweep left it."""
        for points in in_batches(tuple(self._written), self.ctx.move.load.batch):
            self.ctx.breathe()
            self._before = {point: self.ledger.mark(point) for point in points}
            marks = self._settle(points, remake(Again(points, self.ctx.move), self.ctx))
            self.ledger.amend({point: marks.get(point) for point in points})
        self._written.clear()

    def work(self) -> Callable[[BesideLedger, Equipment], LateWrites]:
        return late_writes

    def take(self, task: BesideLedger, result: LateWrites) -> None:
        if not result.late:
            return
        marks: dict[PointId, bytes | None] = dict.fromkeys(result.late)
        self._before = result.late
        move = self.ctx.move
        tasks = (Again(points, move) for points in in_batches(tuple(result.late), move.load.batch))
        for again, made in self.making.each(remake, tasks):
            marks.update(self._settle(again.points, made))
        where = result.slice
        records, _ = self.ledger.part(where.start, where.end)
        self.ledger.replace(where.start, where.end, changed(records, marks))
        self._written.clear()

    def _settle(self, points: Sequence[PointId], made: Remade) -> Mapping[PointId, bytes]:
        """Carry over what only the old collection changed. The mark of each for the ledger: of
        what the new collection has by now, or, where it went its own way, the one from before, so
        that the difference is found again by the next pass and by cleanup.

        The vectors are made first: what the application writes meanwhile is seen, and wins.
        """
        ctx, move = self.ctx, self.ctx.move
        there = targets_of(ctx, points)
        marks: dict[PointId, bytes | None] = dict(made.marks(move))
        chosen: set[PointId] = set()
        touched: set[PointId] = set()
        # Written in two requests, so that a kill may have left vectors of before.
        halves = {
            p.id
            for p in made.points
            if p.id in self._written and (holds_text(p) or not is_whole(p, move))
        }
        for point in points:
            before, mine = self._before[point], there.get(point)
            read, mark = made.read.get(point), marks.get(point)
            if read is None and before == FOREIGN:
                continue
            behind = left_behind(ctx, read, mine) or due(read, mine, move, ctx)
            if mine is not None and read is not None and point in halves:
                mine = _without_stale(mine, read, move)
            as_left = (before, self._written.get(point, before))
            untouched = mine is not None and any(
                left is not None and shares(left, mine, move) for left in as_left
            )
            bare = mine is not None and is_unfinished(before)
            late = mark != before or point in self._written
            if not bare and not (late and (behind or (untouched and point in halves))):
                continue
            new_there = mine is None and (None in as_left or point in self._ours)
            if untouched or new_there:
                chosen.add(point)
            elif mark is None or unfinished(mark) != before:
                marks[point] = before or FOREIGN
                self._conflict(point, made, mine, move)
            if bare and not untouched:
                touched.add(point)
        if chosen:
            only = made.only(chosen)
            self._note_written(only, there)
            put_live(ctx, only, {point: there[point] for point in chosen if point in there})
            now = targets_of(ctx, list(chosen))
            for point in chosen:
                mine, before = now.get(point), self._before[point]
                if left_behind(ctx, made.read.get(point), mine):
                    marks[point] = before or (FOREIGN if mine is not None else None)
                    self._conflict(point, made, mine, move)
                else:
                    self.found["carried"] += 1
        self._finish([p.id for p in made.points if p.id in touched and is_whole(p, move)])
        self._settled(points)
        return {point: mark for point, mark in marks.items() if mark is not None}

    def _finish(self, points: Sequence[PointId]) -> None:
        """The vectors that these lack since a last look inserted them. The application has changed
        them since, so they are made of what stands in the new collection."""
        move, qdrant = self.ctx.move, self.ctx.qdrant
        there = qdrant.retrieve(move.target, points, vectors=True)
        bare = [point for point in there if not is_whole(point, move)]
        made = make(bare, move.over_itself, self.ctx).points
        proper.forget(self.ctx.folder, [point.id for point in made])
        list_dead(self.ctx, (), set_aside(qdrant.replace(move.target, made, bare), move, self.ctx))

    def _note_written(self, made: Remade, there: Mapping[PointId, Point]) -> None:
        """Before they are: what a kill leaves of this is no write of the application."""
        move = self.ctx.move
        proper.forget(self.ctx.folder, [point.id for point in made.points])
        self._written |= {**dict.fromkeys(made.ids), **made.marks(move)}
        rows = [[point, (mark or b"").hex()] for point, mark in self._written.items()]
        self.ctx.remember(_WRITTEN, rows)
        if replaced := may_go_first(self.ctx, made, there):
            self._ours |= replaced
            self.ctx.remember(REPLACED, sorted(self._ours, key=order))

    def _settled(self, points: Sequence[PointId]) -> None:
        """Whatever becomes of them from now on, the application does it."""
        if self._ours & set(points):
            self._ours -= set(points)
            self.ctx.remember(REPLACED, sorted(self._ours, key=order))

    def _conflict(self, point: PointId, made: Remade, mine: Point | None, move: Move) -> None:
        read = made.read.get(point)
        self.ctx.conflict(
            point,
            "deleted" if read is None else "written",
            "deleted" if mine is None else "written",
            mark_of(read, move) if read is not None else b"",
        )


def _without_stale(mine: Point, read: Point, move: Move) -> Point:
    """As a broken-off pass meant to leave it."""
    kept = {n: v for n, v in mine.vectors.items() if move.kept.get(n, n) in read.vectors}
    return mine._replace(vectors=kept)


def targets_of(ctx: StepContext, points: Sequence[PointId]) -> dict[PointId, Point]:
    """These points of the new collection, with what needs no model to be compared."""
    move = ctx.move
    found = ctx.qdrant.retrieve(move.target, points, vectors=list(move.compared) or False)
    return {point.id: point for point in found}


def left_behind(ctx: StepContext, now: Point | None, mine: Point | None) -> bool:
    """Whether the new collection (`mine`) does not have what the old one has by now."""
    if now is None or mine is None:
        return (now is None) != (mine is None)
    return not same_point(now, mine, ctx.move, ctx)
