"""Route: a second collection, beside the present one, which stays in use: the same ids, the new
vectors alone, no payload.

It is made of the present one and follows it, before the switch and after it. The present one is
only read, and nothing takes its place, so it is never left over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from qdrant_model_migration.pipeline.in_slice import BesideLedger, Held, points_in
from qdrant_model_migration.pipeline.ledger import open_ledger, rows_of
from qdrant_model_migration.pipeline.make import unsent, vectors_alone
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import Reading, align
from qdrant_model_migration.pipeline.shard_keys import with_keys
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.quality import Check
from qdrant_model_migration.steps.errors import CleanupRefused, EmptiedBeside
from qdrant_model_migration.steps.mark import must_be_the_old_one
from qdrant_model_migration.steps.readiness import wait_until_readable
from qdrant_model_migration.steps.routes.in_step import (
    Counted,
    InStep,
    Row,
    Written,
    new_names,
    presence,
    without_new,
)
from qdrant_model_migration.steps.routes.made_again import (
    are,
    check_late,
    check_model,
    check_without,
    unseen,
)
from qdrant_model_migration.steps.routes.new_collection import (
    NewCollection,
    check_index,
    new_collection_words,
)
from qdrant_model_migration.steps.routes.route import MOST_PASSES, Leftover, Words
from qdrant_model_migration.steps.shard_keys import carry_keys
from qdrant_model_migration.steps.step import StepContext


class Beside(InStep, NewCollection):
    def fits(self, move: Move) -> bool:
        return not move.payload

    def words(self, move: Move) -> Words:
        source, target = move.source, move.target
        return new_collection_words(
            move,
            catching_up=(
                f"Looks for points of {source} that are new or whose text has changed, and makes "
                f"their vectors in {target} again; those of deleted points go.",
            ),
            comparing=(f"Looks whether each text of {source} has its vectors in {target}.",),
            sweep="Sweep: late writes",
            sweeping=(
                f"Looks once more for texts of {source} that changed before your application wrote "
                "both collections.",
                f"From then on the application writes {target} itself: what it adds, changes and "
                "deletes.",
            ),
        )._replace(
            starts=(
                f"It creates {target} and fills it with the new vectors, without payload.",
                f"{source} is only read and stays in use. Searches go on as before.",
            ),
            inserts="writes them under the same ids, without payload",
            there=f"{source} is only read.",
            goes_without="has no place there and is listed; searches find it as before.",
            dead_letters="These points have no vectors in the second collection: searches find "
            "them as before, and nothing puts them in order.",
        )

    def last_look(self, ctx: StepContext) -> None:
        """Nothing: what is written until the application writes both is the sweep's."""

    def catch_up(self, ctx: StepContext, *, most: int = MOST_PASSES, anew: bool = False) -> int:
        """Raises OldReplaced, EmptiedBeside."""
        self.must_be_ours(ctx)
        must_be_the_old_one(ctx)
        carry_keys(ctx)
        wait_until_readable(ctx, ctx.move.source)  # a hidden point would be taken for a deleted one
        _must_not_be_emptied(ctx)
        return super().catch_up(ctx, most=most, anew=anew)

    def check(self, ctx: StepContext, sample: int, *, full: bool = False) -> list[Check]:
        return _checks(ctx, self, self.counted(ctx, sample))

    def rows(self, task: BesideLedger, worker: Equipment) -> Held[Row]:
        move, where = task.move, task.slice
        here = points_in(where, worker, move.source, move.read_vectors)
        there = points_in(where, worker, move.target, presence(move))
        return Held(where, _joined(align(here, there, rows_of(task.records)), move))

    def read(
        self, move: Move, worker: Equipment, ids: Sequence[PointId], new: Sequence[str]
    ) -> list[Point]:
        here = worker.qdrant.retrieve(move.source, ids, vectors=list(move.read_vectors) or False)
        found = worker.qdrant.retrieve(move.target, ids, payload=False, vectors=list(new))
        there = {point.id: point for point in found}
        return [_as_one(point, there.get(point.id), move) for point in here]

    def write(
        self,
        ctx: StepContext,
        ids: Sequence[PointId],
        read: Sequence[Point],
        made: Sequence[Point],
    ) -> Written:
        """Making them took long, and the application may have written both meanwhile: the source is
        read again first, and what has changed is left. A point is deleted before
        it is written where an upsert would leave something: another key, a vector that goes."""
        move, qdrant = ctx.move, ctx.qdrant
        then = {point.id: mark_of(without_new(point, move), move) for point in read}
        there = {p.id: p for p in qdrant.retrieve(move.target, ids, vectors=presence(move))}
        now = {
            point.id: mark_of(move.made_from(point), move)
            for point in qdrant.retrieve(move.source, ids, vectors=list(move.read_vectors) or False)
        }
        still = [point for point in made if now.get(point.id) == then[point.id]]
        gone = there.keys() - now.keys()
        over = {
            point.id
            for point in still
            if (before := there.get(point.id)) is not None
            and (before.key != point.key or before.vectors.keys() - point.vectors.keys())
        }
        if away := [*gone, *over]:
            qdrant.delete(move.target, away)
        ready = [
            point._replace(payload=there[point.id].payload) if point.id in there else point
            for point in vectors_alone(still)
        ]
        unmade = with_keys(qdrant, move, partial(qdrant.upsert, move.target, ready))
        if stale := unsent(unmade) & there.keys():  # better none than one of another text
            qdrant.delete(move.target, list(stale))
        return Written(unmade, len(gone))

    def stands(self, was: Point, now: Point, made: Point, move: Move) -> bool:
        """Nothing tells whether the application has written both since but its text."""
        there = now.vectors.keys() & new_names(move)
        same = mark_of(without_new(now, move), move) == mark_of(was, move)
        return same and there == made.vectors.keys()

    def doomed(self, ctx: StepContext) -> str:
        """Never the present one, whatever the run remembers."""
        return ctx.move.target

    def leftover(self, ctx: StepContext) -> Leftover | None:
        source, target = ctx.move.source, ctx.move.target
        if ctx.recall("switched"):
            raise CleanupRefused(
                source,
                f"Nothing is left over: {source} finds, and {target} puts in order what it found.",
                f"To do without {target}, roll back first; then clean up deletes it.",
            )
        found = super().leftover(ctx)
        if found is None:
            return None
        assert found.name == target, "the present collection is never left over"
        return found._replace(
            says=(
                f"{ctx.qdrant.state(target).points:,} points are deleted, with the vectors that "
                "were made for them.",
                "The server cannot tell whether anyone still asks it by its own name.",
                f"After this there is no way back but making them again. {source} is not touched "
                "and goes on answering.",
            )
        )


