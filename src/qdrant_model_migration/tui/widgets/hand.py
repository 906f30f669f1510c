"""The sign of what is in hand, ▸: without colour it alone says where the focus is."""

from __future__ import annotations

from textual.widget import Widget
from textual.widgets import Static


def in_hand(widget: Widget) -> bool:
    """Whether keys go to it: it has the focus, and nothing lies over its screen."""
    return widget.has_focus and widget.is_attached and widget.app.screen is widget.screen


class Hand(Static):
    """The sign beside a control that cannot draw it by itself."""

    DEFAULT_CSS = "Hand { width: 3; }"

    def __init__(self, of: Widget) -> None:
        super().__init__("", classes="edge", markup=False)
        self._of = of

    def render(self) -> str:
        return "▸[ " if in_hand(self._of) else " [ "
