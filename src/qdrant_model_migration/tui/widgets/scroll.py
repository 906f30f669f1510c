"""Boxes that say when they have got another room; one scrolls and keeps no keys for itself."""

from __future__ import annotations

from textual.containers import Container, VerticalScroll
from textual.message import Message


class Fitted(Message):
    """A box has another room than before, and what is in it is laid out."""


class Body(Container):
    """What stands between trip bar and buttons."""

    def on_resize(self) -> None:
        self.post_message(Fitted())


class Scroll(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Textual's own would keep Up and Down as long as there is something to scroll."""

    def on_resize(self) -> None:
        self.post_message(Fitted())
