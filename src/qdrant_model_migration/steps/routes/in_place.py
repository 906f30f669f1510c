"""Route: vectors are added to the points of the collection itself; nothing else of it is written.

There are no two sides. A vector is right when it was made of what its point has now, which the
ledger tells: it holds the mark of each point as it was when its vector was written. A vector goes
only to a point that is still as it was read, so what the application writes meanwhile is found by
the next pass and made again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from qdrant_model_migration.pipeline.errors import LedgerDamaged
from qdrant_model_migration.pipeline.in_slice import BesideLedger, beside_ledger
from qdrant_model_migration.pipeline.ledger import (
    Ledger,
    changed,
    forget_ledger,
    open_ledger,
    record,
)
from qdrant_model_migration.pipeline.make import bare_of, make, set_aside
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.sameness import made_of, same_payload
from qdrant_model_migration.pipeline.slices import Slice, SliceResult
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, PointId, Presence, order
from qdrant_model_migration.qdrant.points import THERE
from qdrant_model_migration.quality import Check
from qdrant_model_migration.steps.dead_letters import list_dead
from qdrant_model_migration.steps.errors import CleanupRefused
from qdrant_model_migration.steps.mark import vectors_of_run
from qdrant_model_migration.steps.passes import LedgerPass, in_batches
from qdrant_model_migration.steps.readiness import wait_until_indexed
from qdrant_model_migration.steps.reading import timed_pass
from qdrant_model_migration.steps.routes.made_again import (
    Chosen,
    check_late,
    check_model,
    check_without,
    smallest,
    unseen,
)
from qdrant_model_migration.steps.routes.new_collection import check_index
from qdrant_model_migration.steps.routes.route import MOST_PASSES, Leftover, Route, Words
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import listing, plural


class InPlace(Route):
    def fits(self, move: Move) -> bool:
        return move.in_place

    def words(self, move: Move) -> Words:
        names = _names(move)
        return Words(
            made=f"{names} of {move.source}",
            starts=(
                f"It adds {names} to {move.source} and fills it.",
                "Payloads and other vectors are only read. Searches go on as before.",
            ),
            target=f"{move.source}, {names}",
            undo="search without it",
            inserts=f"gives the points their {names}",
            there="A point that was changed since it was read is left, and read again later.",
            goes_without="goes without and is listed.",
            finishing=(f"{move.source} goes on answering; only what is new is built.",),
            catching_up=(
                f"Looks for points of {move.source} that are new, or whose payload has changed "
                f"since their {names} was made, and makes it again.",
            ),
            comparing=(f"Looks whether each point of {move.source} has what it is to have.",),
            sweep="Sweep: late writes",
            sweeping=(
                f"Looks once more for points of {move.source} that have changed since.",
                f"From then on the application writes {names} itself.",
            ),
        )

    def must_be_free(self, ctx: StepContext) -> None:
        vectors_of_run(ctx)

    def must_be_ours(self, ctx: StepContext) -> None:
        vectors_of_run(ctx, all_of_them=True)

    def filled(self, ctx: StepContext, result: SliceResult) -> None:
        where = result.slice
        with open_ledger(ctx.folder, begin=True) as ledger:
            ledger.replace(where.start, where.end, result.records)

    def index(self, ctx: StepContext) -> None:
        self.must_be_ours(ctx)
        wait_until_indexed(ctx, ctx.move.source)

    def catch_up(self, ctx: StepContext, *, most: int = MOST_PASSES, anew: bool = False) -> int:
        self.must_be_ours(ctx)
        total = 0
        for _ in range(most):
            found = _one_pass(ctx, anew=anew)
            total += found
            if not found:
                break
        ctx.remember("caught_up", [0, (ctx.recall("caught_up") or [0, 0, 0])[1] + total, 0])
        return total

    def check(self, ctx: StepContext, sample: int) -> list[Check]:
        """What the application has written again without the new vector lacks it, though nothing
        else has changed: a late write like others, which a pass makes again before it is judged."""
        counted = _counted(ctx, sample)
        if counted.lacking:
            self.catch_up(ctx, most=1, anew=True)
            counted = _counted(ctx, sample)
        return _checks(ctx, counted)

    def sweep(self, ctx: StepContext, *, anew: bool = False) -> bool:
        swept = self.catch_up(ctx, anew=anew)
        ctx.remember("swept", ctx.recall("swept", 0) + swept)
        ctx.say("sweep", f"{plural(swept, 'late write')} to {ctx.move.source} followed.")
        return True

    def left_behind(self, ctx: StepContext, *, anew: bool) -> dict[str, int] | None:
        return None

    def made(self, ctx: StepContext) -> Leftover | None:
        return _added(ctx)

    def doomed(self, ctx: StepContext) -> str:
        return f"{_names(ctx.move)} of {ctx.move.source}"

    def leftover(self, ctx: StepContext) -> Leftover | None:
        move = ctx.move
        if ctx.recall("switched"):
            raise CleanupRefused(
                move.source,
                "Nothing was copied, so nothing is left over: the old vector stays beside the new.",
                "Take it out with a plan of its own, when nobody searches it any more.",
            )
        if vectors_of_run(ctx) and not ctx.qdrant.capabilities.drop_vector:
            raise CleanupRefused(
                self.doomed(ctx),
                "Below 1.19 a server can lose points after a vector was deleted.",
                f"Leave {_names(move)} where it is; it does no harm. Or update the server first.",
            )
        return _added(ctx)


def _names(move: Move) -> str:
    return listing([f"vector {vector.name}" for vector in move.vectors])


def _added(ctx: StepContext) -> Leftover | None:
    """The vectors that this run has added and that stand, where the server can take them out."""
    move, qdrant = ctx.move, ctx.qdrant
    names = vectors_of_run(ctx)
    if not names or not qdrant.capabilities.drop_vector:
        return None

    def delete() -> None:
        for name in names:
            qdrant.drop_vector(move.source, name)

    what = f"{listing([f'vector {name}' for name in names])} of {move.source}"
    return Leftover(
        name=names[0],
        what=f"the {what}",
        says=(
            f"{listing([f'Vector {name}' for name in names])} of all points is deleted. "
            "What was embedded for it is lost.",
            f"All other vectors and the payloads of {move.source} are not touched.",
        ),
        delete=delete,
        told=f"The {what} is deleted. Everything else of {move.source} is not touched.",
    )


def _presence(move: Move) -> tuple[str, ...]:
    """What is read of the vectors of a point: those that others are made of, and which new ones are
    there."""
    return (*move.read_vectors, *(Presence(vector.name) for vector in move.vectors))


class _Looked(NamedTuple):
    """See SliceResult for `slice`. points: that are there. records: of those that are as they were.
    differ: ids of those that have changed. lacking: ids of those that have not, and go without a
    vector that they are to have: perhaps the model makes none. without: names of new vectors, and
    how many points are to go without it. sample: see `smallest`."""

    slice: Slice
    points: int
    records: bytes
    differ: tuple[PointId, ...]
    lacking: tuple[PointId, ...]
    without: Mapping[str, int]
    sample: Sequence[Chosen]


def look(task: BesideLedger, worker: Equipment) -> _Looked:
    """Reads, and writes nothing. A slice that has grown is looked at in part."""
    move, points, same = task.move, 0, bytearray()
    differ: list[PointId] = []
    lacking: list[PointId] = []
    without: Counter[str] = Counter()
    sample: list[Chosen] = []
    new = _new(move)
    rows = beside_ledger(task, worker, move.source, _presence(move))
    for point, (now, before) in rows:
        if now is None:
            continue
        points += 1
        mark = mark_of(_bare(now, move), move)
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
    return _Looked(rows.slice, points, bytes(same), tuple(differ), tuple(lacking), without, chosen)


def _new(move: Move) -> set[str]:
    return {vector.name for vector in move.vectors}


def _bare(point: Point, move: Move) -> Point:
    """Without the new vectors, which the mark does not speak of."""
    return point._replace(
        vectors={name: v for name, v in point.vectors.items() if name not in _new(move)}
    )


def _has(now: Point, made: Point, move: Move) -> bool:
    """Whether it has the new vectors that were made, and no others, under the payload of then."""
    return same_payload(made.payload, now.payload) and all(
        made_of(
            now.vectors.get(new.name),
            made.vectors.get(new.name),
            new.params.get("distance", ""),
            new.params.get("datatype"),
        )
        for new in move.vectors
    )


def _one_pass(ctx: StepContext, *, anew: bool) -> int:
    """One pass; how many points were given a vector or lost one."""
    try:
        with open_ledger(ctx.folder, begin=True) as ledger:
            return _carry_out(_Refresh(ctx, ledger, anew=anew))
    except LedgerDamaged:
        forget_ledger(ctx.folder)
        with open_ledger(ctx.folder, begin=True) as ledger:
            return _carry_out(_Refresh(ctx, ledger, anew=True))


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


class _Refresh(LedgerPass[_Looked]):
    name: ClassVar[str] = "in_place"

    def __init__(self, ctx: StepContext, ledger: Ledger, *, anew: bool) -> None:
        self.found: Any = 0
        super().__init__(ctx, ledger, anew=anew)

    def work(self) -> Callable[[BesideLedger, Equipment], _Looked]:
        return look

    def take(self, task: BesideLedger, result: _Looked) -> None:
        marks: dict[PointId, bytes | None] = {}
        where = result.slice
        if to_make := sorted((*result.differ, *result.lacking), key=order):
            # What was noted of these holds no longer, once one of their vectors is written.
            self.ledger.replace(where.start, where.end, result.records)
        for points in in_batches(to_make, self.ctx.move.load.batch):
            self.ctx.breathe()
            marks.update(self._make(points))
        self.ledger.replace(where.start, where.end, changed(result.records, marks))

    def _make(self, points: Sequence[PointId]) -> Mapping[PointId, bytes]:
        """The marks of those that have what was made of them, and are still as they were read."""
        ctx, move = self.ctx, self.ctx.move
        read = ctx.qdrant.retrieve(move.source, points, vectors=_presence(move))
        seen = [_bare(point, move) for point in read]
        made = make(seen, move, ctx)
        unmade = ctx.qdrant.set_vectors(move.source, made.points)
        bare = {point.id: point for point in bare_of(made.points, unmade)}
        stand = [bare.get(point.id, point) for point in made.points]
        had = {point.id: point.vectors.keys() & _new(move) for point in read}
        stale = [
            point._replace(vectors=dict.fromkeys(gone, THERE))
            for point in stand
            if (gone := had[point.id] - point.vectors.keys())
        ]
        ctx.qdrant.unset_vectors(move.source, stale)
        list_dead(ctx, points, (*made.dead, *set_aside(unmade, move, ctx)))
        self.found += sum(bool(point.vectors) or bool(had[point.id]) for point in stand)
        new = sorted(_new(move))
        now = {p.id: p for p in ctx.qdrant.retrieve(move.source, points, vectors=new)}
        return {
            was.id: mark_of(was, move)
            for was, point in zip(seen, stand, strict=True)
            if point.id in now and _has(now[point.id], point, move)
        }


class _Count(LedgerPass[_Looked]):
    name: ClassVar[str] = "in_place_check"

    def __init__(self, ctx: StepContext, ledger: Ledger, sample: int) -> None:
        self.found: Any = [0, 0, {}, [], {}]
        super().__init__(ctx, ledger, of=[ctx.recall("caught_up"), sample])
        self.sample = sample

    def work(self) -> Callable[[BesideLedger, Equipment], _Looked]:
        return look

    def take(self, task: BesideLedger, result: _Looked) -> None:
        points, late, without, sample, lacking = self.found
        self.found = [
            points + result.points,
            late + len(result.differ),
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
            read = ctx.qdrant.retrieve(move.source, ids, vectors=_presence(move))
            seen = {p.id: p for p in read if self._as_noted(p)}
            made = make([_bare(point, move) for point in seen.values()], move, ctx).points
            now = {p.id: p for p in ctx.qdrant.retrieve(move.source, ids, vectors=_presence(move))}
            for point in made:
                if point.id in now and now[point.id] == seen[point.id]:
                    found.update(point.vectors.keys() - now[point.id].vectors.keys())
        return dict(found)

    def _as_noted(self, point: Point) -> bool:
        move = self.ctx.move
        return self.ledger.mark(point.id) == mark_of(_bare(point, move), move)


class _Counted(NamedTuple):
    """late: points that have changed since. without: points that are to go without one, by its
    name. chosen: see `smallest`; they have every vector. lacking: points that had a vector and have
    lost it, by its name."""

    points: int
    late: int
    without: Mapping[str, int]
    chosen: Sequence[Chosen]
    lacking: Mapping[str, int]


def _counted(ctx: StepContext, sample: int) -> _Counted:
    with open_ledger(ctx.folder) as ledger:
        count = _Count(ctx, ledger, sample)
        count.carry_out(ctx.qdrant.count(ctx.move.source))
    return _Counted(*count.found)


def _checks(ctx: StepContext, counted: _Counted) -> list[Check]:
    move, qdrant = ctx.move, ctx.qdrant
    points = counted.points
    checks = [Check(name="Points looked at", ok=True, found=points, expected=points)]
    marks: dict[PointId, str] = {point: mark for mark, point in counted.chosen}

    def as_counted(point: Point) -> bool:
        if not point.vectors.keys() & _new(move):
            return False  # written again without it, since it was counted
        return mark_of(_bare(point, move), move).hex() == marks[point.id]

    for target in unseen(move):
        goes_without = counted.without.get(target.name, 0)
        checks.append(check_model(ctx, target, list(marks), as_counted, move.read_vectors))
        checks.append(check_without(target, goes_without, 0))
        if lost := counted.lacking.get(target.name, 0):
            checks.append(_written_without(target.name, lost, points - goes_without))
    config = qdrant.config(move.source)
    there = {**config.vectors(), **config.sparse()}
    wrong = [
        vector.name
        for vector in move.vectors
        if there.get(vector.name, {}).get("size") != vector.params.get("size")
    ]
    checks.append(
        Check(
            name="Vectors as planned",
            ok=not wrong,
            found="all" if not wrong else ", ".join(wrong),
            note=f"not as planned: {', '.join(wrong)}",
            todo="Find out who changed the collection, and make the plan again",
        )
    )
    if qdrant.capabilities.settings:
        checks.append(check_index(ctx, move.source))
    return [*checks, *check_late(counted.late)]


def _written_without(name: str, lost: int, of: int) -> Check:
    """A few are late writes. Where it is most of them, the application would take away what the
    switch needs as fast as it is made."""
    return Check(
        name=f"Written without {name}",
        ok=None if 2 * lost <= of else False,
        found=lost,
        note=f"the application writes them anew without {name}; they are made again before the "
        f"switch, after which it has to write {name} itself",
        todo=f"Let the application write {name} too, or stop what writes everything anew",
    )
