"""The last look before the switch: the same ids on both sides, for those that change often.

Not a step: Cutover uses it. An id that the application makes in the old collection after the last
catch-up and deletes through the new one before the sweep leaves no trace there, and the sweep
would bring it back. So the ids that this run has seen changing are looked at once more, in a few
requests whatever the size of the collection, directly before the alias is switched: what is gone is
deleted, what is new is inserted as it can be without a model. The sweep makes its vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from qdrant_model_migration.pipeline.ledger import open_ledger
from qdrant_model_migration.pipeline.make import make
from qdrant_model_migration.pipeline.marks import mark_of, unfinished
from qdrant_model_migration.pipeline.shard_keys import with_keys
from qdrant_model_migration.qdrant import PointId, order
from qdrant_model_migration.steps.errors import NotWritten
from qdrant_model_migration.steps.step import StepContext

MOST = 2_000
_CHANGING = "_changing"


def changing(ctx: StepContext) -> list[PointId]:
    """The ids that were noted, the newest last."""
    return list(ctx.recall(_CHANGING, []))


def note_changing(ctx: StepContext, points: Sequence[PointId]) -> None:
    """These have changed while the run went on. The newest are kept."""
    if points:
        known = dict.fromkeys(changing(ctx))
        for point in points:
            known.pop(point, None)
            known[point] = None
        ctx.remember(_CHANGING, list(known)[-MOST:])


def last_look(ctx: StepContext) -> None:
    """Only between a catch-up and the switch, when nobody else writes to the new collection. Raises
    NotWritten where a point of the old one would be missing after it."""
    _look(ctx)
    _must_be_written(ctx)


def _look(ctx: StepContext) -> None:
    move, qdrant = ctx.move, ctx.qdrant
    ids = changing(ctx)
    if not ids:
        return
    there = {p.id for p in qdrant.retrieve(move.target, ids, payload=False, vectors=False)}
    now = {
        p.id: p for p in qdrant.retrieve(move.source, ids, vectors=list(move.read_vectors) or False)
    }
    gone = there - now.keys()
    new = [now[point] for point in now.keys() - there]
    if not gone and not new:
        return
    rows: dict[PointId, bytes | None] = dict.fromkeys(gone)
    rows.update((point.id, unfinished(mark_of(point, move))) for point in new)
    with open_ledger(ctx.folder) as ledger:
        ledger.amend(rows)
    if gone:
        qdrant.delete(move.target, list(gone))
    if new:
        made = make(new, move.without_models, ctx).points
        with_keys(qdrant, move, partial(qdrant.insert, move.target, made))


def _must_be_written(ctx: StepContext) -> None:
    """What no request can carry is in the ledger, unfinished, and in the old collection alone."""
    move, qdrant = ctx.move, ctx.qdrant
    with open_ledger(ctx.folder) as ledger:
        left = sorted(ledger.unfinished(), key=order)
    there = {p.id for p in qdrant.retrieve(move.target, left, payload=False)}
    missing = [point for point in left if point not in there]
    if lost := qdrant.retrieve(move.source, missing, payload=False):
        raise NotWritten(move.target, len(lost))
