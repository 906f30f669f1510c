"""Dead letters: points set aside, why, and what their field holds. Shown as plain text."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from textual.app import ComposeResult
from textual.widget import Widget

from qdrant_model_migration import engine
from qdrant_model_migration.engine import DeadLetter
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.tui.screens.stop import HelpText, Report
from qdrant_model_migration.tui.screens.watching import Watching
from qdrant_model_migration.tui.typeset import row
from qdrant_model_migration.tui.widgets.frame import Pane, titled
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView

MOST = 1000  # lines that are shown; the file has all


class Found(NamedTuple):
    """The first letters, and where the engine has written all of them, if it has."""

    letters: tuple[DeadLetter, ...] = ()
    file: Path | None = None


class DeadLettersScreen(Watching):
    """Nothing is embedded as empty text; nothing is lost."""

    place: str = "Run"
    hello = "None was embedded as empty text. Esc goes back."

    def __init__(self) -> None:
        super().__init__()
        self._found = Found()

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
        none = "" if self._found.letters else "there are none"
        return (Act("file", "Where is the list?", closed=none), Act("back", "Back"))

    def help(self) -> HelpText:
        return HelpText(
            "Dead letters",
            (
                "A dead letter is a point set aside, with the reason.",
                f"All of them stand in {engine.LETTERS} in the run folder, for a spreadsheet.",
            ),
        )

    def first(self) -> Widget | None:
        return self.query_one("#letters") if self._found.letters else self.query_one("#act-back")

    async def draw(self, view: RunView) -> None:
        if not self.busy("letters"):
            self.work("letters", partial(_read, self.run))

    async def finished(self, name: str, result: object) -> None:
        if name == "letters":
            self._found = cast("Found", result)
            self._show()
            await self.show_acts()
            self.focus_first()

    def _show(self) -> None:
        letters = self._found.letters
        room = max(20, self.size.width - 46)
        cells = [("POINT", 12), ("REASON", 26), ("WHAT THE FIELD HOLDS", room)]
        box = self.query_one("#letters", Lines)
        box.show(
            [
                Line(f"{one.number}", row([(one.point, 12), (one.reason, 26), (one.held, room)]))
                for one in letters
            ],
            head=row(cells),
        )
        number = max(self.view.dead_letters if self.view else 0, len(letters))
        first = f", the first {len(letters):,} are shown" if number > len(letters) else ""
        titled(box, f"Dead letters: {number:,} set aside{first}")

    async def act(self, key: str) -> None:
        if key != "file" or self.view is None:
            return
        if self._found.file is not None and not self.view.live:
            self.say(f"All of them: {self._found.file}")
        else:
            self.say(
                f"{engine.LETTERS} is written when the run ends or waits. "
                f"{qmm('report', self.view.run_id)} writes it now."
            )


def _read(folder: Path, report: Report) -> object:
    file = folder / engine.LETTERS
    return Found(engine.dead_letters(folder, limit=MOST), file if file.exists() else None)
