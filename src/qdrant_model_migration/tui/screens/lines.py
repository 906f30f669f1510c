"""Lines to change in the application: settings old and new, to copy or to save."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult

from qdrant_model_migration.tui.screens.watching import Watching
from qdrant_model_migration.tui.typeset import plain
from qdrant_model_migration.tui.widgets.frame import Pane, facts
from qdrant_model_migration.tui.widgets.press import Act

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView

FILE = "app-changes.txt"


class LinesToChangeScreen(Watching):
    """What is not known is not invented."""

    place: str = "Cutover"
    hello = "Give this to whoever maintains the application."

    def body(self) -> ComposeResult:
        yield Pane("Settings to change in your application", "", id="diff")
        yield Pane("What it means", "", id="means")

    def acts(self) -> tuple[Act, ...]:
        return (Act("copy", "Copy"), Act("save", "Save to a file"), Act("back", "Back"))

    def _lines(self) -> list[str]:
        rows = (self.view.facts.get("application_changes") if self.view else None) or []
        lines: list[str] = []
        for row in rows:
            what = plain(row["what"])
            if row["old"] == row["new"]:
                lines.append(f"  {what:<16} {plain(row['new'])}")
            else:
                lines.append(f"- {what:<16} {plain(row['old'])}")
                lines.append(f"+ {what:<16} {plain(row['new'])}")
        return lines

    async def draw(self, view: RunView) -> None:
        lines = self._lines()
        self.query_one("#diff", Pane).write("\n".join(lines) or "Nothing to change.")
        rows = [
            (
                "Name",
                "the alias stays. Do not write the new collection's name into the application.",
            ),
            ("Model", "queries and documents must be made by the same model."),
            ("Prefix", "is put before each search text, not before documents."),
            (
                "using",
                "an alias cannot choose a vector: with a named vector it must change as well.",
            ),
            ("New texts", "whatever adds documents must use the new model too."),
        ]
        self.query_one("#means", Pane).write(facts(rows, max(40, self.size.width - 4)))

    async def act(self, key: str) -> None:
        if key == "copy":
            self.app.copy_to_clipboard("\n".join(self._lines()))
            self.say(
                "Copied where the terminal allows it. If nothing arrives, Save to a file puts the "
                f"lines into {FILE} in the run folder."
            )
        elif key == "save":
            path = self.run / FILE
            try:
                path.write_text("\n".join(self._lines()) + "\n", encoding="utf-8")
            except OSError:
                self.say("The file cannot be written. Copy the lines instead.", trouble=True)
            else:
                self.say(f"Saved: {path}")
