"""A list on top of a screen to choose one line from: commands (Ctrl+P, More), a field, a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Static

from qdrant_model_migration.tui.screens.front import Dialog
from qdrant_model_migration.tui.widgets.frame import titled
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act


class Chooser(Dialog[str | None]):
    """Dismisses with the key of the line chosen, None for Esc."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False),
        Binding("up,down", "stay", show=False),
    ]
    AUTO_FOCUS = "Lines"

    def __init__(self, title: str, lines: Sequence[Line], at: str | None = None) -> None:
        super().__init__()
        self._title, self._shown, self._at = title, tuple(lines), at

    def compose(self) -> ComposeResult:
        with Container(id="dialog"):
            yield Lines(self._shown)
            yield Static(" Enter chooses, Esc closes.", markup=False)

    def on_mount(self) -> None:
        titled(self.query_one("#dialog"), self._title)
        if self._at is not None:
            self.query_one(Lines).go(self._at)

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        self.dismiss(event.key)

    def action_close(self) -> None:
        self.dismiss(None)

    def action_stay(self) -> None:
        """The list is the only control here: its ends hand the focus to nobody."""


class MoreScreen(Chooser):
    """All commands of the screen below."""

    def __init__(self, acts: Sequence[Act]) -> None:
        super().__init__(
            "What you can do here",
            [
                Line(
                    act.key,
                    act.label + (f"  ({act.closed})" if act.closed else ""),
                    style="dim" if act.closed else "",
                )
                for act in acts
            ],
        )
