"""Switch: a person lets the application ask a second collection for the order of what it has found;
on the server nothing changes, and its present collection stays in use.

The person types the name of the second collection, and says that both are written from now on.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.quality import Side
from qdrant_model_migration.steps.gate import Ask
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.steps.switch import NAME, InWords, State, Switch


class SecondCollection(Switch):
    """`name`: the alias or collection in which the application finds, before and after; `second`:
    the collection that puts in order what it has found."""

    by_hand: ClassVar[bool] = True
    how: Literal["second_collection"] = "second_collection"
    name: str
    second: str

    def names(self, before: Side, after: Side) -> tuple[str, str]:
        return self.name, self.name

    def text(self, move: Move) -> InWords:
        return InWords(
            "nothing",
            "change the application back",
            (
                "Catches up with the writes made meanwhile. Then you change the application: it "
                f"searches {self.name} as before, and asks {self.second} in a second request for "
                "the order of the ids that it has found.",
                f"From then on it writes both, {self.name} first: what it adds, changes and "
                "deletes.",
                f"A point that {self.second} does not hold is found as before, and not put in "
                "order.",
                "Waits until you type the name of the second collection.",
            ),
        )

    def state(self, ctx: StepContext, old: Side, new: Side) -> State:
        return self._as_said(ctx, new)

    def title(self, back_to: str = "") -> str:
        if back_to:
            return f"Roll back: let your application search {self.name} alone again"
        return f"Cutover: let your application put results in order by {self.second}"

    def at(self, side: Side) -> str:
        return f"{self.name}, then {self.second}" if side.second else f"{self.name} alone"

    def ask(self, side: Side, what: str) -> Ask:
        if not side.second:
            label = f"Change the application back, then type what it searches alone: {self.name}"
            return NAME.ask(label, self.name)
        label = f"Change the application, then type the name of the second one: {self.second}"
        return NAME.ask(label, self.second)

    @property
    def button(self) -> str:
        return "It is changed"

    @property
    def together(self) -> str:
        return f"and writes {self.second}, too: what it adds, changes and deletes"

    @property
    def answers(self) -> str:
        return "The application is answered"

    def go(self, ctx: StepContext, old: Side, new: Side) -> None:
        """The person has done it."""
