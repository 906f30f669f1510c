"""Switch: a person changes the application; on the server nothing changes.

For what no alias can do: another collection by its own name, or another vector of the same one. The
person types what the application uses from now on.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from qdrant_model_migration import words
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.quality import Side
from qdrant_model_migration.steps.gate import Ask
from qdrant_model_migration.steps.step import StepContext
from qdrant_model_migration.steps.switch import NAME, InWords, State, Switch


class Application(Switch):
    """`changes` says what; `name`: the alias or collection that it goes on using, where what
    changes is `using`."""

    by_hand: ClassVar[bool] = True
    how: Literal["application"] = "application"
    changes: Literal["collection name", "using"]
    name: str = ""

    def names(self, before: Side, after: Side) -> tuple[str, str]:
        if self.changes == "using":
            return self.name or before.collection, self.name or after.collection
        return before.collection, after.collection

    def text(self, move: Move) -> InWords:
        return InWords(
            "nothing",
            "change the application back",
            (
                "Catches up with the writes made meanwhile. Then you change the application: "
                f"its {self._called}.",
                "Waits until you type what it uses from now on.",
                *(
                    (
                        "There is no single moment: until all of it is changed, a part of your "
                        "application searches and writes the old collection. What it writes there "
                        "is carried over by the sweep.",
                        "Going back is changing the application again, not one command.",
                    )
                    if self.changes == "collection name"
                    else ()
                ),
            ),
        )

    def state(self, ctx: StepContext, old: Side, new: Side) -> State:
        return self._as_said(ctx, new)

    def title(self, back_to: str = "") -> str:
        if back_to:
            return f"Roll back: change the {self._called} in your application back"
        return f"Cutover: change the {self._called} in your application"

    def at(self, side: Side) -> str:
        return f"{self.changes} {self._used(side)}"

    def ask(self, side: Side, what: str) -> Ask:
        used = self._used(side)
        return NAME.ask(
            f"Change the application, then type the {self._called} that it uses now: {used}", used
        )

    @property
    def button(self) -> str:
        return "It is changed"

    @property
    def together(self) -> str:
        return f"together with the {self._called}"

    @property
    def answers(self) -> str:
        return "The application is answered"

    def go(self, ctx: StepContext, old: Side, new: Side) -> None:
        """The person has done it."""

    @property
    def _called(self) -> str:
        return "vector name (using)" if self.changes == "using" else self.changes

    def _used(self, side: Side) -> str:
        if self.changes == "collection name":
            return side.collection
        return ", ".join(leg.using or words.UNNAMED for leg in side.legs)
