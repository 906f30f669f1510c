"""The list of points that are set aside, kept true when some of them are made again. Not a step."""

from __future__ import annotations

from collections.abc import Iterable

from qdrant_model_migration.pipeline.make import TOO_LARGE
from qdrant_model_migration.pipeline.origins import DeadLetter
from qdrant_model_migration.qdrant import PointId
from qdrant_model_migration.steps.step import StepContext

LEFT_OUT = "row left out: "
"""Before the reason of a row of a file that is no point: it is in no collection."""


RAISE_IT = (
    "raise its limit (MAX_REQUEST_SIZE_MB of the server, client_max_body_size of nginx), then "
    "resume"
)
"""What to do about points that are too large for one request."""


def kind_of(reason: str) -> str:
    """What became of it: a row "left_out", a point "not_written", or "bare", without a vector."""
    if reason.startswith(LEFT_OUT):
        return "left_out"
    return "not_written" if TOO_LARGE in reason else "bare"


def list_dead(ctx: StepContext, made: Iterable[PointId], dead: Iterable[DeadLetter]) -> None:
    """Of these that were made again, only the `dead` are on the list from now on."""
    letters = list(dead)
    ctx.revive(set(made) - {letter.point for letter in letters})
    for letter in letters:
        ctx.dead_letter(letter.point, letter.reason, letter.held)
