"""A box to tick, `[x] words`, on one or more lines."""

from __future__ import annotations

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from qdrant_model_migration.tui.widgets.hand import in_hand


class Tick(Widget, can_focus=True):
    """Enter, Space or a click turns it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "turn", show=False)]
    DEFAULT_CSS = "Tick { height: auto; }"

    class Turned(Message):
        def __init__(self, tick: Tick) -> None:
            super().__init__()
            self.tick = tick

        @property
        def control(self) -> Tick:
            return self.tick

    def __init__(self, label: str, *, on: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.label, self.on = label, on

    def render(self) -> Table:
        """Its second and later lines stand under the words, not under the box."""
        style = "reverse" if in_hand(self) else ""
        box = Text("▸" if in_hand(self) else " ")
        box.append(f"[{'x' if self.on else ' '}] ", style)
        row = Table.grid()
        row.add_column(no_wrap=True)
        row.add_column()
        row.add_row(box, Text(self.label, style))
        return row

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.focus()
        self.action_turn()

    def action_turn(self) -> None:
        self.on = not self.on
        self.refresh()
        self.post_message(self.Turned(self))