def _as_one(here: Point, there: Point | None, move: Move) -> Point:
    """A point of the source with its vectors of the target."""
    point = move.made_from(here)
    return point._replace(vectors={**point.vectors, **(there.vectors if there else {})})


def _joined(
    rows: Reading[tuple[Point | None, Point | None, bytes | None]], move: Move
) -> Iterator[tuple[PointId, Row]]:
    for point, (here, there, before) in rows:
        now = _as_one(here, there, move) if here is not None else None
        yield point, Row(now, before, left=there is not None)


def _must_not_be_emptied(ctx: StepContext) -> None:
    """Raises EmptiedBeside where the source has so few points that most vectors would be deleted:
    no application does that, and making them took long."""
    move = ctx.move
    with open_ledger(ctx.folder, begin=True) as ledger:
        before = len(ledger)
    here = ctx.qdrant.count(move.source)
    if min(before, ctx.qdrant.count(move.target)) > 2 * here:
        raise EmptiedBeside(move.source, before, here, move.target)


def _checks(ctx: StepContext, route: Beside, counted: Counted) -> list[Check]:
    move, qdrant = ctx.move, ctx.qdrant
    marks: dict[PointId, str] = {point: mark for mark, point in counted.chosen}

    def as_counted(point: Point) -> bool:
        there = point.vectors.keys() & new_names(move)
        return bool(there) and mark_of(without_new(point, move), move).hex() == marks[point.id]

    checks = []
    for target in unseen(move):
        without = counted.without.get(target.name, 0)
        lost, there = counted.lacking.get(target.name, 0), qdrant.count(move.target)
        checks += [
            Check(
                name="Each text is there",
                ok=not lost,
                found=there,
                expected=there + lost,
                note=are(lost, "missing"),
                todo="Resume makes them again",
            ),
            check_model(
                ctx,
                target,
                list(marks),
                as_counted,
                partial(route.read, move, ctx, new=[target.name]),
            ),
            check_without(target, without, 0, "dead letters: found as before, not put in order"),
        ]
    if qdrant.capabilities.settings:
        checks.append(check_index(ctx, move.target))
    return [*checks, *check_late(counted.late)]
