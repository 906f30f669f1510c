"""What all routes share whose vectors stand beside the points that they are made of, and are kept
in step with them. No route lives here.

A vector is right when it was made of what its point has now, which the ledger tells: it holds the
mark of each point as it was when its vector was written. What the application writes meanwhile is
found by the next pass and made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, NamedTuple

from qdrant_model_migration.pipeline.errors import LedgerDamaged
from qdrant_model_migration.pipeline.in_slice import BesideLedger, Held
from qdrant_model_migration.pipeline.ledger import (
    Ledger,
    changed,
    forget_ledger,
    open_ledger,
    record,
)
from qdrant_model_migration.pipeline.make import MadePoints, bare_of, make, set_aside, unsent
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.slices import Slice, SliceResult
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, PointId, Presence, Unmade, order
from qdrant_model_migration.steps.dead_letters import list_dead
from qdrant_model_migration.steps.making import Again
from qdrant_model_migration.steps.passes import LedgerPass, in_batches
from qdrant_model_migration.steps.reading import timed_pass
from qdrant_model_migration.steps.routes.made_again import Chosen, smallest
from qdrant_model_migration.steps.routes.route import MOST_PASSES, Route
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import plural

TRIES = 3  # a point that changes while it is made is made again at once


class Row(NamedTuple):
    """A point of the source as it is now, with those of its new vectors that are there; None where
    it is not there any more. before: its mark in the ledger. left: whether new vectors stand though
    it is gone."""

    now: Point | None
    before: bytes | None
    left: bool = False


class Written(NamedTuple):
    """unmade: see `qdrant.Writing`. removed: points that went, as the source has them no more."""

    unmade: list[Unmade]
    removed: int = 0


class InStep(Route):
    def rows(self, task: BesideLedger, worker: Equipment) -> Held[Row]:
        raise NotImplementedError

    def read(
        self, move: Move, worker: Equipment, ids: Sequence[PointId], new: Sequence[str]
    ) -> list[Point]:
        """Those of these points that the source has, with what their vectors are made of and these
        of their `new` vectors."""
        raise NotImplementedError

    def write(
        self,
        ctx: StepContext,
        ids: Sequence[PointId],
        read: Sequence[Point],
        made: Sequence[Point],
    ) -> Written:
        """The vectors that were `made` of the points as `read`, where these are still so; vectors
        that they are not to have go."""
        raise NotImplementedError

    def stands(self, was: Point, now: Point, made: Point, move: Move) -> bool:
        """Whether what was `made` of a point stands, and the point is as it `was`."""
        raise NotImplementedError

    def filled(self, ctx: StepContext, result: SliceResult) -> None:
        where = result.slice
        with open_ledger(ctx.folder, begin=True) as ledger:
            ledger.replace(where.start, where.end, result.records)

    def catch_up(self, ctx: StepContext, *, most: int = MOST_PASSES, anew: bool = False) -> int:
        self.must_be_ours(ctx)
        total = 0
        for _ in range(most):
            found = _one_pass(ctx, self, anew=anew)
            total += found
            if not found:
                break
        ctx.remember("caught_up", [0, (ctx.recall("caught_up") or [0, 0, 0])[1] + total, 0])
        return total

    def sweep(self, ctx: StepContext, *, anew: bool = False) -> bool:
        swept = self.catch_up(ctx, anew=anew)
        ctx.remember("swept", ctx.recall("swept", 0) + swept)
        ctx.say("sweep", f"{plural(swept, 'late write')} to {ctx.move.source} followed.")
        return True

    def left_behind(self, ctx: StepContext, *, anew: bool) -> dict[str, int] | None:
        return None

    def counted(self, ctx: StepContext, sample: int) -> Counted:
        """What has been written again without the new vector lacks it, though nothing else has
        changed: a late write like others, which a pass makes again before it is judged."""
        counted = _counted(ctx, self, sample)
        if counted.lacking:
            self.catch_up(ctx, most=1, anew=True)
            counted = _counted(ctx, self, sample)
        return counted


class Counted(NamedTuple):
    """late: points that have changed since. without: points that are to go without one, by its
    name. chosen: see `smallest`; they have every vector. lacking: points that had a vector and have
    lost it, by its name."""

    points: int
    late: int
    without: Mapping[str, int]
    chosen: Sequence[Chosen]
    lacking: Mapping[str, int]


def new_names(move: Move) -> set[str]:
    return {vector.name for vector in move.vectors}


def presence(move: Move) -> tuple[Presence, ...]:
    """Only which of the new ones are there."""
    return tuple(Presence(vector.name) for vector in move.vectors)


def without_new(point: Point, move: Move) -> Point:
    """Without the new vectors, which the mark does not speak of."""
    return point._replace(
        vectors={name: v for name, v in point.vectors.items() if name not in new_names(move)}
    )


class _Looked(NamedTuple):
    """See SliceResult for `slice`. points: that are there. records: of those that are as they were.
    differ: ids of those that have changed. gone: ids of which vectors are left. lacking: ids of
    those that have not changed, and go without a vector that they are to have: perhaps the model
    makes none. without: names of new vectors, and how many points are to go without it. sample: see
    `smallest`."""

    slice: Slice
    points: int
    records: bytes
    differ: tuple[PointId, ...]
    gone: tuple[PointId, ...]
    lacking: tuple[PointId, ...]
    without: Mapping[str, int]
    sample: Sequence[Chosen]


def look(route: InStep, task: BesideLedger, worker: Equipment) -> _Looked:
    """Reads, and writes nothing. A slice that has grown is looked at in part."""
    move, points, same = task.move, 0, bytearray()
    new = new_names(move)
    differ: list[PointId] = []
    gone: list[PointId] = []
    lacking: list[PointId] = []
    without: Counter[str] = Counter()
    sample: list[Chosen] = []
    rows = route.rows(task, worker)
    for point, (now, before, left) in rows:
        if now is None:
            if left:
                gone.append(point)
            continue
        points += 1
        mark = mark_of(without_new(now, move), move)
        wants = {v.name for v in move.vectors if v.origin.wants(now)}
        missing = wants - now.vectors.keys()
        if before != mark or (now.vectors.keys() & new) - wants:
            differ.append(point)
            continue
        if missing:
            lacking.append(point)
            continue
        same += record(point, mark)
        bare = new - wants
        without.update(bare)
        if not bare:
            sample.append((mark.hex(), point))
    chosen = smallest(task.sample, sample)
    ids = (tuple(differ), tuple(gone), tuple(lacking))
    return _Looked(rows.slice, points, bytes(same), *ids, without, chosen)


def _one_pass(ctx: StepContext, route: InStep, *, anew: bool) -> int:
    """One pass; how many points were given a vector or lost one."""
    try:
        with open_ledger(ctx.folder, begin=True) as ledger:
            return _carry_out(_Refresh(ctx, ledger, route, anew=anew))
    except LedgerDamaged:
        forget_ledger(ctx.folder)
        with open_ledger(ctx.folder, begin=True) as ledger:
            return _carry_out(_Refresh(ctx, ledger, route, anew=True))


def _carry_out(one: _Refresh) -> int:
    ctx = one.ctx
    with timed_pass(ctx):
        one.carry_out(ctx.qdrant.count(ctx.move.source))
    found = int(one.found)
    ctx.say(
        "catch-up",
        f"{plural(found, 'point')} changed since; all made again."
        if found
        else "A whole pass found no difference.",
    )
    return found


class _InStepPass(LedgerPass[_Looked]):
    def __init__(
        self,
        ctx: StepContext,
        ledger: Ledger,
        route: InStep,
        *,
        anew: bool = False,
        of: Any = None,
    ) -> None:
        super().__init__(ctx, ledger, anew=anew, of=of)
        self.route = route

    def work(self) -> Callable[[BesideLedger, Equipment], _Looked]:
        return partial(look, self.route)


class _MadeAgain(NamedTuple):
    """read: points with which of their new vectors are there. made: of these."""

    read: Sequence[Point]
    made: MadePoints


def _made_again(route: InStep, task: Again, worker: Equipment) -> _MadeAgain:
    points, move = task
    read = route.read(move, worker, points, presence(move))
    return _MadeAgain(read, make([without_new(point, move) for point in read], move, worker))


class _Refresh(_InStepPass):
    name: ClassVar[str] = "in_place"

    def __init__(self, ctx: StepContext, ledger: Ledger, route: InStep, *, anew: bool) -> None:
        self.found: Any = 0
        super().__init__(ctx, ledger, route, anew=anew)

    def take(self, task: BesideLedger, result: _Looked) -> None:
        marks: dict[PointId, bytes | None] = {}
        where = result.slice
        if to_make := sorted((*result.differ, *result.gone, *result.lacking), key=order):
            # What was noted of these holds no longer, once one of their vectors is written.
            self.ledger.replace(where.start, where.end, result.records)
        move, again = self.ctx.move, partial(_made_again, self.route)
        tasks = (Again(points, move) for points in in_batches(to_make, move.load.batch))
        for asked, made in self.making.each(again, tasks):
            marks.update(self._put(asked.points, made))
            for _ in range(TRIES - 1):
                if left := [point for point in asked.points if point not in marks]:
                    self.ctx.breathe()
                    marks.update(self._put(left, again(Again(left, move), self.ctx)))
        self.ledger.replace(where.start, where.end, changed(result.records, marks))

    def _put(self, points: Sequence[PointId], again: _MadeAgain) -> Mapping[PointId, bytes]:
        """The marks of those that have what was made of them, and are still as they were read."""
        ctx, move, new = self.ctx, self.ctx.move, new_names(self.ctx.move)
        read, made = again
        unmade, removed = self.route.write(ctx, points, read, made.points)
        bare = {point.id: point for point in bare_of(made.points, unmade)}
        stand = [bare.get(point.id, point) for point in made.points]
        list_dead(ctx, points, (*made.dead, *set_aside(unmade, move, ctx)))
        had = {point.id for point in read if point.vectors.keys() & new}
        sent = [point for point in stand if point.id not in unsent(unmade)]
        self.found += removed + sum(bool(p.vectors) or p.id in had for p in sent)
        now = {p.id: p for p in self.route.read(move, ctx, points, sorted(new))}
        seen = [without_new(point, move) for point in read]
        return {
            was.id: mark_of(was, move)
            for was, point in zip(seen, stand, strict=True)
            if point.id in now
            and point.id not in unsent(unmade)
            and self.route.stands(was, now[point.id], point, move)
        }


class _Count(_InStepPass):
    name: ClassVar[str] = "in_place_check"

    def __init__(self, ctx: StepContext, ledger: Ledger, route: InStep, sample: int) -> None:
        self.found: Any = [0, 0, {}, [], {}]
        super().__init__(ctx, ledger, route, of=[ctx.recall("caught_up"), sample])
        self.sample = sample

    def take(self, task: BesideLedger, result: _Looked) -> None:
        points, late, without, sample, lacking = self.found
        self.found = [
            points + result.points,
            late + len(result.differ) + len(result.gone),
            Counter(without) + Counter(result.without),
            smallest(self.sample, [*map(tuple, sample), *result.sample]),
            Counter(lacking) + Counter(self._for_no_reason(result.lacking)),
        ]

    def _for_no_reason(self, lacking: Sequence[PointId]) -> dict[str, int]:
        """How many of these lack a vector that the model can make, by its name. Points that were
        written since they were looked at are none of them: the next pass makes them."""
        ctx, move = self.ctx, self.ctx.move
        found: Counter[str] = Counter()
        for ids in in_batches(lacking, move.load.batch):
            read = self.route.read(move, ctx, ids, presence(move))
            seen = {p.id: p for p in read if self._as_noted(p)}
            made = make([without_new(p, move) for p in seen.values()], move, ctx).points
            now = {p.id: p for p in self.route.read(move, ctx, ids, presence(move))}
            for point in made:
                if point.id in now and now[point.id] == seen[point.id]:
                    found.update(point.vectors.keys() - now[point.id].vectors.keys())
        return dict(found)

    def _as_noted(self, point: Point) -> bool:
        move = self.ctx.move
        return self.ledger.mark(point.id) == mark_of(without_new(point, move), move)


def _counted(ctx: StepContext, route: InStep, sample: int) -> Counted:
    with open_ledger(ctx.folder) as ledger:
        count = _Count(ctx, ledger, route, sample)
        count.carry_out(ctx.qdrant.count(ctx.move.source))
    return Counted(*count.found)
