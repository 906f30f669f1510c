"""Step: the operator keeps the new quantization or takes it back, having seen both."""

from __future__ import annotations

from typing import Any, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.steps.gate import Ask, Gate, Waiting
from qdrant_model_migration.steps.index import wait_until_indexed
from qdrant_model_migration.steps.requantize import put
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.survey.collection import quantization_in_words as in_words
from qdrant_model_migration.words import size


class KeepOrUndo(Step):
    """Undoing sets the old quantization again; nothing was lost, since the originals stay."""

    step: Literal["keep_or_undo"] = "keep_or_undo"
    collection: str
    vector: str | None = None

    def text(self, move: Move | None) -> StepText:
        return StepText(
            "Keep or undo, YOU DECIDE",
            self.collection,
            "not needed",
            ("Shows search before and after. Waits until you keep the change or undo it.",),
        )

    def apply(self, ctx: StepContext) -> None:
        if ctx.recall("kept") is not None:
            return  # decided and carried out before an interruption
        consent = ctx.consent("keep_or_undo")
        if consent is None:
            raise Waiting(_gate(ctx))
        old = ctx.recall("old_quantization")["value"]
        if consent["choice"] == "undo":
            put(ctx, self.collection, self.vector, old)
            wait_until_indexed(ctx, self.collection)
            ctx.say("undo", f"{self.collection}: quantization {in_words(old)} is set again.")
        ctx.remember("kept", consent["choice"] == "keep")
        ctx.spend("keep_or_undo")


def _gate(ctx: StepContext) -> Gate:
    return Gate(
        name="keep_or_undo",
        title="Keep the new quantization, or undo it?",
        says=(
            _line("Before", ctx.recall("search_before")),
            _line("After", ctx.recall("search_after")),
            "recall@10: how many of the exact answers the usual search finds, with this "
            "collection's own vectors as queries. Undoing rebuilds the segments once more.",
            _told_memory(ctx),
        ),
        asks=(
            Ask(
                key="choice",
                kind="choice",
                label="Keep or undo",
                choices=(("keep", "Keep it"), ("undo", "Undo: set the old one again")),
            ),
        ),
        button="Go on",
    )


def _line(label: str, measured: dict[str, Any] | None) -> str:
    if not measured or measured["milliseconds"] is None:
        return f"{label:<8} not measured"
    recall = "not known" if measured["recall"] is None else f"{measured['recall']:.3f}"
    return f"{label:<8} recall@10 {recall}   {measured['milliseconds']:.0f} ms" + (
        f"   {size(memory[0])} of memory" if (memory := measured.get("memory")) else ""
    )


def _told_memory(ctx: StepContext) -> str:
    if (ctx.recall("search_after") or {}).get("memory"):
        return "Memory is the server's own estimate, without what its disk cache holds."
    return "This server does not tell how much memory a collection takes."
