"""Step: after the switch, see to what was still written in the way of before."""

from __future__ import annotations

from typing import Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.step import Step, StepContext, StepText


class Sweep(Step):
    """Never overwrites what the application has written since."""

    step: Literal["sweep"] = "sweep"

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        words = route_of(move).words(move)
        return StepText(words.sweep, words.target, "not needed", words.sweeping)

    def apply(self, ctx: StepContext) -> None:
        route_of(ctx.move).sweep(ctx)
