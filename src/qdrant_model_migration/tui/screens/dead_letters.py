"""Dead letters: points set aside, why, and what their field holds. Shown as plain text."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.widget import Widget

from qdrant_model_migration import engine
from qdrant_model_migration.engine import DeadLetter
from qdrant_model_migration.tui.screens.stop import HelpText, Report
from qdrant_model_migration.tui.screens.watching import Watching
from qdrant_model_migration.tui.typeset import row
from qdrant_model_migration.tui.widgets.frame import Pane, titled
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView

FILE = "dead-letters.csv"


class DeadLettersScreen(Watching):
    """Nothing is embedded as empty text; nothing is lost."""

    place: str = "Run"
    hello = "None was embedded as empty text. Esc goes back."

    def __init__(self) -> None:
        super().__init__()
        self._letters: tuple[DeadLetter, ...] = ()

    def body(self) -> ComposeResult:
        yield Lines(id="letters", classes="pane rest", wrap=False)
        yield Pane(
            "",
            "These points are copied with their payload and without a vector: filters\n"
            "find them, searches do not. Nothing is lost. Correct the texts where they\n"
            "come from; the catch-up picks them up as long as the run lasts.",
            classes="bare",
        )

    def acts(self) -> tuple[Act, ...]:
        none = "" if self._letters else "there are none"
        return (Act("save", "Save list as CSV", closed=none), Act("back", "Back"))

    def help(self) -> HelpText:
        return HelpText("Dead letters", ("A dead letter is a point set aside, with the reason.",))

    def first(self) -> Widget | None:
        return self.query_one("#letters") if self._letters else self.query_one("#act-back")

    async def draw(self, view: RunView) -> None:
        self.work("letters", partial(_read, self.run))

    async def finished(self, name: str, result: object) -> None:
        if name == "letters":
            self._letters = cast("tuple[DeadLetter, ...]", result)
            self._show()
            await self.show_acts()
            self.focus_first()

    def _show(self) -> None:
        room = max(20, self.size.width - 46)
        cells = [("POINT", 12), ("REASON", 26), ("WHAT THE FIELD HOLDS", room)]
        box = self.query_one("#letters", Lines)
        box.show(
            [
                Line(f"{at}", row([(one.point, 12), (one.reason, 26), (one.held, room)]))
                for at, one in enumerate(self._letters)
            ],
            head=row(cells),
        )
        titled(box, f"Dead letters: {len(self._letters):,} set aside")

    async def act(self, key: str) -> None:
        if key != "save":
            return
        path = self.run / FILE
        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([DeadLetter._fields, *self._letters])
        except OSError:
            self.say("The file cannot be written in the run folder.", trouble=True)
        else:
            self.say(f"Saved: {path}")


def _read(folder: Path, report: Report) -> object:
    return engine.dead_letters(folder, limit=10_000)
