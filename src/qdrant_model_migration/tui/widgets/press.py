"""A button of one line, `▸[ Continue ]`, and the row of them at the foot of a screen."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.layout import Layout
from textual.message import Message
from textual.widget import Widget

from qdrant_model_migration.pages.page import Act as Act
from qdrant_model_migration.tui.widgets.flow import Flow
from qdrant_model_migration.tui.widgets.hand import in_hand


class Press(Widget, can_focus=True):
    """A button. Enter, Space or a click presses it; a closed one says why instead."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "press", show=False),
        Binding("left", "along(-1)", show=False),
        Binding("right", "along(1)", show=False),
    ]

    class Pressed(Message):
        def __init__(self, press: Press) -> None:
            super().__init__()
            self.press = press
            self.act = press.act

        @property
        def control(self) -> Press:
            return self.press

    def __init__(self, act: Act) -> None:
        super().__init__(id=f"act-{act.key}")
        self.act = act

    def change(self, act: Act) -> None:
        """Show another label or reason in the same place."""
        if act != self.act:
            self.act = act
            self.set_class(bool(act.closed), "-closed")
            self.refresh(layout=True)

    def on_mount(self) -> None:
        self.set_class(bool(self.act.closed), "-closed")

    @property
    def words(self) -> str:
        reason = f" ({self.act.closed})" if self.act.closed else ""
        return f"[ {self.act.label} ]{reason}"

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return cell_len(self.words) + 3

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 1

    def render(self) -> Text:
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(" ▸" if in_hand(self) else "  ")
        style = "reverse" if in_hand(self) else ""
        return text.append(self.words, style)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.focus()
        self.action_press()

    def action_press(self) -> None:
        self.post_message(self.Pressed(self))

    def action_along(self, step: int) -> None:
        """To the next button of the same row; at its end the focus stays."""
        row = (
            [child for child in self.parent.children if isinstance(child, Press)]
            if (isinstance(self.parent, Widget))
            else []
        )
        place = row.index(self) + step
        if 0 <= place < len(row):
            row[place].focus()


class PressRow(Widget):
    """The buttons of a screen in one row, or more where it is narrow."""

    DEFAULT_CSS = "PressRow { height: auto; }"

    def __init__(self, acts: tuple[Act, ...], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._acts = acts
        self._flow = Flow()

    @property
    def layout(self) -> Layout:
        return self._flow

    def compose(self) -> ComposeResult:
        for act in self._acts:
            yield Press(act)

    async def show(self, acts: tuple[Act, ...]) -> Press | None:
        """Bring the buttons up to date; the focus stays on the button with the same key.

        On the first button it stays on the first: that is the one the screen suggests now.
        Returns the new button that the focus goes to, if it had to.
        """
        pressed = [child for child in self.children if isinstance(child, Press)]
        if [p.act.key for p in pressed] == [a.key for a in acts]:
            for press, act in zip(pressed, acts, strict=True):
                press.change(act)
            return None
        focused = next((p.act.key for p in pressed if p.has_focus), None)
        if pressed and pressed[0].has_focus:
            focused = acts[0].key
        if focused is not None:
            self.screen.set_focus(None)  # else its neighbour would get it, and be scrolled to
        await self.remove_children()
        await self.mount_all(Press(act) for act in acts)
        if focused is None:
            return None
        same = next((p for p in self.query(Press) if p.act.key == focused), None)
        target = same or next(iter(self.query(Press)), None)
        if target is not None:
            target.focus()
        return target
