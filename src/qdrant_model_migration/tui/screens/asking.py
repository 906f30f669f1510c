"""One line to type on top of a screen. Esc and Back give nothing."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.screen import ModalScreen
from textual.widgets import Input

from qdrant_model_migration.tui.widgets.field import Field
from qdrant_model_migration.tui.widgets.frame import titled
from qdrant_model_migration.tui.widgets.press import Act, Press, PressRow


class AskLine(ModalScreen[str | None]):
    """Dismisses with what was typed, without spaces around it; None for nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(-1)", show=False),
        Binding("down", "walk(1)", show=False),
        Binding("escape", "close", show=False),
    ]
    AUTO_FOCUS = "Input"

    def __init__(self, title: str, label: str, hint: str, take: str) -> None:
        super().__init__()
        self._title, self._label, self._hint, self._take = title, label, hint, take

    def compose(self) -> ComposeResult:
        with Container(id="dialog"):
            yield Field(self._label, name="line", hint=self._hint)
            yield PressRow((Act("take", self._take), Act("close", "Back")))

    def on_mount(self) -> None:
        titled(self.query_one("#dialog"), self._title)

    def action_walk(self, step: int) -> None:
        if step > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_close(self) -> None:
        self.dismiss(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._typed()

    def on_press_pressed(self, event: Press.Pressed) -> None:
        event.stop()
        if event.act.key == "take":
            self._typed()
        else:
            self.dismiss(None)

    def _typed(self) -> None:
        self.dismiss(self.query_one(Field).value.strip() or None)
