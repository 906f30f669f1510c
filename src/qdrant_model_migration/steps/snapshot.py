"""Step: a snapshot of the collection, before anything of it is changed."""

from __future__ import annotations

from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.qdrant import Snapshot as Made
from qdrant_model_migration.qdrant.errors import (
    LimitReached,
    RightMissing,
    ServerFull,
    ServerRefused,
)
from qdrant_model_migration.steps.gate import AskKind, Gate, GateKind, Waiting
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.words import size

_BEFORE = "_snapshots_before"
_WITHOUT = AskKind(
    "without_snapshot", "tick", "--without-snapshot", "Go on although no snapshot can be made."
)


class Snapshot(Step):
    """Where the server cannot make one, a person decides whether to go on without it."""

    gates: ClassVar[tuple[GateKind, ...]] = (GateKind("snapshot", (_WITHOUT,)),)
    step: Literal["snapshot"] = "snapshot"
    collection: str

    def text(self, move: Move | None) -> StepText:
        return StepText(
            f"Snapshot of {self.collection}",
            "a file on the server",
            "delete the file",
            (
                f"The server writes {self.collection} into a file, as it is before it is changed.",
                "It can be restored under another name; what is written afterwards is not in it.",
                "Where the server has no room for it, or your key no right, you decide whether to "
                "go on without.",
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        if ctx.recall("snapshot") is not None:
            return
        try:
            made = self._made(ctx)
        except (LimitReached, RightMissing, ServerFull, ServerRefused) as refused:
            if ctx.consent("snapshot") is None:
                raise Waiting(self._gate(ctx, f"{refused.what} {refused.why}")) from refused
            ctx.spend("snapshot")
            ctx.remember("snapshot", {"name": None})
            ctx.say("snapshot", f"There is no snapshot of {self.collection}: {refused.what}")
            return
        ctx.remember("snapshot", {"name": made.name, "bytes": made.bytes})
        ctx.say("snapshot", f"{made.name} is written: {size(made.bytes)}.")

    def _made(self, ctx: StepContext) -> Made:
        """One that has come since this step began is ours: a kill lay between."""
        there, before = ctx.qdrant.snapshots(self.collection), ctx.recall(_BEFORE)
        if before is None:
            ctx.remember(_BEFORE, [one.name for one in there])
        elif new := [one for one in there if one.name not in before]:
            return new[-1]
        return ctx.qdrant.create_snapshot(self.collection)

    def _gate(self, ctx: StepContext, why: str) -> Gate:
        return Gate(
            name="snapshot",
            title=f"No snapshot of {self.collection} can be made",
            says=(
                why,
                "Nothing of the collection is changed yet. Make room, or give the key its right, "
                "and resume: it is tried again.",
                f"Without a snapshot {self.collection} cannot be restored as it is now. "
                + _done_to_it(ctx),
            ),
            asks=(_WITHOUT.ask("Go on without a snapshot"),),
            button="Go on without",
        )


def _done_to_it(ctx: StepContext) -> str:
    if not ctx.has_move:
        return "The run deletes a vector of it."
    return "The run only adds to it." if ctx.move.in_place else "The run deletes it."
