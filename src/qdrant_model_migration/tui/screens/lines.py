"""Lines to change in the application: as Python, curl or a list, to copy or to save."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.widget import Widget

from qdrant_model_migration import private_file
from qdrant_model_migration.engine import change_lines
from qdrant_model_migration.errors import FileNotWritten
from qdrant_model_migration.tui.screens.stop import HelpText, Report
from qdrant_model_migration.tui.screens.watching import Watching
from qdrant_model_migration.tui.typeset import plain
from qdrant_model_migration.tui.widgets.frame import Pane, facts
from qdrant_model_migration.tui.widgets.press import Act

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView

STYLES = {"-": "bold", "+": "bold"}


class LinesToChangeScreen(Watching):
    """What is not known is not invented: it reads <your client>."""

    place: str = "Cutover"
    hello = "Give this to whoever maintains the application."

    def __init__(self) -> None:
        super().__init__()
        self._form = change_lines.FORMS[0]

    def body(self) -> ComposeResult:
        yield Pane("Lines to change in your application", "", id="diff")
        yield Pane("What it means", "", id="means")

    def acts(self) -> tuple[Act, ...]:
        return (
            Act("copy", "Copy"),
            Act("save", "Save to a file"),
            Act("form", f"Show as {_named(self._next_form())}"),
            Act("back", "Back"),
        )

    def first(self) -> Widget | None:
        return self.query_one("#act-copy")

    def help(self) -> HelpText:
        return HelpText(
            "Lines to change",
            (
                "- goes out, + comes in, the other lines stay as they are.",
                "<your client> and the like stand for what a run cannot know.",
                "",
                f"Save writes all forms into {change_lines.FILE} in the run folder.",
                "The report holds the same lines.",
            ),
        )

    def _next_form(self) -> str:
        forms = change_lines.FORMS
        return forms[(forms.index(self._form) + 1) % len(forms)]

    def _rows(self) -> list[dict[str, str]]:
        return change_lines.of(self.view.facts) if self.view else []

    def _lines(self) -> list[str]:
        return [plain(line) for line in change_lines.lines(self._rows(), self._form)]

    async def draw(self, view: RunView) -> None:
        self._show()

    def _show(self) -> None:
        text = Text()
        for line in self._lines() or ["Nothing to change."]:
            text.append(f"{line}\n", STYLES.get(line[:1], ""))
        text.rstrip()
        title = f"Lines to change in your application · {self._form}"
        self.query_one("#diff", Pane).write(text, title=title)
        rows = change_lines.meaning(self._rows())
        self.query_one("#means", Pane).write(facts(rows, max(40, self.size.width - 4)))

    async def act(self, key: str) -> None:
        if key == "copy":
            self.app.copy_to_clipboard("\n".join(self._lines()))
            self.say(
                "Copied where the terminal allows it. If nothing arrives, Save to a file puts the "
                f"lines into {change_lines.FILE} in the run folder."
            )
        elif key == "form":
            self._form = self._next_form()
            self._show()
            await self.show_acts()
        elif key == "save":
            path, text = self.run / change_lines.FILE, change_lines.whole(self._rows())
            self.work("save", partial(_save, path, text), lambda path: self.say(f"Saved: {path}"))


def _save(path: Path, text: str, report: Report) -> Path:
    try:
        return private_file.write(path, text)
    except OSError as error:
        raise FileNotWritten(path, error) from error


def _named(form: str) -> str:
    return "a list" if form == "list" else form
