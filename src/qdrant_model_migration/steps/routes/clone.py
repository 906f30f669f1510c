"""Route: the server itself fills the new collection from a snapshot of the old one, and only new
vectors are written. From then on it is compared and undone as a copy is."""

from __future__ import annotations

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.steps.clone_snapshot import delete_snapshot, must_be_possible
from qdrant_model_migration.steps.readiness import wait_until_restored
from qdrant_model_migration.steps.routes.copy import Copy
from qdrant_model_migration.steps.routes.route import Leftover, Words
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.words import listing


class Clone(Copy):
    def fits(self, move: Move) -> bool:
        return move.cloned

    def words(self, move: Move) -> Words:
        names = listing([f"vector {vector.name}" for vector in move.new_vectors])
        return (
            super()
            .words(move)
            ._replace(
                starts=(
                    f"The server clones {move.source} into {move.target}, which is then given its "
                    f"{names}.",
                    f"{move.source} is only read. Searches go on as before.",
                ),
                inserts=f"gives the points their {names}",
                there="A point that has it already is left untouched.",
                goes_without="goes without and is listed.",
            )
        )

    def must_be_free(self, ctx: StepContext) -> None:
        """And the server can do it: better known now than after an hour. Raises CannotClone."""
        super().must_be_free(ctx)
        must_be_possible(ctx)

    def made(self, ctx: StepContext) -> Leftover | None:
        """The snapshot too, where it still stands."""
        if (found := super().made(ctx)) is None:
            return None

        def delete() -> None:
            wait_until_restored(ctx, ctx.move.target)
            found.delete()
            delete_snapshot(ctx)

        return found._replace(delete=delete)
