"""All commands of the screen below, as a list: what Ctrl+P and the button More open."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import ModalScreen
from textual.widgets import Static

from qdrant_model_migration.tui.widgets.frame import titled
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act


class MoreScreen(ModalScreen[str | None]):
    """Dismisses with the key of the command chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", show=False)]
    AUTO_FOCUS = "Lines"

    def __init__(self, acts: tuple[Act, ...]) -> None:
        super().__init__()
        self._acts = acts

    def compose(self) -> ComposeResult:
        lines = [
            Line(
                act.key,
                act.label + (f"  ({act.closed})" if act.closed else ""),
                style="dim" if act.closed else "",
            )
            for act in self._acts
        ]
        with Container(id="dialog"):
            yield Lines(lines)
            yield Static(" Enter chooses, Esc closes.", markup=False)

    def on_mount(self) -> None:
        titled(self.query_one("#dialog"), "What you can do here")

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        self.dismiss(event.key)

    def action_close(self) -> None:
        self.dismiss(None)
