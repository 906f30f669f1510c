"""Step: the operator keeps the new quantization or takes it back, having seen both."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.qdrant.quantization import quantizations
from qdrant_model_migration.quality import rescoring
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.probe_search import NEIGHBOURS, PROVES_NOTHING
from qdrant_model_migration.steps.readiness import wait_until_indexed
from qdrant_model_migration.steps.refusal import Recall, Refusal
from qdrant_model_migration.steps.requantize import in_force_lines, old_settings, set_quantization
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.words import size

_CHOICE = AskKind(
    "choice",
    "choice",
    choices=(
        ("keep", "Keep it", "Keep the new quantization."),
        ("undo", "Undo: set the old one again", "Set the old quantization again."),
    ),
)


class KeepOrUndo(Step):
    """Undoing sets what stood where before; nothing was lost, since the originals stay."""

    gates: ClassVar[tuple[GateKind, ...]] = (GateKind("keep_or_undo", (_CHOICE,)),)
    step: Literal["keep_or_undo"] = "keep_or_undo"
    collection: str
    vector: str | None = None

    @classmethod
    def binds(cls, recall: Recall, run: str) -> Refusal | None:
        if recall("kept") is None:
            return None
        return Refusal("it is done", "It is done, so there is nothing to give up.")

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
            raise Waiting(self._gate(ctx))
        if consent["choice"] == "undo":
            set_quantization(ctx, self.collection, old_settings(ctx, self.vector))
            wait_until_indexed(ctx, self.collection)
            ctx.say("undo", "; ".join(self._in_force(ctx, f"{self.collection}:")))
        ctx.remember("kept", consent["choice"] == "keep")
        ctx.spend("keep_or_undo")

    def _in_force(self, ctx: StepContext, label: str) -> tuple[str, ...]:
        now = quantizations(ctx.qdrant.config(self.collection))
        return in_force_lines(label, now, now.meant(self.vector))

    def _gate(self, ctx: StepContext) -> Gate:
        before, after = ctx.recall("search_before"), ctx.recall("search_after")
        return Gate(
            name="keep_or_undo",
            title=f"Keep or undo: the new quantization of {self.collection}",
            says=(
                *self._in_force(ctx, "In force"),
                _line("Before", before),
                _line("After", after),
                *_tried(after),
                *_worth(before, after),
                "Undoing rebuilds the segments once more. " + _told_memory(after),
            ),
            asks=(_CHOICE.ask("Keep or undo"),),
            button="Go on",
        )


def _line(label: str, measured: dict[str, Any] | None) -> str:
    if not measured or measured["milliseconds"] is None:
        return f"{label:<8} not measured"
    recall = "not known" if measured["recall"] is None else f"{measured['recall']:.3f}"
    lowest = f" ({measured['lowest']}, the lowest)" if measured.get("lowest") else ""
    said = f"   with {rescoring.in_words(own)}" if (own := measured.get("params")) else ""
    return f"{label:<8} recall@10 {recall}{lowest}   {measured['milliseconds']:.0f} ms{said}" + (
        f"   {size(memory[0])} of memory" if (memory := measured.get("memory")) else ""
    )


def _tried(after: dict[str, Any] | None) -> tuple[str, ...]:
    """What other search params find after the change, and which the application should set."""
    tried = (after or {}).get("tried") or ()
    advice = (after or {}).get("advice")
    return (
        *(f"  with {rescoring.line_of(one)}" for one in tried),
        *((advice,) if advice else ()),
    )


def _worth(before: dict[str, Any] | None, after: dict[str, Any] | None) -> tuple[str, ...]:
    """What the recall says, and what it does not."""
    told = [measured for measured in (before, after) if measured and measured["recall"] is not None]
    if not told:
        return ()
    reasons = dict.fromkeys(m["proves_nothing"] for m in told if m.get("proves_nothing"))
    return (NEIGHBOURS, *(f"{PROVES_NOTHING}: {reason}." for reason in reasons))


def _told_memory(after: dict[str, Any] | None) -> str:
    if (after or {}).get("memory"):
        return "Memory is the server's own estimate, without what its disk cache holds."
    return "This server does not tell how much memory a collection takes."
