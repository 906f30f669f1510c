"""`qmm cleanup`: Delete the old collection, when you type its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps.added_step import AddedStep, Ending, Known
from qdrant_model_migration.steps.bridge import Bridge, is_open
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
from qdrant_model_migration.steps.refusal import Recall, Refusal
from qdrant_model_migration.steps.routes import Leftover, route_of, routes
from qdrant_model_migration.steps.sisters import Sister
from qdrant_model_migration.steps.step import StepContext, StepText
from qdrant_model_migration.steps.switches import answering

_DOOMED = collection_to("--delete", "Allow deleting this collection.")
_WITHOUT = AskKind(
    "without",
    "tick",
    "--without",
    "Delete although this collection, which was to switch with it, has not.",
    "COLLECTION",
    many=True,
)
_ASKED_BY_ROUTES = tuple(kind for route in routes() for kind in route.asks)


class Cleanup(AddedStep):
    """After a rollback the collection to delete is the new one, else the old one."""

    gates: ClassVar[tuple[GateKind, ...]] = (
        GateKind(
            "cleanup",
            (_DOOMED, *(kind for r in routes() for kind in r.asks), _WITHOUT),
            no="No, keep it",
        ),
    )
    order: ClassVar[int] = 30
    label: ClassVar[str] = "Clean up…"
    does: ClassVar[str] = "to free the space"
    about: ClassVar[str] = "Clean up deletes the old collection, or the new one after a rollback."
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
        if (switched := recall("switched")) and switched.get("from") == switched.get("to"):
            stays = switched.get("from")
            return Refusal(
                "nothing is left over",
                f"Nothing took the place of {stays}, which stays in use: nothing is left over.",
                f"{qmm('rollback', run)} first takes back what the application uses of this run.",
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
        if is_open(recall):
            return Refusal(
                "proper vectors are still to be made",
                "Calculated vectors are still being replaced by proper ones, and cleaning up ends "
                "the run.",
                f"{qmm('resume', run)} goes on; {qmm('bridge', run)} ends it as it stands.",
            )
        return None

    @classmethod
    def listed(cls, run: Known) -> str:
        switched, back = run.facts.get("switched"), run.facts.get("rolled_back") or {}
        last = switched if run.state == "done" else back if run.state == "rolled back" else None
        if run.state == "rolled back" and (second := back.get("second")):
            return f"Then free the space of {second}; never by itself"
        if not last or last.get("from") == last.get("to"):  # nothing was copied
            return ""
        doomed = last.get("from", "the old collection")
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
        move = ctx.move
        if refusal := self.refused(ctx.recall, ctx.folder.name):
            give_up = qmm("discard", ctx.folder.name)
            raise CleanupRefused(
                route_of(move).doomed(ctx),
                refusal.why,
                refusal.todo
                or f"Finish the cutover first. Or give the run up: {give_up} deletes "
                f"{route_of(move).words(move).made}, which it made.",
            )
        if ctx.recall("switched") and (late := _on_the_way(ctx)):
            raise CleanupRefused(
                route_of(move).doomed(ctx),
                f"{late.collection} switches together with it, and has not switched: {late.says}.",
                f"Until it has, this one may have to go back with it. Next: {late.todo}",
            )
        try:
            found = route_of(move).leftover(ctx)
            if found is not None:
                given, apart = ctx.consent("cleanup") or {}, _asks_of_others(ctx)
                if given.get("collection") != found.name or any(a.key not in given for a in apart):
                    raise Waiting(_gate(found, ctx.sisters(), apart))
                found.before()
                Bridge.follow(ctx)
                found.delete()
        except CleanupRefused:
            ctx.spend("cleanup")  # it was given for how things stood then
            raise
        ctx.spend("cleanup")
        ctx.remember("cleaned_up", found.what if found is not None else route_of(move).doomed(ctx))
        if found is not None:
            ctx.say("cleanup", found.told)


def _on_the_way(ctx: StepContext) -> Sister | None:
    """One that switches at the same moment, and has not switched."""
    late = (one for one in ctx.sisters() if one.stands in ("before", "there"))
    return next(late, None)


def _asks_of_others(ctx: StepContext) -> list[Ask]:
    """One for each that is not going to switch any more, and is searched by the model before."""
    apart = [one.collection for one in ctx.sisters() if one.stands in ("none", "over")]
    return [
        _WITHOUT._replace(key=f"without {name}").ask(
            f"{name} was to switch with it, and has not. Without the old collection, this one "
            "cannot go back to the model that it is searched by",
            name,
        )
        for name in (apart if ctx.recall("switched") else ())
    ]


def _gate(found: Leftover, sisters: Sequence[Sister], apart: Sequence[Ask]) -> Gate:
    return Gate(
        name="cleanup",
        title=f"Clean up: delete {found.what} for good",
        says=(*found.says, *(one.row for one in sisters)),
        asks=(*found.asks, *apart, typed_collection(_DOOMED, found.name)),
        button=f"Delete {found.what}",
    )
