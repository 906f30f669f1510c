"""Switch: the old collection is deleted, and its name becomes an alias of the new one.

The one way there is for an application that can use no other name: an alias cannot carry the name
of a collection that stands. It cannot be taken back, and searches fail while it happens.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.qdrant.errors import NameTaken
from qdrant_model_migration.quality import Side
from qdrant_model_migration.steps.errors import (
    MadeAnew,
    NameElsewhere,
    NewShrunk,
    OldShrunk,
    StillWritten,
)
from qdrant_model_migration.steps.gate import Ask
from qdrant_model_migration.steps.mark import doom_the_old_one, is_ours, must_be_the_old_one
from qdrant_model_migration.steps.reading import ROWS_READ
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.steps.switch import NAME, InWords, State, Switch


class TakesName(Switch):
    """`name`: of the old collection, and of the alias afterwards."""

    ends_old: ClassVar[bool] = True
    how: Literal["takes_name"] = "takes_name"
    name: str

    def names(self, before: Side, after: Side) -> tuple[str, str]:
        return self.name, self.name

    def text(self, move: Move) -> InWords:
        return InWords(
            f"{self.name}, which is DELETED",
            "none: the snapshot, if one was made",
            (
                "Waits until your application is stopped and you type the name of the old "
                "collection. Catches up with the writes made meanwhile.",
                "Looks once more whether anybody still writes: then nothing is deleted.",
                f"DELETES {self.name} and makes {self.name} an alias of {move.target}. Between the "
                "two, searches find nothing.",
                "There is no way back: what is deleted is gone, but for a snapshot.",
            ),
        )

    def state(self, ctx: StepContext, old: Side, new: Side) -> State:
        behind = ctx.qdrant.aliases().get(self.name)
        if behind == new.collection:
            return "after"
        if behind is not None:
            raise NameElsewhere(self.name, behind)
        return "before" if ctx.qdrant.exists(self.name) else "in part"

    def title(self, back_to: str = "") -> str:
        return f"Cutover: DELETE {self.name} and give its name to the new collection"

    def at(self, side: Side) -> str:
        if side.collection == self.name:
            return f"{self.name}, a collection"
        return f"{self.name} → {side.collection}"

    def stays(self, ctx: StepContext) -> str:
        """Its other aliases go with a collection that is deleted."""
        behind = ctx.qdrant.aliases()
        gone = sorted(alias for alias, of in behind.items() if of == self.name)
        return f"nothing: {', '.join(gone)} went to {self.name} and goes with it" if gone else ""

    def ask(self, side: Side, what: str) -> Ask:
        label = f"Stop the application, then type the name of what is deleted: {self.name}"
        return NAME.ask(label, self.name)

    @property
    def button(self) -> str:
        return f"Delete {self.name} and switch"

    @property
    def together(self) -> str:
        return "before it is started again"

    @property
    def answers(self) -> str:
        return f"{self.name} answers"

    def must_be_ready(self, ctx: StepContext) -> None:
        """What is taken out of the old one is taken out of the new one, and then there is none."""
        move = ctx.move
        if not ctx.qdrant.exists(self.name):
            return
        must_be_the_old_one(ctx)
        here, there = ctx.qdrant.count(self.name), ctx.qdrant.count(move.target)
        if move.points.followed and there > 2 * here:
            raise OldShrunk(self.name, here, move.target, there)
        made = 0 if move.points.followed else ctx.recall(ROWS_READ, 0)
        if there < made:
            raise NewShrunk(move.target, there, made, self.name)

    def go(self, ctx: StepContext, old: Side, new: Side) -> None:
        """A kill between the two leaves no collection of that name; called again, it goes on.
        Raises MadeAnew where the application has made one since: it is never taken for the old one,
        which it would seem to have emptied."""
        assert new.collection != self.name, "there is nothing to go back to"
        assert is_ours(ctx, new.collection), "the new one stands, or nothing is deleted"
        if self.state(ctx, old, new) == "before":
            self.must_be_ready(ctx)
            if changed := route_of(ctx.move).catch_up(ctx, most=1, anew=True):
                raise StillWritten(self.name, changed)
            doom_the_old_one(ctx)
            ctx.qdrant.delete_collection(self.name)
        try:
            ctx.qdrant.switch_alias(self.name, new.collection)
        except NameTaken as taken:
            raise MadeAnew(self.name, new.collection) from taken

    def remembered(self, ctx: StepContext, side: Side) -> dict[str, Any] | None:
        there = ctx.qdrant.aliases().get(self.name) == side.collection
        return super().remembered(ctx, side) if there else None
