"""Step: may this run begin at all? Reads, and tries a write that changes nothing."""

from __future__ import annotations

from pathlib import Path
from shutil import disk_usage
from typing import Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.quality import read_queries
from qdrant_model_migration.steps import borders
from qdrant_model_migration.steps.errors import (
    AliasMoved,
    CannotManage,
    NoRoomForNotes,
    NotReady,
    PlanOutdated,
)
from qdrant_model_migration.steps.mark import note_the_old_one
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.shard_keys import must_have_one_key
from qdrant_model_migration.steps.step import Step, StepContext, StepText
from qdrant_model_migration.survey.fingerprint import changed_since
from qdrant_model_migration.words import plural, size


class Check(Step):
    """`alias` is the alias that must point to `collection`; None where there is none yet. So must
    those that are switched `also`.

    queries: the file of searches that Verify will judge by; better unusable now than after days.
    """

    step: Literal["check"] = "check"
    collection: str
    fingerprint: str
    alias: str | None = None
    also: tuple[str, ...] = ()
    queries: str | None = None

    def text(self, move: Move | None) -> StepText:
        embeds = move is not None and move.embeds
        what = "access and settings" if not move else "access and names"
        return StepText(
            "Check access, names and model" if embeds else f"Check {what}",
            "nothing",
            "not needed",
            (
                f"Reads the settings of {self.collection} again and compares them with the plan.",
                "Asks the server whether the key may write; nothing is written.",
                *(("Looks whether the run folder has room for its notes.",) if move else ()),
                *(("Opens the model and makes one vector.",) if embeds else ()),
                *((f"Reads the searches in {self.queries}.",) if self.queries else ()),
            ),
        )

    def apply(self, ctx: StepContext) -> None:
        if self.queries is not None:
            known = read_queries(Path(self.queries))
            ctx.say("check", f"{plural(len(known.queries), 'search', 'searches')} to judge by.")
        qdrant = ctx.qdrant
        if lacking := qdrant.lacking_rights(self.collection):
            raise CannotManage(lacking)
        config = qdrant.config(self.collection)
        if changed := changed_since(self.fingerprint, config.raw, config.payload_schema):
            raise PlanOutdated(self.collection, changed)
        aliases = qdrant.aliases()
        for alias in (self.alias, *self.also):
            if alias is not None and aliases.get(alias) != self.collection:
                raise AliasMoved(alias, aliases.get(alias), self.collection)
        state = qdrant.state(self.collection)
        if state.deferred:
            raise NotReady(
                self.collection,
                f"{state.deferred:,} points wait for the optimizer and cannot be read before.",
                "Wait until the server is done, or switch prevent_unoptimized off, then resume.",
            )
        if ctx.has_move:
            self._check_room(ctx, state.points)
            self._check_move(ctx)
        ctx.say("check", f"{self.collection}: {state.points:,} points, status {state.status}.")

    def _check_room(self, ctx: StepContext, points: int) -> None:
        needed = borders.room(points)
        free = disk_usage(ctx.folder).free
        if needed > free:
            raise NoRoomForNotes(ctx.folder, size(needed), size(free))
        ctx.say("check", f"The run folder takes up to {size(needed)}; {size(free)} are free.")

    def _check_move(self, ctx: StepContext) -> None:
        route_of(ctx.move).must_be_free(ctx)
        note_the_old_one(ctx)
        for target in ctx.move.vectors:
            if said := target.origin.ready(target.params, ctx, ctx.move.source):
                ctx.say("check", said)
        must_have_one_key(ctx)
