"""Route: vectors are added to the points of the collection itself; nothing else of it is written.

There are no two sides. A vector goes only to a point that is still as it was read, so what the
application writes meanwhile is found by the next pass and made again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from qdrant_model_migration.pipeline.in_slice import BesideLedger, Held, points_in
from qdrant_model_migration.pipeline.ledger import rows_of
from qdrant_model_migration.pipeline.make import bare_of, unsent
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import align
from qdrant_model_migration.pipeline.sameness import made_of, same_payload
from qdrant_model_migration.pipeline.worker import Equipment
from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.qdrant.points import THERE
from qdrant_model_migration.quality import Check
from qdrant_model_migration.steps.errors import CleanupRefused
from qdrant_model_migration.steps.mark import vectors_of_run
from qdrant_model_migration.steps.readiness import wait_until_indexed
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
    check_late,
    check_model,
    check_without,
    unseen,
)
from qdrant_model_migration.steps.routes.new_collection import check_index
from qdrant_model_migration.steps.routes.route import Leftover, Words, lacking, unfound
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import listing


class InPlace(InStep):
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
            dead_letters=f"These points go without {lacking(move)}: {unfound(move)}.",
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

    def index(self, ctx: StepContext) -> None:
        self.must_be_ours(ctx)
        wait_until_indexed(ctx, ctx.move.source)

    def check(self, ctx: StepContext, sample: int, *, full: bool = False) -> list[Check]:
        return _checks(ctx, self, self.counted(ctx, sample))

    def rows(self, task: BesideLedger, worker: Equipment) -> Held[Row]:
        move = task.move
        read = (*move.read_vectors, *presence(move))
        now = points_in(task.slice, worker, move.source, read)
        beside = align(now, rows_of(task.records))
        return Held(task.slice, ((point, Row(*row)) for point, row in beside))

    def read(
        self, move: Move, worker: Equipment, ids: Sequence[PointId], new: Sequence[str]
    ) -> list[Point]:
        return worker.qdrant.retrieve(move.source, ids, vectors=(*move.read_vectors, *new))

    def write(
        self,
        ctx: StepContext,
        ids: Sequence[PointId],
        read: Sequence[Point],
        made: Sequence[Point],
    ) -> Written:
        move, qdrant = ctx.move, ctx.qdrant
        unmade = qdrant.set_vectors(move.source, made)
        bare = {point.id: point for point in bare_of(made, unmade)}
        had = {point.id: point.vectors.keys() & new_names(move) for point in read}
        bare |= {point: Point(point, {}, {}) for point in unsent(unmade)}
        stale = [
            point._replace(vectors=dict.fromkeys(gone, THERE))
            for point in made
            if (gone := had[point.id] - bare.get(point.id, point).vectors.keys())
        ]
        qdrant.unset_vectors(move.source, stale)
        return Written(unmade)

    def stands(self, was: Point, now: Point, made: Point, move: Move) -> bool:
        return same_payload(made.payload, now.payload) and all(
            made_of(
                now.vectors.get(new.name),
                made.vectors.get(new.name),
                new.params.get("distance", ""),
                new.params.get("datatype"),
            )
            for new in move.vectors
        )

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


def _checks(ctx: StepContext, route: InPlace, counted: Counted) -> list[Check]:
    move, qdrant = ctx.move, ctx.qdrant
    points = counted.points
    checks = [Check(name="Points looked at", ok=True, found=points, expected=points)]
    marks: dict[PointId, str] = {point: mark for mark, point in counted.chosen}

    def as_counted(point: Point) -> bool:
        if not point.vectors.keys() & new_names(move):
            return False  # written again without it, since it was counted
        return mark_of(without_new(point, move), move).hex() == marks[point.id]

    for target in unseen(move):
        goes_without = counted.without.get(target.name, 0)
        checks.append(
            check_model(
                ctx,
                target,
                list(marks),
                as_counted,
                partial(route.read, move, ctx, new=[target.name]),
            )
        )
        checks.append(check_without(target, goes_without, 0, f"dead letters: {unfound(move)}"))
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
