"""Step: delete one vector from all points of the live collection. There is no way back but a
snapshot."""

from __future__ import annotations

from typing import ClassVar, Literal

from qdrant_model_migration import words
from qdrant_model_migration.embedders import MODELS_KEY
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.qdrant import CollectionConfig
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.errors import CannotTakeOut, OtherVectorsChanged
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.readiness import wait_until_indexed
from qdrant_model_migration.steps.refusal import Recall, Refusal
from qdrant_model_migration.steps.step import Step, StepContext, StepText

_TYPED = AskKind(
    "vector", "typed", "--take-out", "Allow deleting this vector for good.", metavar="VECTOR"
)
_BEGAN = "_take_out_began"  # the other vectors of the collection, as they were before


class TakeOutVector(Step):
    """Only for a vector with a name, on a server that can: see capabilities.drop_vector."""

    gates: ClassVar[tuple[GateKind, ...]] = (GateKind("take_out", (_TYPED,), no="No, keep it"),)
    step: Literal["take_out_vector"] = "take_out_vector"
    collection: str
    vector: str

    @classmethod
    def binds(cls, recall: Recall, run: str) -> Refusal | None:
        if recall("taken_out"):
            return Refusal("it is done", "It is done, so there is nothing to give up.")
        if recall(_BEGAN) is None:
            return None
        return Refusal(
            "finish it first",
            "It has begun to delete a vector, which cannot be taken back.",
            f"{qmm('resume', run)} finishes it.",
        )

    def text(self, move: Move | None) -> StepText:
        return StepText(
            f"Delete vector {self.vector} of {self.collection}, YOU DECIDE",
            self.collection,
            "none, but for the snapshot",
            (
                "Waits until you type the vector's name, because the live collection is changed "
                "and nothing brings the vector back.",
                f"Deletes vector {self.vector} from every point. All other vectors and the "
                "payloads stay as they are.",
                "Reads the collection back and waits until the server has nothing left to build.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        qdrant = ctx.qdrant
        if not qdrant.capabilities.drop_vector:
            raise CannotTakeOut(self.collection, self.vector, qdrant.capabilities.version)
        if not ctx.recall("taken_out"):
            self._take_out(ctx)
        wait_until_indexed(ctx, self.collection)

    def _take_out(self, ctx: StepContext) -> None:
        qdrant = ctx.qdrant
        if ctx.consent("take_out") is None:
            raise Waiting(self._gate(ctx))
        if (others := ctx.recall(_BEGAN)) is None:
            others = sorted(_named(qdrant.config(self.collection)) - {self.vector})
            ctx.remember(_BEGAN, others)
        qdrant.drop_vector(self.collection, self.vector)
        config = qdrant.config(self.collection)
        if missing := set(others) - _named(config):
            raise OtherVectorsChanged(self.collection, words.listing(sorted(missing)))
        said = config.metadata.get(MODELS_KEY)
        if isinstance(said, dict) and self.vector in said:
            left = {name: model for name, model in said.items() if name != self.vector}
            qdrant.patch(self.collection, {"metadata": {MODELS_KEY: left}})
        points = qdrant.state(self.collection).points
        ctx.remember("taken_out", {"vector": self.vector, "points": points})
        ctx.spend("take_out")
        ctx.say(
            "take_out",
            f"Vector {self.vector} of {self.collection} is deleted, of "
            f"{words.plural(points, 'point')}.",
        )

    def _gate(self, ctx: StepContext) -> Gate:
        config = ctx.qdrant.config(self.collection)
        stay = [words.vector(name) for name in sorted(_named(config) - {self.vector})]
        points = words.plural(ctx.qdrant.state(self.collection).points, "point")
        saved = (ctx.recall("snapshot") or {}).get("name")
        back = (
            f"The only way back is the snapshot {saved}, under another name and as of then."
            if saved
            else "There is no snapshot, so there is NO way back."
        )
        return Gate(
            name="take_out",
            title=f"Delete vector {self.vector} of {self.collection} for good",
            says=(
                f"It is deleted from {points} while your application uses the collection.",
                "A search or a write that names it fails from then on.",
                back,
                f"Stays: {words.listing(stay)}, and every payload.",
            ),
            asks=(_TYPED.ask(f"Type the vector's name to allow it: {self.vector}", self.vector),),
            button=f"Delete vector {self.vector}",
        )


def _named(config: CollectionConfig) -> set[str]:
    return {*config.vectors(), *config.sparse()}
