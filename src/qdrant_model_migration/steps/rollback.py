"""Step: switch the alias back to the old collection, and say which writes stay behind."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Literal

from qdrant_model_migration.errors import AliasMoved, NothingToRollBack
from qdrant_model_migration.pipeline.ledger import read_ledger
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import align, scan
from qdrant_model_migration.pipeline.sameness import shares
from qdrant_model_migration.steps.gate import Ask, Gate, Waiting
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.words import plural


class Rollback(Step):
    """Possible as long as the old collection stands."""

    step: Literal["rollback"] = "rollback"

    def text(self, move: Move | None) -> StepText:
        return StepText("Roll back", "the alias", "switch again")

    def apply(self, ctx: StepContext) -> None:
        switched: dict[str, Any] | None = ctx.recall("switched")
        if not switched:
            raise NothingToRollBack("This run has not switched an alias.")
        alias, old, new = switched["alias"], switched["from"], switched["to"]
        points_to = ctx.qdrant.aliases().get(alias)
        if points_to not in (new, old):
            raise AliasMoved(alias, points_to, new)
        if points_to == new:
            if not ctx.qdrant.exists(old):
                raise NothingToRollBack(f"{old} was deleted, so there is no way back.")
            behind = _written_since(ctx, new)
            ctx.remember("left_behind", behind)
            if ctx.consent("rollback") is None:
                raise Waiting(_gate(ctx, alias, old, new, behind))
            ctx.qdrant.switch_alias(alias, old)
        ctx.spend("rollback")
        behind = ctx.recall("left_behind") or {}
        ctx.remember("switched", None)
        ctx.remember(
            "rolled_back",
            {
                "alias": alias,
                "to": old,
                "from": new,
                "at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            },
        )
        ctx.say(
            "rollback",
            f"{alias} answers from {old} again. {_in_words(behind, new)} "
            f"Put the old query model back now{_old_model(ctx)}.",
        )


def _written_since(ctx: StepContext, collection: str) -> dict[str, int]:
    """Points of the new collection that were written after the last catch-up or sweep."""
    counts = {"inserted": 0, "edited": 0, "deleted": 0}
    kept = list(ctx.move.kept)
    reading = scan(ctx.qdrant, collection, vectors=kept or False, between=ctx.breathe)
    for _, (now, before) in align(((p.id, p) for p in reading), read_ledger(ctx.folder)):
        if now is None:
            counts["deleted"] += 1
        elif before is None:
            counts["inserted"] += 1
        else:
            counts["edited"] += not shares(before, now, ctx.move)
    return counts


def _in_words(behind: dict[str, int], collection: str) -> str:
    if not sum(behind.values()):
        return "No write stays behind."
    said = ", ".join(f"{count} {what}" for what, count in behind.items() if count)
    writes = plural(sum(behind.values()), "write")
    return f"Not copied back: {writes} since the cutover, kept in {collection} ({said})."


def _old_model(ctx: StepContext) -> str:
    rows = ctx.recall("application_changes") or []
    named = next((row["old"] for row in rows if row["what"] == "query model"), "not known")
    return "" if named == "not known" else f": {named}"


def _gate(ctx: StepContext, alias: str, old: str, new: str, behind: dict[str, int]) -> Gate:
    return Gate(
        name="rollback",
        title=f"Roll back: switch {alias} back to {old}",
        says=(
            f"Now      {alias} → {new}",
            f"After    {alias} → {old}",
            _in_words(behind, new),
            f"Put the old query model back at the same moment{_old_model(ctx)}. {new} stays.",
        ),
        asks=(
            Ask(
                key="alias",
                kind="typed",
                label=f"Type the alias name to allow it: {alias}",
                expect=alias,
                flag="--cutover",
                named=True,
            ),
        ),
        button=f"Switch {alias} back",
    )
