"""One pass before the switch: both sides compared, and what differs mended. Not a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import ClassVar

from qdrant_model_migration.pipeline.both_sides import BothSides, Compared, compare_slice
from qdrant_model_migration.pipeline.counterparts import same_point
from qdrant_model_migration.pipeline.errors import LedgerDamaged
from qdrant_model_migration.pipeline.ledger import Ledger, changed, forget_ledger, open_ledger
from qdrant_model_migration.pipeline.marks import unfinished
from qdrant_model_migration.pipeline.slices import Slice
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.steps.dead_letters import list_dead
from qdrant_model_migration.steps.making import Again
from qdrant_model_migration.steps.passes import Pass, in_batches
from qdrant_model_migration.steps.reading import timed_pass
from qdrant_model_migration.steps.routes.copy.last_look import changing, note_changing
from qdrant_model_migration.steps.routes.copy.mend import Changes, Remade, put, remake
from qdrant_model_migration.steps.routes.copy.read_back import note_read_back, number_of_writes
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import plural


def one_pass(ctx: StepContext, *, anew: bool = False) -> Changes:
    """One pass over everything. Replaces every part of the ledger; one that is damaged begins anew.

    anew: a pass that was broken off is not gone on with.
    """
    try:
        with open_ledger(ctx.folder, begin=True) as ledger:
            return _read_back(_BothSides(ctx, ledger, ledger.unfinished(), anew=anew))
    except LedgerDamaged:
        note_read_back(ctx, None)
        forget_ledger(ctx.folder)
        with open_ledger(ctx.folder, begin=True) as ledger:
            return _read_back(_BothSides(ctx, ledger, set(changing(ctx)), anew=True))


def _read_back(one: _BothSides) -> Changes:
    ctx = one.ctx
    writes = None if one.goes_on else number_of_writes(ctx)
    with nullcontext() if one.goes_on else timed_pass(ctx):
        one.carry_out(ctx.qdrant.count(ctx.move.source))
    found = Changes(*one.found)
    ctx.say(
        "catch-up",
        f"{plural(found.total, 'point')} changed since the copy: {found.inserted} inserted, "
        f"{found.edited} edited, {found.deleted} deleted; all mended."
        if found.total
        else "A whole pass over both collections found no difference.",
    )
    note_read_back(ctx, writes)
    return found


class _BothSides(Pass[BothSides, Compared]):
    """Its marks are of what stands in the new collection: of what was compared and found equal, or
    of what was read again and written. So whatever the application changes after that is told
    later. What no request can carry is marked as unfinished: it is missing, however it changes.

    unfinished: points that a last look has inserted without a model's vectors, before a switch
    that did not come about.
    """

    name: ClassVar[str] = "catch_up"

    def __init__(
        self, ctx: StepContext, ledger: Ledger, unfinished: set[PointId], *, anew: bool
    ) -> None:
        self.found = list(Changes())
        super().__init__(ctx, anew=anew)
        self.ledger, self._unfinished = ledger, unfinished
        if self.goes_on:
            ledger.must_be_begun()

    def work(self) -> Callable[[BothSides, Equipment], Compared]:
        return compare_slice

    def tasks(self, where: Slice) -> Iterator[BothSides]:
        here = frozenset(point for point in self._unfinished if where.holds(point))
        yield BothSides(where, self.ctx.move, here)

    def take(self, task: BothSides, result: Compared) -> None:
        marks: dict[PointId, bytes | None] = {}
        move = self.ctx.move
        tasks = (Again(points, move) for points in in_batches(result.differ, move.load.batch))
        for again, made in self.making.each(remake, tasks):
            marks.update(self._mend(again.points, made, result.bare))
        where = result.slice
        self.ledger.replace(where.start, where.end, changed(result.records, marks))

    def _mend(
        self, points: Sequence[PointId], made: Remade, bare: Mapping[PointId, Point]
    ) -> Mapping[PointId, bytes]:
        ctx, move = self.ctx, self.ctx.move
        vain = {
            point.id
            for point in made.points
            if (there := bare.get(point.id)) is not None
            and point.vectors.keys() <= there.vectors.keys()
            and same_point(made.read[point.id], there, move, ctx)
        }
        list_dead(ctx, vain, made.only(vain).dead)
        differ = [point for point in points if point not in vain]
        found, left = put(ctx, made.only(set(differ)))
        self.found = list(Changes(*self.found).plus(found))
        note_changing(ctx, differ)
        marks = made.marks(move)
        return {**marks, **{point: unfinished(marks[point]) for point in left}}
