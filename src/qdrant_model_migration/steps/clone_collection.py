"""Step: the server copies the collection itself, from a snapshot; new vectors are then added."""

from __future__ import annotations

from typing import Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.steps.clone_snapshot import delete_snapshot, fill_from_snapshot
from qdrant_model_migration.steps.create_collection import make_collection, must_be_as_asked
from qdrant_model_migration.steps.new_vectors import add_vectors
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.words import listing

_CLONED = "_cloned"


class CloneCollection(Step):
    """No point has a new vector yet; what is written to the old one meanwhile is caught up."""

    step: Literal["clone_collection"] = "clone_collection"

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        new = listing([f"{v.name} {v.params.get('size', v.kind)}" for v in move.new_vectors])
        return StepText(
            f"Clone {move.source} into {move.target}, add {new}",
            "new collection",
            "delete it",
            (
                f"Creates {move.target} with the settings of {move.source}, its payload indexes "
                "and its metadata, and reads everything back.",
                f"The server writes {move.source} into a snapshot and fills {move.target} from it: "
                "payloads and stored vectors do not leave it for that. Then the file is deleted.",
                f"{move.target} keeps every vector of {move.source}. One that nobody searches any "
                "more is taken out by a plan of its own (Drop vector).",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        move, qdrant = ctx.move, ctx.qdrant
        make_collection(ctx, [v for v in move.vectors if v.name in move.kept])
        if not ctx.recall(_CLONED):
            fill_from_snapshot(ctx)
            ctx.remember(_CLONED, True)
            points = qdrant.count(move.target)
            ctx.say("clone", f"{move.target} has {points:,} points of {move.source}.")
        delete_snapshot(ctx)
        config = qdrant.config(move.target)
        add_vectors(ctx, move.target, move.new_vectors, {**config.vectors(), **config.sparse()})
        must_be_as_asked(ctx)
