"""Step: find what changed since it was read, and mend what was made of it."""

from __future__ import annotations

from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.steps.gate import GateKind
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.steps.token_limit import TOKEN_LIMIT, within_limit


class CatchUp(Step):
    """Passes until one finds nothing, at most three."""

    loads: ClassVar[bool] = True
    gates: ClassVar[tuple[GateKind, ...]] = (TOKEN_LIMIT,)
    step: Literal["catch_up"] = "catch_up"

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        words = route_of(move).words(move)
        return StepText(words.catch_up, words.target, words.undo, words.catching_up)

    def apply(self, ctx: StepContext) -> None:
        with within_limit(ctx):
            route_of(ctx.move).catch_up(ctx)
