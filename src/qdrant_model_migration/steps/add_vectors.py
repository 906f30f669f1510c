"""Step: add the new vectors to the collection as it stands; no point has one yet."""

from __future__ import annotations

from typing import Any, Literal

from qdrant_model_migration.embedders import MODELS_KEY, said_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.qdrant import CollectionConfig
from qdrant_model_migration.steps.errors import CannotAddVector
from qdrant_model_migration.steps.mark import mark_vectors, vectors_of_run
from qdrant_model_migration.steps.new_vectors import add_vectors
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.words import listing


class AddVectors(Step):
    """They bear the run's mark in the collection's metadata, and the names of their models."""

    step: Literal["add_vectors"] = "add_vectors"

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        words = route_of(move).words(move)
        sizes = [f"{v.name} {v.params.get('size', v.kind)}" for v in move.vectors]
        return StepText(
            f"Add to {move.source}: {listing(sizes)}",
            words.target,
            words.undo,
            (
                f"Every point of {move.source} stays as it is; none has the new vector yet.",
                "Tuning is set before the first one is written.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        move, qdrant = ctx.move, ctx.qdrant
        if not qdrant.capabilities.add_vector:
            raise CannotAddVector(move.source, qdrant.capabilities.version)
        standing = vectors_of_run(ctx)
        mark_vectors(ctx)
        add_vectors(ctx, move.source, move.vectors, standing)
        qdrant.patch(move.source, {"metadata": _made_by(move, qdrant.config(move.source))})


def _made_by(move: Move, config: CollectionConfig) -> dict[str, Any]:
    """Which model made which vector; what was said of all of them is said of each that stood."""
    before = {
        name: said
        for name in (*config.vectors(), *config.sparse())
        if (said := said_of(config.metadata, name))
    }
    mine = {v.name: v.origin.metadata for v in move.vectors if v.origin.metadata}
    return {MODELS_KEY: {**before, **mine}}
