"""The snapshot that a collection is cloned from: whether it can be, making, restoring and deleting
it. Not a step: the step that clones uses it, and the route.

It is restored into a collection that this run has made and marked before, so that half a clone is
known as its own and nothing of another is ever written over.
"""

from __future__ import annotations

from contextlib import suppress

from qdrant_model_migration.qdrant import Snapshot
from qdrant_model_migration.qdrant.errors import (
    CollectionMissing,
    LimitReached,
    RightMissing,
    RouteUnknown,
    ServerFull,
    ServerRefused,
    SettingRefused,
)
from qdrant_model_migration.steps.errors import CannotClone
from qdrant_model_migration.steps.readiness import wait_until_restored
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import listing, size

_MADE = "_clone_snapshot"
"""The one that stands and is this run's: no other is ever deleted."""
_BEFORE = "_clone_snapshots_before"
_REFUSED = (LimitReached, RightMissing, RouteUnknown, ServerFull, ServerRefused, SettingRefused)


def must_be_possible(ctx: StepContext) -> str:
    """The folder in which the server keeps snapshots. Changes nothing. Raises CannotClone."""
    qdrant, source = ctx.qdrant, ctx.move.source
    if not qdrant.capabilities.clone:
        why = f"The server is {qdrant.capabilities.version}; it can be done from 1.18.1."
        raise CannotClone(source, why)
    if not qdrant.is_alone():
        raise CannotClone(
            source,
            "The server is one of several in a cluster, or does not tell: a snapshot holds only "
            "what one of them has.",
        )
    try:
        return qdrant.snapshots_folder(ctx.move.target)
    except _REFUSED as refused:
        raise CannotClone(source, f"{refused.what} {refused.why}") from refused


def fill_from_snapshot(ctx: StepContext) -> None:
    """All points of the source, as they are now, are in the target. May be repeated before anything
    else is written there. Raises CannotClone; no snapshot is left then."""
    qdrant, move = ctx.qdrant, ctx.move
    folder = must_be_possible(ctx)
    wait_until_restored(ctx, move.target)  # for a session that was killed meanwhile
    try:
        made = _made(ctx)
        ctx.say("clone", f"{move.target} is filled from {made.name}, {size(made.bytes)}.")
        file = f"{folder}/{move.source}/{made.name}"
        qdrant.restore_snapshot(move.target, file, made.checksum)
    except _REFUSED as refused:
        delete_snapshot(ctx)
        raise CannotClone(move.source, f"{refused.what} {refused.why}") from refused


def delete_snapshot(ctx: StepContext) -> None:
    """The one of this run, where it stands."""
    if (made := ctx.recall(_MADE)) is not None:
        with suppress(CollectionMissing):
            ctx.qdrant.delete_snapshot(ctx.move.source, made["name"])
        ctx.remember(_MADE, None)


def _made(ctx: StepContext) -> Snapshot:
    """The one that this run has made, or a new one. What came while a session was killed may be
    anybody's, and is left."""
    source, known = ctx.move.source, ctx.recall(_MADE)
    there = _names(ctx)
    if known is not None and known["name"] in there:
        return Snapshot(**known)
    before = ctx.recall(_BEFORE)
    if before is None:
        before = there
        ctx.remember(_BEFORE, before)
    made = ctx.qdrant.create_snapshot(source)
    ctx.remember(_MADE, made._asdict())
    if since := [name for name in _names(ctx) if name not in (*before, made.name)]:
        ctx.say(
            "clone",
            f"{listing(since)} of {source} came while this run was broken off. It is left: where "
            "nobody else makes snapshots it is of no use, and can be deleted.",
        )
    ctx.remember(_BEFORE, None)
    return made


def _names(ctx: StepContext) -> list[str]:
    return [one.name for one in ctx.qdrant.snapshots(ctx.move.source)]
