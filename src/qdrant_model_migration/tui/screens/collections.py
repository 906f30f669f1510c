"""Which collection: the list, and the one under the focus in full."""

from __future__ import annotations

from functools import partial
from typing import cast

from textual.app import ComposeResult
from textual.widget import Widget

from qdrant_model_migration import words
from qdrant_model_migration.survey import Listed
from qdrant_model_migration.tui import tasks
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
from qdrant_model_migration.tui.trip import Trip
from qdrant_model_migration.tui.typeset import number, row
from qdrant_model_migration.tui.widgets.frame import Pane, facts, titled
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act


class CollectionsScreen(Stop):
    """Enter on a collection surveys it."""

    place: str = "Connect"
    keys: tuple[tuple[str, str], ...] = (("↑↓", "Move"), ("Enter", "Survey"))
    hello = "The survey only reads. Typing a letter jumps to a name."

    def where(self) -> str:
        return "collections"

    def body(self) -> ComposeResult:
        yield Lines(id="collections", classes="pane", wrap=False, jump=True)
        yield Pane("", "", id="one")

    def acts(self) -> tuple[Act, ...]:
        here = self._here() if self.is_mounted else None
        why = self._why_not(here)
        return (
            Act("survey", "Survey this one", closed=why),
            Act("again", "Read again"),
            Act("back", "Back"),
            *((Act("over", "Start practice over", button=False),) if self.trip.practice else ()),
        )

    def help(self) -> HelpText:
        return HelpText(
            "Collections",
            (
                "An alias is a second name that can be pointed to another collection",
                "in one moment. Without one your application must be changed once",
                "(question Name).",
                "",
                "ABOUT is the size of the vectors as stored, computed from their number.",
                "MODEL is what the collection's own notes say; the survey checks it.",
            ),
        )

    def first(self) -> Widget | None:
        listed = self.query_one("#collections", Lines)
        lines = self._collections()
        filled = sorted((c for c in lines if c.points), key=lambda c: not c.aliases)
        best = self.trip.collection or next((c.collection for c in filled), None)
        if best is not None:
            listed.go(best)
        self._explain()
        return listed if lines else None

    async def shown(self) -> None:
        self._show()

    async def refit(self) -> None:
        self._show()

    def _collections(self) -> tuple[Listed, ...]:
        return self.trip.connected.collections if self.trip.connected else ()

    def _here(self) -> Listed | None:
        key = self.query_one("#collections", Lines).key
        return next((c for c in self._collections() if c.collection == key), None)

    @staticmethod
    def _why_not(here: Listed | None) -> str:
        if here is None:
            return "no collection"
        if here.points is None:
            return "it cannot be read"
        return "it is empty" if here.points == 0 else ""

    def _show(self) -> None:
        lines = self._collections()
        listed = self.query_one("#collections", Lines)
        width = max(14, self.size.width - 65)
        head = row(
            [("COLLECTION", width), ("ALIAS", 9), ("POINTS", -10), ("VECTORS", 13),
             ("ABOUT", -7), ("MODEL", 12)]
        )  # fmt: skip
        listed.show(
            [
                Line(
                    c.collection,
                    row(
                        [
                            (c.collection, width),
                            (", ".join(c.aliases) or "none", 9),
                            (number(c.points) if c.points is not None else "?", -10),
                            (c.vectors, 13),
                            (words.size(c.bytes) if c.bytes is not None else "?", -7),
                            (c.model or "unknown", 12),
                        ]
                    ),
                )
                for c in lines
            ],
            head=head,
        )
        titled(listed, f"Which collection? · {len(lines)}")
        if not lines:
            self.query_one("#one", Pane).write(
                "This server has no collections yet. Practice has one to try things on.",
                title="Nothing here",
            )
        self._explain()

    def _explain(self) -> None:
        here = self._here()
        if here is None:
            return
        if here.aliases:
            names = ", ".join(here.aliases)
            alias = (
                f"{names} points here. Your application can use that name and will not notice "
                "which collection answers."
            )
        else:
            alias = "none. Your application uses the collection's own name; that is asked later."
        text = (
            f"probably in the payload field {here.text_field} (the survey will check)"
            if here.text_field
            else "not seen in a few points; the survey looks at more"
        )
        model = (
            f"{here.model}, said by the collection's own notes"
            if here.model
            else "unknown; the survey tries to find out"
        )
        rows = [
            ("Alias", alias),
            ("Vectors", here.vectors_in_words),
            ("Text", text),
            ("Model", model),
            ("Status", here.problem or f"{here.status}: {here.status_in_words}"),
        ]
        if here.points == 0:
            rows.append(
                ("Empty", "0 points, so there is nothing to embed. Create a new collection "
                 "for the new model instead.")
            )  # fmt: skip
        box = self.query_one("#one", Pane)
        box.write(facts(rows, max(40, self.size.width - 4), label=11), title=here.collection)

    async def on_lines_moved(self, event: Lines.Moved) -> None:
        event.stop()
        self._explain()
        await self.show_acts()

    async def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        self._explain()
        await self.do(self.acts()[0])

    async def act(self, key: str) -> None:
        here = self._here()
        if key == "survey" and here is not None:
            self.wizard.trip = self.trip.chosen(here.collection)
            self.wizard.go("survey")
        elif key == "over":
            self.say("Deleting the practice Qdrant; then it is made anew.")
            self.work("over", partial(tasks.reset_practice, self.wizard.door))
        elif key == "again":
            self.say("Reading the list again…")
            self.work("list", partial(tasks.list_collections, self.trip, self.wizard.door))

    async def done(self, name: str, result: object) -> None:
        if name == "over":
            self.wizard.trip = Trip(practice=True)
            self.wizard.go("practice", instead=True)
            return
        if self.trip.connected is not None:
            lines = cast("tuple[Listed, ...]", result)
            self.wizard.trip = self.trip.on(
                connected=self.trip.connected._replace(collections=lines)
            )
        self._show()
        await self.show_acts()
        self.say("Read again.")
