"""The whole log of the run. It follows the newest line until another one is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widget import Widget

from qdrant_model_migration.tui.screens.watching import Watching
from qdrant_model_migration.tui.typeset import clock
from qdrant_model_migration.tui.widgets.frame import titled
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView


class RunLogScreen(Watching):
    """Every event as a sentence, oldest first."""

    place: str = "Run"
    hello = "The engine's own file engine.log, in the run folder, keeps more details."

    def body(self) -> ComposeResult:
        yield Lines(id="log", classes="pane rest")

    def acts(self) -> tuple[Act, ...]:
        return (Act("newest", "Newest line"), Act("back", "Back"))

    def first(self) -> Widget | None:
        return self.query_one("#log")

    async def draw(self, view: RunView) -> None:
        box = self.query_one("#log", Lines)
        last = box.lines[-1].key if box.lines else None
        following = box.key is None or box.key == last
        lines = [
            Line(str(event.id), f"{clock(event.at):<8}  {event.text}", hang=10)
            for event in view.events
        ]
        box.show(lines)
        if following and lines:
            box.go(lines[-1].key)
        newer = 0 if following else sum(1 for line in lines if int(line.key) > int(last or 0))
        titled(box, f"Log of {view.run_id}" + (f" · {newer} newer below" if newer else ""))

    async def act(self, key: str) -> None:
        box = self.query_one("#log", Lines)
        if key == "newest" and box.lines:
            box.go(box.lines[-1].key)
