"""`qmm cleanup`: Delete the old collection, when you type its name."""

from __future__ import annotations

from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.added_step import AddedStep, Ending, Known
from qdrant_model_migration.steps.check import is_ours
from qdrant_model_migration.steps.errors import CleanupRefused
from qdrant_model_migration.steps.gate import (
    Ask,
    AskKind,
    Gate,
    GateKind,
    Waiting,
    collection_to,
    typed_collection,
)
from qdrant_model_migration.steps.reading import announced
from qdrant_model_migration.steps.refusal import Recall, Refusal
from qdrant_model_migration.steps.step import StepContext, StepText
from qdrant_model_migration.steps.sweep import sweep
from qdrant_model_migration.steps.switches import answering
from qdrant_model_migration.words import listing, plural

_ASKED = "_conflicts_asked"  # those that a person was asked about; a pass may find more and break
_DOOMED = collection_to("--delete", "Allow deleting this collection.")
_CONFLICTS = AskKind(
    "conflicts",
    "tick",
    "--drop-conflicts",
    "Delete the other versions of points that changed on both sides.",
)


class Cleanup(AddedStep):
    """After a rollback the collection to delete is the new one, else the old one."""

    gates: ClassVar[tuple[GateKind, ...]] = (
        GateKind("cleanup", (_DOOMED, _CONFLICTS), no="No, keep it"),
    )
    order: ClassVar[int] = 30
    label: ClassVar[str] = "Clean up…"
    does: ClassVar[str] = "to free the space"
    about: ClassVar[str] = "Clean up deletes the old collection, or the new one after a rollback."
    reported: ClassVar[bool] = False  # it waits for some days
    ends: ClassVar[str] = "cleaned up"
    final: ClassVar[bool] = True
    manual: ClassVar[str] = """
    Delete the old collection of RUN for good (after a rollback: the new one).

    Refuses while an alias points to it or the run was not verified. Carries over what was still
    written to it. Waits until the collection's name is typed, or given.

    \b
    Example:
      qmm cleanup docs_minilm-1124 --delete docs_minilm
    """

    step: Literal["cleanup"] = "cleanup"

    @classmethod
    def refused(cls, recall: Recall, run: str) -> Refusal | None:
        if not recall("switched") and not recall("rolled_back"):
            return Refusal(
                "the alias was not switched",
                "This run has not switched, so the application still uses it.",
            )
        if not recall("verdict"):
            return Refusal(
                "it was not verified",
                "This run was never verified.",
                "Verify first, or delete the collection with your own means.",
            )
        if recall("switched") and recall("swept") is None:
            return Refusal(
                "the sweep is not finished",
                "The sweep after the switch is not finished, so late writes may be only there.",
                "Resume the run first, then clean up.",
            )
        return None

    @classmethod
    def listed(cls, run: Known) -> str:
        switched, back = run.facts.get("switched"), run.facts.get("rolled_back") or {}
        if run.state == "done" and switched:
            doomed = switched.get("from", "the old collection")
        elif run.state == "rolled back":
            doomed = back.get("from", "the new collection")
        else:
            return ""
        return f"Then free the space of {doomed}; never by itself"

    @classmethod
    def ending(cls, run: Known) -> Ending:
        gone = run.facts.get("cleaned_up")
        answers, it = answering(run.facts.get), gone or "The collection"
        return Ending(
            title=f"Cleaned up: {gone or 'the old collection'} is deleted",
            now=f"{it} is deleted for good. {answers}.",
            happened=f"{it} was deleted after the run.",
            safe=f"{answers}. {it} is gone.",
            told="The run is over. The report says what was deleted.",
            gone=str(gone or ""),
        )

    def text(self, move: Move | None) -> StepText:
        return StepText("Clean up", "one collection", "none")

    def apply(self, ctx: StepContext) -> None:
        qdrant = ctx.qdrant
        switched, rolled_back = ctx.recall("switched"), ctx.recall("rolled_back")
        move = ctx.move
        doomed, kept = move.source, move.target
        if rolled_back and not switched:
            doomed, kept = kept, doomed
        if refusal := self.refused(ctx.recall, ctx.folder.name):
            give_up = qmm("discard", ctx.folder.name)
            raise CleanupRefused(
                doomed,
                refusal.why,
                refusal.todo
                or f"Finish the cutover first. Or give the run up: {give_up} deletes "
                f"{move.target}, which it made.",
            )
        _must_be_unused(ctx, doomed)
        if not qdrant.exists(kept):
            raise CleanupRefused(
                doomed,
                f"{kept} does not exist, so this would be the last copy.",
                "Find out who deleted it.",
            )
        if qdrant.exists(doomed):
            if doomed == move.target and not is_ours(ctx, doomed):
                raise CleanupRefused(
                    doomed,
                    "It is not the one that this run has made: somebody has made it anew.",
                    "Find out who. If it is of no use, delete it with your own means.",
                )
            if (ctx.consent("cleanup") or {}).get("collection") != doomed:
                ctx.remember(_ASKED, [[point, mark.hex()] for point, mark in ctx.conflicts])
                raise Waiting(_gate(ctx, doomed, kept))
            if doomed == move.source:
                _sweep_once_more(ctx)
            _must_be_unused(ctx, doomed)  # once more: reading it may have taken hours
            qdrant.delete_collection(doomed)
        ctx.spend("cleanup")
        ctx.remember("cleaned_up", doomed)
        ctx.say("cleanup", f"{doomed} is deleted. {kept} is not touched.")


