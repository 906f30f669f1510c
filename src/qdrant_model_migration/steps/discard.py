"""`qmm discard`: Give a run up and delete the collection that it made."""

from __future__ import annotations

from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.added_step import AddedStep
from qdrant_model_migration.steps.check import is_ours
from qdrant_model_migration.steps.errors import DiscardRefused
from qdrant_model_migration.steps.gate import (
    AskKind,
    Gate,
    GateKind,
    Waiting,
    collection_to,
    typed_collection,
)
from qdrant_model_migration.steps.step import StepContext, StepText

_MADE = collection_to("--delete", "Allow deleting this collection.")
_SURE = AskKind("sure", "tick", "--yes", "Give the run up; it has made no collection.")


class Discard(AddedStep):
    """Only what bears this run's mark goes, and only before the switch. The old one never does."""

    gates: ClassVar[tuple[GateKind, ...]] = (GateKind("discard", (_MADE, _SURE)),)
    order: ClassVar[int] = 40
    manual: ClassVar[str] = """
    Give RUN up: delete the new collection that it made, and nothing else.

    Refuses after the switch, and while an alias points to that collection. Waits until the
    collection's name is typed, or given; where the run has made none, --yes is enough.

    \b
    Example:
      qmm discard docs_minilm-1124 --delete docs_bge
    """

    step: Literal["discard"] = "discard"

    def text(self, move: Move | None) -> StepText:
        return StepText("Discard", "its new collection", "none")

    def apply(self, ctx: StepContext) -> None:
        _must_be_before_the_switch(ctx)
        made = _made(ctx)
        given = ctx.consent("discard")
        if given is None or (made is not None and given.get("collection") != made):
            raise Waiting(_gate(ctx, made) if made is not None else _bare_gate(ctx))
        if made is not None:
            ctx.qdrant.delete_collection(made)
            ctx.say("discard", f"{made} is deleted. {ctx.move.source} is not touched.")
        ctx.remember("discarded", made or "")
        ctx.spend("discard")


def _made(ctx: StepContext) -> str | None:
    """The collection that this run has made, None where there is none or it is another's."""
    if not ctx.has_move:
        return None
    source, target = ctx.move.source, ctx.move.target
    if target == source or not ctx.qdrant.exists(target) or not is_ours(ctx, target):
        return None
    users = [alias for alias, named in ctx.qdrant.aliases().items() if named == target]
    if users:
        raise DiscardRefused(
            ctx.folder.name,
            f"The alias {', '.join(users)} points to {target}, so that is in use.",
            f"Point it back to {source} first, or delete it if it was only for looking.",
        )
    return target


def _must_be_before_the_switch(ctx: StepContext) -> None:
    run = ctx.folder.name
    if ctx.recall("switched"):
        raise DiscardRefused(
            run,
            "It has switched, so the application uses what it made.",
            f"{qmm('rollback', run)} switches back; then {qmm('cleanup', run)} frees the space.",
        )
    if ctx.recall("rolled_back"):
        raise DiscardRefused(
            run,
            "It was rolled back, and writes made after the cutover may stand in the new "
            "collection alone.",
            f"{qmm('cleanup', run)} says so and deletes it.",
        )
    if ctx.recall("kept") is not None:
        raise DiscardRefused(run, "It is done, so there is nothing to give up.", "")
    if ctx.recall("quantization_set"):
        raise DiscardRefused(
            run,
            "It has changed the quantization of a collection, and discarding would leave it so.",
            f"{qmm('resume', run, flags=('--undo',))} sets the old one again.",
        )


def _gate(ctx: StepContext, made: str) -> Gate:
    points = ctx.qdrant.state(made).points
    return Gate(
        name="discard",
        title=f"Discard {ctx.folder.name}: delete {made}, which it made",
        says=(
            f"{points:,} points are deleted. What was embedded for them is lost.",
            f"No alias points to {made}. {ctx.move.source} is not touched and goes on answering.",
            "The run cannot be resumed after this; the same plan can be run anew.",
        ),
        asks=(typed_collection(_MADE, made),),
        button=f"Delete {made}",
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
