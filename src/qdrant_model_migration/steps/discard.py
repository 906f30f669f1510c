"""`qmm discard`: Give a run up and delete the collection that it made."""

from __future__ import annotations

from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.steps.added_step import AddedStep, Ending, Known
from qdrant_model_migration.steps.errors import DiscardRefused
from qdrant_model_migration.steps.gate import (
    AskKind,
    Gate,
    GateKind,
    Waiting,
    collection_to,
    typed_collection,
)
from qdrant_model_migration.steps.refusal import Recall, Refusal
from qdrant_model_migration.steps.registry import step_kinds
from qdrant_model_migration.steps.routes import Leftover, route_of
from qdrant_model_migration.steps.step import StepContext, StepText
from qdrant_model_migration.steps.switch import MAY_BE_SWITCHED

_MADE = collection_to("--delete", "Allow deleting this collection.")
_SURE = AskKind("sure", "tick", "--yes", "Give the run up; it has made no collection.")
_CHANGE_BACK = (
    "You were asked to change the application. If you have, change it back first: what it writes "
    "there is lost, too."
)


class Discard(AddedStep):
    """Only what bears this run's mark goes, and only before the switch. The old one never does."""

    gates: ClassVar[tuple[GateKind, ...]] = (GateKind("discard", (_MADE, _SURE), no="No, keep it"),)
    order: ClassVar[int] = 40
    label: ClassVar[str] = "Discard…"
    does: ClassVar[str] = "to give the run up"
    about: ClassVar[str] = "Discard gives a run up before the switch and deletes what it made."
    unfinished: ClassVar[bool] = True
    ends: ClassVar[str] = "discarded"
    final: ClassVar[bool] = True
    manual: ClassVar[str] = """
    Give RUN up: delete the new collection that it made, and nothing else.

    Refuses after the switch, and while an alias points to that collection. Waits until the
    collection's name is typed, or given; where the run has made none, --yes is enough.

    \b
    Example:
      qmm discard docs_minilm-1124 --delete docs_bge
    """

    step: Literal["discard"] = "discard"

    @classmethod
    def refused(cls, recall: Recall, run: str) -> Refusal | None:
        refusals = (kind.binds(recall, run) for kind in step_kinds())
        return next((refusal for refusal in refusals if refusal is not None), None)

    @classmethod
    def listed(cls, run: Known) -> str:
        return "Or give the run up: what it made is deleted" if run.at_verdict else ""

    @classmethod
    def ending(cls, run: Known) -> Ending:
        made = str(run.facts.get("discarded") or "")
        how = f"{made} is deleted; nothing else was changed." if made else "Nothing was changed."
        return Ending(
            title=f"Discarded: {f'{made} is deleted' if made else 'it had made no collection'}",
            now=how,
            happened=f"The run was given up before the switch. {how}",
            safe="Everything old.",
            told="The run was given up. The report says how things stand.",
            gone=made,
            given_up=True,
        )

    def text(self, move: Move | None) -> StepText:
        return StepText("Discard", "its new collection", "none")

    def apply(self, ctx: StepContext) -> None:
        if refusal := self.refused(ctx.recall, ctx.folder.name):
            raise DiscardRefused(ctx.folder.name, refusal.why, refusal.todo)
        made = route_of(ctx.move).made(ctx) if ctx.has_move else None
        given = ctx.consent("discard")
        if given is None or (made is not None and given.get("collection") != made.name):
            raise Waiting(_gate(ctx, made) if made is not None else _bare_gate(ctx))
        if made is not None:
            made.delete()
            ctx.say("discard", made.told)
        # Nothing is there any more where a kill came between the deletion and this.
        ctx.remember("discarded", made.what if made is not None else given.get("collection", ""))
        ctx.spend("discard")


def _gate(ctx: StepContext, made: Leftover) -> Gate:
    return Gate(
        name="discard",
        title=f"Discard {ctx.folder.name}: delete {made.what}, which it made",
        says=(
            *made.says,
            *(one.row for one in ctx.sisters()),
            *((_CHANGE_BACK,) if ctx.recall(MAY_BE_SWITCHED) else ()),
            "The run cannot be resumed after this; the same plan can be run anew.",
        ),
        asks=(typed_collection(_MADE, made.name),),
        button=f"Delete {made.what}",
    )


def _bare_gate(ctx: StepContext) -> Gate:
    return Gate(
        name="discard",
        title=f"Discard {ctx.folder.name}, which has made no collection",
        says=(
            "Nothing on the server is changed by this.",
            "The run cannot be resumed after this; the same plan can be run anew.",
        ),
        asks=(_SURE.ask("Give this run up"),),
        button="Discard",
    )
