"""The list of points that are set aside, kept true when some of them are made again. Not a step."""

from __future__ import annotations

from collections.abc import Iterable

from qdrant_model_migration.pipeline.origins import DeadLetter
from qdrant_model_migration.qdrant import PointId
from qdrant_model_migration.steps.step import StepContext

LEFT_OUT = "row left out: "
"""Before the reason of a row of a file that is no point: it is in no collection."""


def list_dead(ctx: StepContext, made: Iterable[PointId], dead: Iterable[DeadLetter]) -> None:
    """Of these that were made again, only the `dead` are on the list from now on."""
    letters = list(dead)
    ctx.revive(set(made) - {letter.point for letter in letters})
    for letter in letters:
        ctx.dead_letter(letter.point, letter.reason, letter.held)
