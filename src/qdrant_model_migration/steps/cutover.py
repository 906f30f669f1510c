"""Step: switch the alias, after a last catch-up, when the operator has typed its name."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Literal

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.errors import AliasMoved
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.catch_up import catch_up
from qdrant_model_migration.steps.gate import Ask, Gate, Waiting
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.words import plural

WITHOUT_PROOF = "without proof"


class Cutover(Step):
    """One single alias action. `old_model` None: nobody knows which model made the old vectors."""

    step: Literal["cutover"] = "cutover"
    alias: str
    old_model: ModelRef | None = None
    old_vector: str = ""

    def text(self, move: Move | None) -> StepText:
        assert move is not None
        return StepText(
            "Cutover, YOU CONFIRM",
            f"alias {self.alias}",
            "switch back",
            (
                "Waits until you type the alias name. Catches up with the writes made meanwhile.",
                f"Then points {self.alias} to {move.target} in one single action.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        move, qdrant = ctx.move, ctx.qdrant
        old = qdrant.config(move.source).vectors() if qdrant.exists(move.source) else {}
        old_size = old.get(self.old_vector, {}).get("size")
        ctx.remember("application_changes", self._application_changes(move, old_size))
        if qdrant.aliases().get(self.alias) != move.target:
            if ctx.consent("cutover") is None:
                raise Waiting(self._gate(ctx))
            changes = catch_up(ctx)
            if (points_to := qdrant.aliases().get(self.alias)) != move.source:
                ctx.spend("cutover")  # it was given for what stood there then
                raise AliasMoved(self.alias, points_to, move.source)
            ctx.breathe()
            qdrant.switch_alias(self.alias, move.target)
            if (points_to := qdrant.aliases().get(self.alias)) != move.target:
                raise AliasMoved(self.alias, points_to, move.target)
            ctx.say(
                "cutover", f"{plural(changes.total, 'late write')} caught up before the switch."
            )
        ctx.spend("cutover")
        ctx.remember(
            "switched",
            {
                "alias": self.alias,
                "from": move.source,
                "to": move.target,
                "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            },
        )
        ctx.say("cutover", f"{self.alias} now answers from {move.target}.")

    def _gate(self, ctx: StepContext) -> Gate:
        move, verdict = ctx.move, ctx.recall("verdict") or {}
        asks = [
            Ask(
                key="model",
                kind="tick",
                label="The application changes its query model together with the alias"
                if move.embeds
                else "The application cuts its query vectors together with the alias",
                flag="--cutover",
            )
        ]
        if verdict.get("word") != "GO":
            asks.append(
                Ask(
                    key="without_proof",
                    kind="typed",
                    label="Not proved better. Type the words: without proof",
                    expect=WITHOUT_PROOF,
                    flag="--without-proof",
                )
            )
        asks.append(
            Ask(
                key="alias",
                kind="typed",
                label=f"Type the alias name to allow the switch: {self.alias}",
                expect=self.alias,
                flag="--cutover",
                named=True,
            )
        )
        old = self.old_model.label if self.old_model else "model not known"
        new = next((v.model.label for v in move.new_vectors if v.model), "same model")
        return Gate(
            name="cutover",
            title=f"Cutover: switch the alias {self.alias}",
            says=(
                f"Now      {self.alias} → {move.source}   ({old})",
                f"After    {self.alias} → {move.target}   ({new})",
                f"Verdict  {verdict.get('word', 'none')}: {verdict.get('reason', 'not verified')}",
                "Writes made meanwhile are caught up first. "
                f"{move.source} is kept: {qmm('rollback', ctx.folder.name)} switches back.",
            ),
            asks=tuple(asks),
            button=f"Switch {self.alias}",
        )

    def _application_changes(self, move: Move, old_size: int | None) -> list[dict[str, Any]]:
        new = next((v for v in move.new_vectors if v.model), None)
        rows = [{"what": "collection name", "old": self.alias, "new": self.alias}]
        if new is None or new.model is None:
            return rows
        old = self.old_model
        rows.append(
            {
                "what": "query model",
                "old": _with_cut(old) if old else "not known",
                "new": _with_cut(new.model),
            }
        )
        rows.append(
            {
                "what": "query prefix",
                "old": (old.query_prefix if old else "") or "none",
                "new": new.model.query_prefix or "none",
            }
        )
        rows.append(
            {
                "what": "dimensions",
                "old": str(old_size or "not known"),
                "new": str(new.params.get("size", new.model.dimensions)),
            }
        )
        rows.append(
            {
                "what": "using",
                "old": self.old_vector or "not needed: the vector has no name",
                "new": new.name or "not needed: the vector has no name",
            }
        )
        return rows


def _with_cut(model: ModelRef) -> str:
    if model.full_dimensions is None:
        return model.name
    return (
        f"{model.name}, first {model.dimensions} of {model.full_dimensions} values, at length one"
    )
