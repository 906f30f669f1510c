"""Step: change the quantization of the live collection; the server rebuilds it by itself."""

from __future__ import annotations

from typing import Any, Literal

from qdrant_model_migration.errors import SettingNotKept, StillQuantized
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.steps.gate import Ask, Gate, Waiting
from qdrant_model_migration.steps.index import wait_until_indexed
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.survey.collection import quantization_in_words as in_words

DISABLED = "Disabled"


class Requantize(Step):
    """`vector` None: the collection's own setting. `quantization` None: none."""

    step: Literal["requantize"] = "requantize"
    collection: str
    vector: str | None = None
    quantization: dict[str, Any] | None

    def text(self, move: Move | None) -> StepText:
        return StepText(
            f"Quantization: {in_words(self.quantization)}; wait for green",
            self.collection,
            "set the old one again",
            (
                "Waits until you type the collection's name, because the live collection is "
                "changed.",
                "Keeps the old setting, sets the new one, and waits until the server has rebuilt "
                "its segments. Searches work meanwhile and may be slower.",
                "The original vectors stay as they are.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        if ctx.recall("old_quantization") is None:
            ctx.remember(
                "old_quantization",
                {"value": setting(ctx, self.collection, self.vector)},
            )
        if not ctx.recall("quantization_set"):
            # Disabled for one vector means: as the collection has it.
            off_for_one = self.vector is not None and self.quantization is None
            if off_for_one and setting(ctx, self.collection, None):
                raise StillQuantized(self.collection, self.vector or "")
            if ctx.consent("start") is None:
                raise Waiting(self._gate(ctx))
            put(ctx, self.collection, self.vector, self.quantization)
            ctx.remember("quantization_set", True)
            ctx.spend("start")
            ctx.say(
                "requantize",
                f"{self.collection}: quantization {in_words(self.quantization)} is set.",
            )
        wait_until_indexed(ctx, self.collection)

    def _gate(self, ctx: StepContext) -> Gate:
        where = f"the vector {self.vector} of " if self.vector else ""
        old = in_words(ctx.recall("old_quantization")["value"])
        return Gate(
            name="start",
            title=f"Start: change {self.collection} while it is in use",
            says=(
                f"Now      {where}{self.collection}: {old}",
                f"After    {where}{self.collection}: {in_words(self.quantization)}",
                "The server rebuilds its segments one by one. Searches work and may be slower; "
                "room for one more copy of the largest segment is needed.",
                "Nothing is embedded, and the original vectors stay. The old setting can be put "
                "back.",
            ),
            asks=(
                Ask(
                    key="collection",
                    kind="typed",
                    label=f"Type the collection name to allow it: {self.collection}",
                    expect=self.collection,
                    flag="--start",
                    named=True,
                ),
            ),
            button=f"Change {self.collection}",
        )


def setting(ctx: StepContext, collection: str, vector: str | None) -> dict[str, Any] | None:
    """The quantization as the server has it, for the collection or one vector."""
    config = ctx.qdrant.config(collection)
    found = (
        config.raw.get("quantization_config")
        if vector is None
        else config.vectors()[vector].get("quantization_config")
    )
    return dict(found) if found else None


def put(
    ctx: StepContext, collection: str, vector: str | None, quantization: dict[str, Any] | None
) -> None:
    """Set it and read it back. Raises SettingNotKept."""
    body = {"quantization_config": quantization or DISABLED}
    ctx.qdrant.patch(collection, body if vector is None else {"vectors": {vector: body}})
    found = setting(ctx, collection, vector)
    wanted = quantization or {}
    if set(found or {}) != set(wanted) or any(
        (found or {})[kind].get(key) != value
        for kind, parameters in wanted.items()
        for key, value in parameters.items()
    ):
        raise SettingNotKept(collection)
