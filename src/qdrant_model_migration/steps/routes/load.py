"""Route: a new collection is filled with the rows of a file. Nothing changes there afterwards, so
there is nothing to follow: what the application writes meanwhile has to reach the file's owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, ClassVar, NamedTuple

from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.sameness import same_payload
from qdrant_model_migration.pipeline.slices import Slice
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, order
from qdrant_model_migration.quality import Check
from qdrant_model_migration.steps.mark import must_be_ours
from qdrant_model_migration.steps.passes import Pass
from qdrant_model_migration.steps.reading import must_be_unchanged
from qdrant_model_migration.steps.routes.made_again import (
    Chosen,
    Sampled,
    are,
    check_made,
    smallest,
    unseen,
)
from qdrant_model_migration.steps.routes.new_collection import (
    NewCollection,
    check_settings,
    new_collection_words,
)
from qdrant_model_migration.steps.routes.route import MOST_PASSES, Words
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import plural

_ROWS = 8_192  # that are compared at once


class Load(NewCollection):
    def fits(self, move: Move) -> bool:
        return move.rows is not None

    def words(self, move: Move) -> Words:
        rows = move.points.name
        return new_collection_words(
            move,
            catching_up=(
                f"Nothing: {rows} is read once and does not change. What the application writes to "
                f"{move.source} meanwhile is not in it.",
            ),
            comparing=(f"Compares every row of {rows} with its point, and the settings.",),
            sweep="Sweep: nothing to carry over",
            sweeping=(
                f"Writes to {move.source} since {rows} was made are not carried over. Bring them "
                f"to {move.target} by the way that made {rows}.",
            ),
        )._replace(catch_up="Catch up: nothing is followed")

    def catch_up(self, ctx: StepContext, *, most: int = MOST_PASSES, anew: bool = False) -> int:
        must_be_ours(ctx)
        return 0

    def check(self, ctx: StepContext, sample: int, *, full: bool = False) -> list[Check]:
        return [*_checks(ctx, sample), *check_settings(ctx)]

    def sweep(self, ctx: StepContext, *, anew: bool = False) -> bool:
        ctx.remember("swept", 0)
        ctx.say("sweep", f"Nothing is carried over from {ctx.move.source}.")
        return True

    def left_behind(self, ctx: StepContext, *, anew: bool) -> None:
        return None


class _Task(NamedTuple):
    slice: Slice
    move: Move
    sample: int


class _Rows(NamedTuple):
    """Rows of a slice and their points. See SliceResult for `slice`. sample: see `smallest`."""

    slice: Slice
    points: int
    missing: int
    differ: int
    without: Mapping[str, int]
    sample: Sequence[Chosen]


def compare_rows(task: _Task, worker: Equipment) -> _Rows:
    """Reads, and writes nothing."""
    where, move, most = task
    reading = move.points.read(worker.qdrant, where.start, where.end, (), worker.breathe)
    rows = list(islice(reading, _ROWS))
    if (beyond := next(reading, None)) is not None:
        where = where._replace(end=beyond.place)
    missing = differ = 0
    without: Counter[str] = Counter()
    sample: list[Chosen] = []
    for first in range(0, len(rows), move.load.batch):
        some = rows[first : first + move.load.batch]
        part, own = [one.point for one in some], {one.point.id: one.own for one in some}
        found = worker.qdrant.retrieve(move.target, [point.id for point in part])
        there = {order(point.id): point for point in found}
        for row in part:
            point = there.get(order(row.id))
            if point is None:
                missing += 1
            elif not same_payload(*_compared(row, point, own[row.id])):
                differ += 1
            elif bare := [v.name for v in unseen(move) if not v.origin.wants(row)]:
                without.update(bare)
            else:
                sample.append((mark_of(row, move).hex(), row.id))
    return _Rows(where, len(rows), missing, differ, without, smallest(most, sample))


def _compared(
    row: Point, point: Point, own: frozenset[str] | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What came from the old collection may have changed there since, and is not compared."""
    if own is None:
        return row.payload, point.payload
    ours, theirs = (
        {name: value for name, value in one.payload.items() if name in own} for one in (row, point)
    )
    return ours, theirs


class _Compare(Pass[_Task, _Rows]):
    name: ClassVar[str] = "load_check"

    def __init__(self, ctx: StepContext, sample: int) -> None:
        self.found: Any = [0, 0, 0, {}, []]
        super().__init__(ctx, of=sample)
        self._most = sample

    def work(self) -> Callable[[_Task, Equipment], _Rows]:
        return compare_rows

    def tasks(self, where: Slice) -> Iterator[_Task]:
        yield _Task(where, self.ctx.move, self._most)

    def take(self, task: _Task, result: _Rows) -> None:
        rows, missing, differ, without, sample = self.found
        self.found = [
            rows + result.points,
            missing + result.missing,
            differ + result.differ,
            Counter(without) + Counter(result.without),
            smallest(self._most, [*map(tuple, sample), *result.sample]),
        ]


def _checks(ctx: StepContext, sample: int) -> Iterator[Check]:
    must_be_unchanged(ctx)
    compare = _Compare(ctx, sample)
    compare.carry_out(0)
    rows, missing, differ, without, chosen = compare.found
    here, there = rows - missing, ctx.qdrant.count(ctx.move.target)
    yield Check(
        name="Each row once",
        ok=not missing,
        found=here,
        expected=rows,
        note=are(missing, "missing"),
        todo="Delete the new collection and start again, or ask who else writes into it",
    )
    yield Check(
        name="Payload equal",
        ok=not differ,
        found=here - differ,
        expected=here,
        note=are(differ, "there with another payload: an id stands twice in the file, or somebody "
        "has written to the new collection"),
        todo="Look for ids that stand twice, then make the plan again",
    )  # fmt: skip
    twice = max(0, here - there)
    yield Check(
        name="Points besides",
        ok=None if there <= here else False,
        found=max(0, there - here),
        note=f"{plural(twice, 'row')} more than points: the same stands there twice"
        if twice
        else are(there - here, "there that no row has made"),
        todo="Find out who writes to the new collection",
    )
    yield from check_made(ctx, Sampled([point for _, point in chosen], without, 0))
