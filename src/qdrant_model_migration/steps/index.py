"""Step: everything is in; let the server build what it needs, and wait until it is done."""

from __future__ import annotations

from typing import Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.step import Step, StepContext, StepText


class Index(Step):
    """Restores what was postponed and sets what creation cannot set."""

    step: Literal["index"] = "index"

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        words = route_of(move).words(move)
        return StepText(
            "Build the index, wait for green",
            words.target,
            words.undo,
            (
                *words.finishing,
                "Waits until the server has nothing left to build: an empty queue, status green "
                "and no optimization running or queued, twice in a row.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        if not ctx.qdrant.capabilities.settings:
            ctx.say("index", "An embedded Qdrant builds no index; it compares every vector.")
            return
        route_of(ctx.move).index(ctx)
