"""Step: give the application a name that can be switched, and wait until it uses it."""

from __future__ import annotations

from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.steps.errors import AliasMoved
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.step import Step, StepContext, StepText

_ADOPTED = AskKind("uses", "tick", "--adopted", "The application uses the alias now.")


class AdoptAlias(Step):
    """Creates `alias` on the old collection. An alias cannot carry the name of a collection."""

    gates: ClassVar[tuple[GateKind, ...]] = (GateKind("adopt_alias", (_ADOPTED,)),)
    step: Literal["adopt_alias"] = "adopt_alias"
    alias: str
    collection: str

    def text(self, move: Move | None) -> StepText:
        return StepText(
            f"Alias {self.alias}, your application uses it",
            f"alias {self.alias}",
            "delete the alias",
            (
                f"Creates the alias {self.alias}; it answers from {self.collection}.",
                "Waits until you say that your application uses the alias.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        points_to = ctx.qdrant.aliases().get(self.alias)
        if points_to is None:
            ctx.qdrant.switch_alias(self.alias, self.collection)
            ctx.say("alias", f"{self.alias} now answers from {self.collection}.")
        elif points_to != self.collection:
            raise AliasMoved(self.alias, points_to, self.collection)
        if ctx.consent("adopt_alias") is None:
            raise Waiting(
                Gate(
                    name="adopt_alias",
                    title=f"Let your application use the alias {self.alias}",
                    says=(
                        "Your application uses the collection's own name, and an alias cannot "
                        "carry the name of a collection.",
                        f"Change its collection name from {self.collection} to {self.alias}. "
                        f"{self.alias} answers from {self.collection} from now on, so nothing "
                        "else changes.",
                        "The run uses nothing while it waits.",
                    ),
                    asks=(
                        _ADOPTED.ask(
                            f"The application searches and writes through {self.alias} now"
                        ),
                    ),
                    button="Go on",
                )
            )
        ctx.spend("adopt_alias")
