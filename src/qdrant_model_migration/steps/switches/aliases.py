"""Switch: all aliases of the application in one request.

A list of actions is not a transaction: where one fails, those before it stay. So all are looked at
again afterwards, and a switch that is called again moves only what has not moved yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.quality import Side
from qdrant_model_migration.steps.errors import AliasMoved, SwitchedInPart
from qdrant_model_migration.steps.gate import Ask
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.steps.switch import NAME, InWords, State, Switch
from qdrant_model_migration.words import listing


class Aliases(Switch):
    """`alias` and those that go `also` with it are switched together; the first one is the one that
    is typed. Aliases of the old collection that nobody claimed are `left`."""

    how: Literal["aliases"] = "aliases"
    alias: str
    also: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return (self.alias, *self.also)

    def names(self, before: Side, after: Side) -> tuple[str, str]:
        return self.alias, self.alias

    def text(self, move: Move) -> InWords:
        return InWords(
            f"{self._them} {listing(self.all)}",
            "switch back",
            (
                "Waits until you type the alias name. Catches up with the writes made meanwhile.",
                f"Then points {listing(self.all)} to {move.target} in one single request.",
                *((f"Not switched: {_stay(self.left, move.source)}.",) if self.left else ()),
            ),
        )

    def state(self, ctx: StepContext, old: Side, new: Side) -> State:
        now = self._must_point(ctx, old, new)
        arrived = [now[alias] == new.collection for alias in self.all]
        return "after" if all(arrived) else "in part" if any(arrived) else "before"

    def title(self, back_to: str = "") -> str:
        if back_to:
            return f"Roll back: switch {listing(self.all)} back to {back_to}"
        return f"Cutover: switch the {self._them} {listing(self.all)}"

    def at(self, side: Side) -> str:
        return f"{listing(self.all)} → {side.collection}"

    def stays(self, ctx: StepContext) -> str:
        others = self._others(ctx)
        return _stay(others, ctx.before.collection) if others else ""

    def ask(self, side: Side, what: str) -> Ask:
        of_all = "" if not self.also else f" of all {len(self.all)}"
        which = "the first" if self.also else "the"
        label = f"Type {which} alias name to allow {what}{of_all}: {self.alias}"
        return NAME.ask(label, self.alias)

    @property
    def button(self) -> str:
        return f"Switch {f'{len(self.all)} aliases' if self.also else self.alias}"

    @property
    def together(self) -> str:
        return f"together with the {self._them}"

    @property
    def answers(self) -> str:
        return f"{listing(self.all)} {'answer' if self.also else 'answers'}"

    def go(self, ctx: StepContext, old: Side, new: Side) -> None:
        """Nothing lies between the last look and the request, so a pause or a stop is to be felt
        before this is called."""
        now = self._must_point(ctx, old, new)
        moving = [alias for alias in self.all if now[alias] == old.collection]
        refused: QmmError | None = None
        try:
            ctx.qdrant.switch_aliases(moving, new.collection)
        except Stopped:
            raise
        except QmmError as error:
            refused = error
        then = ctx.qdrant.aliases()
        stayed = {one: then.get(one) for one in self.all if then.get(one) != new.collection}
        if not stayed:
            return
        if refused is not None and len(stayed) == len(self.all):
            raise refused
        moved = tuple(alias for alias in self.all if alias not in stayed)
        why = refused.what if refused else ""
        raise SwitchedInPart(moved, new.collection, stayed, why) from refused

    def remembered(self, ctx: StepContext, side: Side) -> dict[str, Any] | None:
        now = ctx.qdrant.aliases()
        there = [alias for alias in self.all if now.get(alias) == side.collection]
        if not there:
            return None
        kept = self.model_copy(update={"alias": there[0], "also": tuple(there[1:])})
        return kept.model_dump() | {"left": self._others(ctx)}

    @property
    def _them(self) -> str:
        return "aliases" if self.also else "alias"

    def _must_point(self, ctx: StepContext, old: Side, new: Side) -> Mapping[str, str]:
        """All aliases of the server. Raises AliasMoved where one of these is at neither side."""
        now = ctx.qdrant.aliases()
        for alias in self.all:
            if now.get(alias) not in (old.collection, new.collection):
                raise AliasMoved(alias, now.get(alias), old.collection)
        return now

    def _others(self, ctx: StepContext) -> tuple[str, ...]:
        """Aliases of the old collection that are not switched, also those made since the plan."""
        now, old = ctx.qdrant.aliases(), ctx.before.collection
        return tuple(sorted(one for one in now if now[one] == old and one not in self.all))


def _stay(aliases: tuple[str, ...], source: str) -> str:
    """What becomes of aliases that are not switched."""
    them = "it" if len(aliases) == 1 else "them"
    return f"{listing(aliases)} → {source}, also to write; cleanup waits for {them}"
