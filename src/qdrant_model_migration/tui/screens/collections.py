"""Which collection: the list, and the one under the focus in full."""

from __future__ import annotations

from functools import partial
from threading import Event
from typing import cast

from textual.app import ComposeResult
from textual.widget import Widget

from qdrant_model_migration import words
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.survey import Listed
from qdrant_model_migration.tui import tasks
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
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

    def __init__(self) -> None:
        super().__init__()
        self._stop_looking = Event()
        self._again = False
        self._put: str | None = None  # where this screen itself has put the focus

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
            *((Act("over", "Start practice over", button=False),) if self.session.practice else ()),
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
        self._suggest()
        self._explain()
        return self.query_one("#collections") if self._collections() else None

    def _suggest(self) -> None:
        """To the likeliest collection, until the focus is moved by hand."""
        box = self.query_one("#collections", Lines)
        if self._put is not None and box.key != self._put:
            return
        likely = sorted(
            (c for c in self._collections() if c.points or not c.looked_at),
            key=lambda c: (not c.aliases, not c.looked_at),
        )
        best = self.session.collection or next((c.collection for c in likely), None)
        if best is not None:
            box.go(best)
        self._put = box.key

    async def shown(self) -> None:
        self._show()
        if not all(c.looked_at for c in self._collections()) and not self.busy("list"):
            self._look()

    def _look(self) -> None:
        self._stop_looking = Event()
        task = partial(tasks.list_collections, self.session, self._stop_looking)
        self.work("list", task)

    async def refit(self) -> None:
        self._show()

    def _collections(self) -> tuple[Listed, ...]:
        return self.session.connected.collections if self.session.connected else ()

    def _here(self) -> Listed | None:
        key = self.query_one("#collections", Lines).key
        return next((c for c in self._collections() if c.collection == key), None)

    @staticmethod
    def _why_not(here: Listed | None) -> str:
        if here is None:
            return "no collection"
        if here.problem:
            return "it cannot be read"
        return "it is empty" if here.points == 0 else ""

    def _show(self) -> None:
        lines = self._collections()
        listed = self.query_one("#collections", Lines)
        looked_at = sum(1 for c in lines if c.looked_at)
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
                            (_points(c), -10),
                            (c.vectors, 13),
                            (_bytes(c), -7),
                            (c.model or ("unknown" if c.looked_at else ""), 12),
                        ]
                    ),
                )
                for c in lines
            ],
            head=head,
        )
        so_far = "" if looked_at == len(lines) else f", looked at {looked_at}"
        titled(listed, f"Which collection? · {len(lines)}{so_far}")
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
        box = self.query_one("#one", Pane)
        width = max(40, self.size.width - 4)
        if not here.looked_at:
            rows = [("Alias", alias), ("The rest", "is being read; it can be surveyed already.")]
            box.write(facts(rows, width, label=11), title=here.collection)
            return
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
        box.write(facts(rows, width, label=11), title=here.collection)

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
            self._stop_looking.set()
            self.leave_work()
            self.wizard.session = self.session.chosen(here.collection)
            self.wizard.go("survey")
        elif key == "over":
            self.say("Deleting the practice Qdrant; then it is made anew.")
            self.work("over", tasks.reset_practice)
        elif key == "again":
            self.say("Reading the list again…")
            self._again = True
            self._look()

    async def action_back(self) -> None:
        self._stop_looking.set()
        await super().action_back()

    async def news(self, name: str, news: object) -> None:
        """The names alone, or some that were looked at."""
        lines = cast("tuple[Listed, ...]", news)
        new = {c.collection: c for c in lines}
        if all(c.looked_at for c in lines):
            lines = tuple(new.get(c.collection, c) for c in self._collections())
        else:
            old = {c.collection: c for c in self._collections() if c.looked_at}
            lines = tuple(old.get(c.collection, c)._replace(aliases=c.aliases) for c in lines)
        await self._have(lines)

    async def done(self, name: str, result: object) -> None:
        if name == "over":
            self.wizard.session = Session(practice=True)
            self.wizard.go("practice", instead=True)
            return
        await self._have(cast("tuple[Listed, ...]", result))
        if self._again:
            self._again = False
            self.say("Read again.")

    async def _have(self, lines: tuple[Listed, ...]) -> None:
        if self.session.connected is not None:
            self.wizard.session = self.session.on(
                connected=self.session.connected._replace(collections=lines)
            )
        self._show()
        self._suggest()
        await self.show_acts()


def _points(listed: Listed) -> str:
    if listed.points is not None:
        return number(listed.points)
    return "?" if listed.looked_at else "…"


def _bytes(listed: Listed) -> str:
    if listed.bytes is not None:
        return words.size(listed.bytes)
    return "?" if listed.looked_at else ""
