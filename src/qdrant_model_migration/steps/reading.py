"""Reading everything once: whether it is still what this run began with, and how long it takes, as
the run has measured it: what gates announce."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from qdrant_model_migration.pipeline.errors import FileChanged
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import duration, plural

_QUICKEST = "_quickest_pass"
_ROWS = "_rows"
ROWS_READ = "_rows_read"
"""How many points the rows of a file make, once all were read."""


def must_be_unchanged(ctx: StepContext) -> None:
    """Raises FileChanged where the rows are not those that this run began to read."""
    now = ctx.move.points.fingerprint()
    if ctx.recall(_ROWS, now) != now:
        raise FileChanged(ctx.move.points.name)
    if now:
        ctx.remember(_ROWS, now)


@contextmanager
def timed_pass(ctx: StepContext) -> Iterator[None]:
    """Around a pass over everything. The quickest counts: others made vectors, or were paused."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    if took < (ctx.recall(_QUICKEST) or float("inf")):
        ctx.remember(_QUICKEST, took)


def announced(ctx: StepContext, collection: str) -> str:
    """ "60,000 points, about 7 s"; the number as the server sums it up, nothing is counted."""
    points = plural(ctx.qdrant.state(collection).points, "point")
    took = ctx.recall(_QUICKEST)
    return points if took is None else f"{points}, about {duration(took)}"
