"""A box that scrolls to what has the focus and keeps no keys for itself."""

from __future__ import annotations

from textual.containers import VerticalScroll


class Scroll(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Textual's own would keep Up and Down as long as there is something to scroll."""
