"""The run's mark on what it has made, in a collection's metadata: all of it, or one vector of it.

A run may lie for weeks, so whoever writes or deletes asks for it first.
"""

from __future__ import annotations

from qdrant_model_migration.qdrant.errors import VectorTaken
from qdrant_model_migration.steps.errors import (
    MadeAnew,
    OldReplaced,
    TargetGone,
    TargetTaken,
    VectorGone,
)
from qdrant_model_migration.steps.step import StepContext

RUN_MARK = "qmm_run"
_VECTOR_MARK = "qmm_vector_run:"
"""With the name of a vector that was added to a collection that stood. The server merges metadata
by key, so runs that mark at the same moment leave each other's."""

DOOMED_BY = "qmm_deleted_by"
"""On a collection that a run is about to delete: one of that name without it was made since."""

_DOOMED = "_deleting"
_MADE_BY = "_old_made_by"
_VECTORS = "_vectors_before"


def is_ours(ctx: StepContext, collection: str) -> bool:
    """Whether this run made the collection."""
    return bool(ctx.qdrant.config(collection).metadata.get(RUN_MARK) == ctx.run_id)


def must_be_ours(ctx: StepContext) -> None:
    """Raises TargetGone where the new collection was deleted, TargetTaken where another stands in
    its place."""
    move = ctx.move
    if not ctx.qdrant.exists(move.target):
        raise TargetGone(move.target, move.source)
    if not is_ours(ctx, move.target):
        raise TargetTaken(move.target)


def note_the_old_one(ctx: StepContext) -> None:
    """Which run has made the old collection, if any has, and its vectors by name; for
    `must_be_the_old_one` and `vectors_since`."""
    config = ctx.qdrant.config(ctx.move.source)
    ctx.remember(_MADE_BY, config.metadata.get(RUN_MARK, ""))
    ctx.remember(_VECTORS, sorted(config.vectors() | config.sparse()))


def vectors_since(ctx: StepContext) -> tuple[str, ...]:
    """Names of vectors that the old collection has got since: the new one is without them."""
    config, before = ctx.qdrant.config(ctx.move.source), ctx.recall(_VECTORS)
    now = {*config.vectors(), *config.sparse()}
    return () if before is None else tuple(sorted(now - {*before}))


def must_be_the_old_one(ctx: StepContext) -> None:
    """Raises OldReplaced where another run has made a collection of the old one's name since,
    MadeAnew where somebody has, after this run deleted it."""
    source, then = ctx.move.source, ctx.recall(_MADE_BY)
    metadata = ctx.qdrant.config(source).metadata
    if then is not None and metadata.get(RUN_MARK, "") != then:
        raise OldReplaced(source, ctx.move.target)
    if ctx.recall(_DOOMED) == source and metadata.get(DOOMED_BY) != ctx.run_id:
        raise MadeAnew(source, ctx.move.target)


def doom_the_old_one(ctx: StepContext) -> None:
    """Say of the old collection that this run deletes it; directly before that."""
    source = ctx.move.source
    ctx.qdrant.patch(source, {"metadata": {DOOMED_BY: ctx.run_id}})
    ctx.remember(_DOOMED, source)


def was_deleted(ctx: StepContext) -> bool:
    """Whether this run has deleted the old collection, though another of its name may stand."""
    source = ctx.move.source
    if ctx.recall(_DOOMED) != source:
        return False
    there = ctx.qdrant.exists(source)
    return not there or ctx.qdrant.config(source).metadata.get(DOOMED_BY) != ctx.run_id


def mark_vectors(ctx: StepContext) -> None:
    """Say of the vectors of this run that they are its own; before they are added."""
    marks = {_VECTOR_MARK + vector.name: ctx.run_id for vector in ctx.move.vectors}
    ctx.qdrant.patch(ctx.move.source, {"metadata": marks})


def vectors_of_run(ctx: StepContext, *, all_of_them: bool = False) -> tuple[str, ...]:
    """Names of the vectors of this run that stand. Raises VectorTaken where one of them is not its
    own; all_of_them: VectorGone where one is missing."""
    collection = ctx.move.source
    config = ctx.qdrant.config(collection)
    there = config.vectors().keys() | config.sparse().keys()
    standing = []
    for vector in ctx.move.vectors:
        marked = config.metadata.get(_VECTOR_MARK + vector.name)
        if vector.name in there and marked != ctx.run_id:
            raise VectorTaken(collection, vector.name)
        if vector.name in there:
            standing.append(vector.name)
        elif all_of_them:
            raise VectorGone(collection, vector.name)
    return tuple(standing)