def _sweep_once_more(ctx: StepContext) -> None:
    """What was still written to the old collection, by its own name, is carried over first."""
    old, new = ctx.move.source, ctx.move.target
    allowed = {(point, bytes.fromhex(mark)) for point, mark in ctx.recall(_ASKED, [])}
    clean = sweep(ctx, anew=True)
    if more := ctx.conflicts - allowed:
        ctx.spend("cleanup")
        raise CleanupRefused(
            old,
            f"{plural(len(more), 'more point')} changed on both sides: {new} has another version.",
            "Look at the conflicts in the report. Cleaning up again asks whether the versions in "
            f"{old} may go.",
        )
    if not clean:
        ctx.spend("cleanup")
        raise CleanupRefused(
            old,
            "Somebody writes to it by its own name this moment. What was written so far is in "
            f"{new}.",
            f"Find out who, let them write to {new}, then clean up again.",
        )


def _must_be_unused(ctx: StepContext, doomed: str) -> None:
    users = [name for name, collection in ctx.qdrant.aliases().items() if collection == doomed]
    if users:
        ctx.spend("cleanup")
        raise CleanupRefused(
            doomed,
            f"{listing(users)} still {'points' if len(users) == 1 else 'point'} to it: that "
            "collection is in use.",
            "Switch the alias first.",
        )


def _only_there(ctx: StepContext) -> str:
    """After a rollback: what nothing else has."""
    behind = ctx.recall("left_behind")
    if behind is None:
        return " Writes made after the cutover are only there; they were not counted."
    only = behind["inserted"] + behind["edited"]
    return f" {plural(only, 'write')} made after the cutover would be lost." if only else ""


def _gate(ctx: StepContext, doomed: str, kept: str) -> Gate:
    if doomed == ctx.move.source:
        first = (
            f"It is read once more first ({announced(ctx, doomed)}): what was still written to it "
            f"is carried over to {kept}. While somebody writes to it, nothing is deleted."
        )
    else:
        first = f"{ctx.qdrant.state(doomed).points:,} points are deleted.{_only_there(ctx)}"
    return Gate(
        name="cleanup",
        title=f"Clean up: delete {doomed} for good",
        says=(
            "No alias points to it, and the run was verified.",
            "The server cannot tell whether anyone still reads it by its own name.",
            first,
            "After this there is no way back. Make a snapshot first if you want one. "
            f"{kept} is not touched.",
        ),
        asks=(
            *_conflicts_may_go(ctx, doomed, kept),
            typed_collection(_DOOMED, doomed),
        ),
        button=f"Delete {doomed}",
    )


def _conflicts_may_go(ctx: StepContext, doomed: str, kept: str) -> tuple[Ask, ...]:
    if doomed != ctx.move.source or not (conflicts := ctx.conflicts):
        return ()
    return (
        _CONFLICTS.ask(
            f"{plural(len(conflicts), 'point')} changed on both sides: the "
            f"{'version' if len(conflicts) == 1 else 'versions'} in {doomed} may go, {kept} stays"
        ),
    )
