"""Step: give the application a name that can be switched, and wait until it uses it."""

from __future__ import annotations

from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.errors import AliasMoved
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.survey.integrations import Integration, named, titles, untold
from qdrant_model_migration.survey.starting import starts
from qdrant_model_migration.words import listing

_ADOPTED = AskKind("uses", "tick", "--adopted", "The application uses the alias now.")


class AdoptAlias(Step):
    """Creates `alias` on the old collection. An alias cannot carry the name of a collection.

    written_by: the products that probably use it, by name.
    """

    gates: ClassVar[tuple[GateKind, ...]] = (GateKind("adopt_alias", (_ADOPTED,)),)
    step: Literal["adopt_alias"] = "adopt_alias"
    alias: str
    collection: str
    written_by: tuple[str, ...] = ()

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
                        *self._where(),
                        *self._foretold(ctx),
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

    def _where(self) -> tuple[str, ...]:
        """Where the name stands, in each product that finds it by an alias."""
        return tuple(
            f"In {one.title}: {one.settings.collection}."
            for one in named(self.written_by)
            if one.sees_alias and one.settings.collection
        )

    def _foretold(self, ctx: StepContext) -> tuple[str, ...]:
        """What becomes of each product when it starts with the alias."""
        said, lost = starts(ctx.qdrant, self.alias, self.written_by)
        if deaf := untold(self.written_by):
            names = titles([one.name for one in deaf])
            said += (f"{names} can be told no name, so it never asks for {self.alias}.",)
        if not lost and not deaf:
            return said
        ways = dict.fromkeys(filter(None, (self._instead(one) for one in (*lost, *deaf))))
        again = f"; plan again and answer at question Name that it {listing([*ways], 'or')}"
        return (
            *said,
            f"If that is your application: {qmm('discard', ctx.folder.name)} gives this run up"
            f"{again if ways else ''}.",
        )

    def _instead(self, one: Integration) -> str:
        """The answer at question Name that leads it there; "" where none does."""
        if one.names != "fixed":
            return '"changes the name itself"'
        return f'"can use no other name than {self.collection}"' if one.sees_alias else ""
