"""What a switch is: how the application gets from the side before to the side after, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.quality import Side
from qdrant_model_migration.steps.gate import Ask, AskKind
from qdrant_model_migration.steps.sisters import NAME_KEY
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.strict import Strict

NAME = AskKind(
    NAME_KEY,
    "typed",
    "--cutover",
    "Allow the switch of this alias and of those that go with it.",
    "ALIAS",
)
"""What is typed to allow a switch, of whatever kind: runs keep consents by this key."""

MAY_BE_SWITCHED = "_may_be_switched"
"""Kept once a person was asked to change the application: it may write to the new side from then
on, so nothing of the old side is mended into it any more but by the sweep. ONE_SIDE where it goes
on using its collection, so that what a pass makes is of what the application wrote there."""

ONE_SIDE = "one side"

UNDER_WAY = "under_way"
"""Kept from the last moment before a switch until it is noted: where an engine is killed between
the two, a rollback knows by it what may have been switched."""

State = Literal["before", "in part", "after"]


class InWords(NamedTuple):
    """A switch as a step of a plan tells it. details: whole sentences."""

    writes_to: str
    way_back: str
    details: tuple[str, ...]


class Switch(Strict):
    """Subclass it in one new file of `switches/`, with `how: Literal["its_file"]` and what it needs
    to know; it stands in a plan as the `switch` of the cutover.

    Where something has a direction, `old` and `new` are given: both ways are the same to it.
    """

    how: str

    by_hand: ClassVar[bool] = False
    """Whether a person changes the application, which may then write to the new side before the
    run hears of it."""
    ends_old: ClassVar[bool] = False
    """Whether the old collection is gone with it: nothing of it can be swept or gone back to."""

    def names(self, before: Side, after: Side) -> tuple[str, str]:
        """Under which the application reaches its collection, before and after."""
        raise NotImplementedError

    def text(self, move: Move) -> InWords:
        raise NotImplementedError

    def state(self, ctx: StepContext, old: Side, new: Side) -> State:
        """Where the application is on its way from old to new.

        Raises SwitchElsewhere where it is at neither side.
        """
        raise NotImplementedError

    def title(self, back_to: str = "") -> str:
        """What the gate is about; back_to: the collection that a rollback goes back to."""
        raise NotImplementedError

    def at(self, side: Side) -> str:
        """The application at this side, as a row of a gate: "docs → docs_old"."""
        raise NotImplementedError

    def stays(self, ctx: StepContext) -> str:
        """What is not switched, as a row of a gate; "" where there is nothing."""
        return ""

    def ask(self, side: Side, what: str) -> Ask:
        """What is typed before it goes to this side."""
        raise NotImplementedError

    @property
    def button(self) -> str:
        raise NotImplementedError

    @property
    def together(self) -> str:
        """With what the application changes its queries: "together with the alias"."""
        raise NotImplementedError

    @property
    def answers(self) -> str:
        """ "docs answers", to be followed by "from docs_new"."""
        raise NotImplementedError

    def must_be_ready(self, ctx: StepContext) -> None:
        """Before both sides are made level. Raises OldShrunk or NewShrunk where that would lose
        what cannot be got back."""

    def go(self, ctx: StepContext, old: Side, new: Side) -> None:
        """Let the application get from old to new. Raises SwitchElsewhere, with nothing done, and
        SwitchedInPart."""
        raise NotImplementedError

    def carry_out(self, ctx: StepContext) -> None:
        self.go(ctx, ctx.before, ctx.after)

    def undo(self, ctx: StepContext) -> None:
        self.go(ctx, ctx.after, ctx.before)

    def remembered(self, ctx: StepContext, side: Side) -> dict[str, Any] | None:
        """What a run keeps of it once it is at this side, with its `how`; None where nothing is
        there."""
        return self.model_dump(mode="json")

    def _as_said(self, ctx: StepContext, new: Side) -> State:
        """Where a person has said the application to be: the server cannot tell."""
        now = ctx.after if ctx.recall("switched") else ctx.before
        return "after" if now == new else "before"

    @classmethod
    def recalled(cls, fact: Mapping[str, Any]) -> Switch:
        """The switch, of what was remembered of it: what can be taken back."""
        known = {name: fact[name] for name in cls.model_fields if name in fact}
        return cls.model_validate_json(json.dumps(known))
