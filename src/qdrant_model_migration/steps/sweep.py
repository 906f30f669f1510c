"""Step: after the switch, carry over what was still written to the old collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from qdrant_model_migration.pipeline.counterparts import due, same_point
from qdrant_model_migration.pipeline.ledger import new_ledger, read_ledger, rows_of
from qdrant_model_migration.pipeline.make import make
from qdrant_model_migration.pipeline.marks import is_unfinished, mark_of, shares, unfinished
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import align, scan
from qdrant_model_migration.qdrant import Point, PointId, order
from qdrant_model_migration.steps.catch_up import LOOKS
from qdrant_model_migration.steps.check import must_be_ours, must_be_the_old_one
from qdrant_model_migration.steps.errors import OldEmptied
from qdrant_model_migration.steps.index import wait_until_readable
from qdrant_model_migration.steps.mend import Remade, Rows, is_whole, put_live, remake
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.words import plural

MOST_PASSES = 3
REPLACED = "_replaced"  # ids that were being deleted and inserted again, for the case of a kill


class Late(NamedTuple):
    """A point of the old collection that is not as the ledger has it. `now` None: deleted."""

    point: PointId
    now: Point | None
    before: bytes | None


class Sweep(Step):
    """Never overwrites what the application has written to the new collection since."""

    step: Literal["sweep"] = "sweep"

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        return StepText(
            "Sweep: late writes to the old one",
            "new collection",
            "not needed",
            (
                f"Looks for points of {move.source} that changed after the last catch-up and "
                "carries them over.",
                f"Where both sides changed, {move.target} is left as it is and the point is listed "
                "as a conflict.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        sweep(ctx)


def sweep(ctx: StepContext) -> bool:
    """Passes until one finds nothing to carry over, at most three. Whether the last found nothing.

    Remembers how many were carried over by all sweeps of this run. Raises OldReplaced, OldEmptied,
    and as `must_be_ours` does.
    """
    must_be_ours(ctx)
    must_be_the_old_one(ctx)
    wait_until_readable(ctx, ctx.move.source)  # a hidden point would be taken for a deleted one
    swept = 0
    for _ in range(MOST_PASSES):
        found = _Pass(ctx).carry_over()
        swept += found
        if not found:
            break
    ctx.remember("swept", ctx.recall("swept", 0) + swept)
    ctx.say("sweep", f"{plural(swept, 'late write')} to {ctx.move.source} carried over.")
    if conflicts := ctx.conflicts:
        ctx.say(
            "sweep",
            f"{plural(len(conflicts), 'point')} changed on both sides: {ctx.move.target} was left "
            f"as it is, and {ctx.move.source} still has the other version.",
        )
    return not found


class _Pass:
    """One pass. The ledger moves on only when all of it is carried over, so a kill repeats."""

    def __init__(self, ctx: StepContext) -> None:
        self._ctx, self._carried = ctx, 0
        self._before: dict[PointId, bytes | None] = {}
        # Deleted by a pass that was broken off before it inserted them again.
        self._ours: set[PointId] = set(ctx.recall(REPLACED, []))

    def carry_over(self) -> int:
        ctx, seen = self._ctx, 0
        total = ctx.qdrant.count(ctx.move.source)
        _must_not_be_emptied(ctx, total)
        ctx.forget_conflicts()
        with new_ledger(ctx.folder) as ledger:
            rows = Rows(ledger, ctx.move.load.batch, self._settle)
            for late, point, mark in changed_since_ledger(ctx):
                if late is None:
                    assert mark is not None
                    rows.same(point, mark)
                else:
                    self._before[point] = late.before
                    rows.differs(point)
                seen += mark is not None
                if seen % LOOKS == 0:
                    ctx.progress(seen, max(seen, total))
            rows.flush()
        ctx.progress(seen, max(seen, total))
        ctx.remember(REPLACED, [])
        return self._carried

    def _settle(self, points: Sequence[PointId]) -> Mapping[PointId, bytes]:
        """Carry over what only the old collection changed. The mark of each for the ledger: of
        what the new collection has by now, or, where it went its own way, the one from before, so
        that the difference is found again by the next pass and by cleanup.

        The vectors are made first: what the application writes meanwhile is seen, and wins.
        """
        ctx, move = self._ctx, self._ctx.move
        made = remake(ctx, points)
        there = targets_of(ctx, points)
        marks: dict[PointId, bytes | None] = dict(made.marks(move))
        chosen: set[PointId] = set()
        touched: set[PointId] = set()
        for point in points:
            before, mine = self._before[point], there.get(point)
            read, mark = made.read.get(point), marks.get(point)
            behind = left_behind(read, mine, move) or due(read, mine, move)
            bare = mine is not None and is_unfinished(before)
            if not bare and (mark == before or not behind):
                continue
            untouched = mine is not None and before is not None and shares(before, mine, move)
            new_there = mine is None and (before is None or point in self._ours)
            if untouched or new_there:
                chosen.add(point)
            elif mark is None or unfinished(mark) != before:
                marks[point] = before
                self._conflict(point, made, mine, move)
            if bare and not untouched:
                touched.add(point)
        if chosen:
            only = made.only(chosen)
            self._note_replaced(only, there)
            put_live(ctx, only, {point: there[point] for point in chosen if point in there})
            now = targets_of(ctx, list(chosen))
            for point in chosen:
                if left_behind(made.read.get(point), now.get(point), move):
                    marks[point] = self._before[point]
                    self._conflict(point, made, now.get(point), move)
                else:
                    self._carried += 1
        self._finish([p.id for p in made.points if p.id in touched and is_whole(p, move)])
        self._settled(points)
        self._before = {}
        return {point: mark for point, mark in marks.items() if mark is not None}

    def _finish(self, points: Sequence[PointId]) -> None:
        """The vectors that these lack since a last look inserted them. The application has changed
        them since, so they are made of what stands in the new collection."""
        move, qdrant = self._ctx.move, self._ctx.qdrant
        there = qdrant.retrieve(move.target, points, vectors=True)
        bare = [point for point in there if not is_whole(point, move)]
        qdrant.replace(move.target, make(bare, move.over_itself, self._ctx).points, bare)

    def _note_replaced(self, made: Remade, there: Mapping[PointId, Point]) -> None:
        move = self._ctx.move
        replaced = {p.id for p in made.points if not is_whole(p, move)} & there.keys()
        if replaced:
            self._ours |= replaced
            self._ctx.remember(REPLACED, sorted(self._ours, key=order))

    def _settled(self, points: Sequence[PointId]) -> None:
        """Whatever becomes of them from now on, the application does it."""
        if self._ours & set(points):
            self._ours -= set(points)
            self._ctx.remember(REPLACED, sorted(self._ours, key=order))

    def _conflict(self, point: PointId, made: Remade, mine: Point | None, move: Move) -> None:
        read = made.read.get(point)
        self._ctx.conflict(
            point,
            "deleted" if read is None else "written",
            "deleted" if mine is None else "written",
            mark_of(read, move) if read is not None else b"",
        )


def _must_not_be_emptied(ctx: StepContext, here: int) -> None:
    """Raises OldEmptied where this pass would delete most of what the application uses now."""
    before = rows_of(ctx.folder)
    if min(before, ctx.qdrant.count(ctx.move.target)) > 2 * here:
        raise OldEmptied(ctx.move.source, before, here, ctx.move.target)


def targets_of(ctx: StepContext, points: Sequence[PointId]) -> dict[PointId, Point]:
    """These points of the new collection, with what needs no model to be compared."""
    move = ctx.move
    found = ctx.qdrant.retrieve(move.target, points, vectors=list(move.compared) or False)
    return {point.id: point for point in found}


def left_behind(now: Point | None, mine: Point | None, move: Move) -> bool:
    """Whether the new collection (`mine`) does not have what the old one has by now."""
    if now is None or mine is None:
        return (now is None) != (mine is None)
    return not same_point(now, mine, move)


def changed_since_ledger(
    ctx: StepContext,
) -> Iterator[tuple[Late | None, PointId, bytes | None]]:
    """Each point of the ledger or the old collection: how it changed (None: not), its mark now."""
    move = ctx.move
    now = scan(
        ctx.qdrant, move.source, vectors=list(move.read_vectors) or False, between=ctx.breathe
    )
    readings = align(((p.id, p) for p in now), read_ledger(ctx.folder))
    for point, (current, before) in readings:
        mark = mark_of(current, move) if current is not None else None
        yield (None if mark == before else Late(point, current, before)), point, mark
