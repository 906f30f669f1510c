"""When the server is done with a collection: built, and all of it readable. Not a step."""

from __future__ import annotations

import time

from qdrant_model_migration.qdrant import CollectionState
from qdrant_model_migration.steps.errors import OptimizerFailed
from qdrant_model_migration.steps.step import StepContext

POLL_SECONDS = 1.0
QUIET = 2  # readings in a row without work: a PATCH returns before the optimizer starts
LOOKS = 30  # at most; whoever writes to a collection gives the server small work all the time


def wait_until_indexed(ctx: StepContext, collection: str) -> None:
    """Wait until the server has no work left on the collection. Raises OptimizerFailed.

    Green alone is not "indexed", and grey never resolves by waiting: an empty change of the
    optimizer wakes it.
    """
    quiet, began = 0, time.monotonic()
    while quiet < QUIET:
        ctx.breathe()
        state = ctx.qdrant.state(collection)
        if state.status == "red":
            raise OptimizerFailed(collection, state.error or "")
        if state.status == "grey":  # again after each restart of the server
            ctx.qdrant.patch(collection, {"optimizers_config": {}})
        quiet = quiet + 1 if _is_idle(state) else 0
        ctx.progress(int(time.monotonic() - began), None, "seconds")
        if quiet < QUIET:
            ctx.rest(POLL_SECONDS)
    ctx.say(
        "index",
        f"{collection} is green, nothing is left to build: "
        + (
            f"{state.indexed_vectors:,} vectors are in the index."
            if state.indexed_vectors
            else "its parts are so small that the server needs no index for them."
        ),
    )


def is_indexed(ctx: StepContext, collection: str) -> bool:
    """Whether the server has no work left on the collection, at one of some readings."""
    for look in range(LOOKS):
        if look:
            ctx.rest(POLL_SECONDS)
        if _is_idle(ctx.qdrant.state(collection)):
            return True
    return False


def wait_until_readable(ctx: StepContext, collection: str) -> None:
    """Wait until no point is hidden: with prevent_unoptimized a new one is not read at first."""
    while hidden := ctx.qdrant.state(collection).deferred:
        ctx.progress(0, hidden, "hidden points")
        ctx.rest(POLL_SECONDS)


def wait_until_restored(ctx: StepContext, collection: str) -> None:
    """Wait until the server restores no snapshot into it any more: it goes on for one who was
    killed, and would write over what has come since."""
    began = time.monotonic()
    while ctx.qdrant.is_restoring(collection):
        ctx.progress(int(time.monotonic() - began), None, "seconds")
        ctx.rest(POLL_SECONDS)


def _is_idle(state: CollectionState) -> bool:
    """Points that wait to be shown (deferred) count as work: no reading finds them."""
    work = state.queue_length or state.running or state.queued or state.deferred
    return state.status == "green" and not work
