"""A question on top of a screen: a few lines, the safe answer first and focused. Esc is No."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import ModalScreen
from textual.widgets import Static

from qdrant_model_migration.tui.widgets.frame import titled
from qdrant_model_migration.tui.widgets.press import Act, Press, PressRow
from qdrant_model_migration.tui.widgets.scroll import Scroll


class Dialog(ModalScreen[str | None]):
    """Dismisses with the key of the button pressed, None for Esc. The first act is the safe one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(-1)", show=False),
        Binding("down", "walk(1)", show=False),
        Binding("escape", "close", show=False),
    ]
    AUTO_FOCUS = "Press"

    def __init__(self, title: str, lines: Sequence[str], acts: tuple[Act, ...]) -> None:
        super().__init__()
        self._title, self._lines, self._acts = title, tuple(lines), acts

    def compose(self) -> ComposeResult:
        with Container(id="dialog"):
            with Scroll(id="words"):
                yield Static(Text("\n".join(self._lines)), markup=False, id="says")
            yield PressRow(self._acts)

    @staticmethod
    def room(width: int) -> int:
        """Cells for words in a dialog, where the window is `width` cells wide."""
        return min(76, width * 96 // 100) - 8

    def on_mount(self) -> None:
        titled(self.query_one("#dialog"), self._title)

    def action_walk(self, step: int) -> None:
        """Through words that do not fit, then from button to button."""
        words = self.query_one("#words", Scroll)
        if (words.scroll_offset.y < words.max_scroll_y) if step > 0 else words.scroll_offset.y:
            words.scroll_relative(y=step, animate=False, immediate=True)
            return
        if step > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_close(self) -> None:
        self.dismiss(None)

    def on_press_pressed(self, event: Press.Pressed) -> None:
        event.stop()
        if not event.act.closed:
            self.dismiss(event.act.key)
