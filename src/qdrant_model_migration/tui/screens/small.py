"""The note that covers everything while the window is too small to use."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

SMALLEST = (50, 20)


class SmallScreen(ModalScreen[None]):
    """Goes away by itself when the window is large enough."""

    def compose(self) -> ComposeResult:
        yield Static("", markup=False, id="small")

    def on_mount(self) -> None:
        self._write()

    def on_resize(self) -> None:
        self._write()

    def _write(self) -> None:
        width, height = self.app.size
        self.query_one("#small", Static).update(
            f"This window is {width} by {height}. The wizard needs {SMALLEST[0]} by {SMALLEST[1]}. "
            "Make it larger, use a smaller font, or run qmm --plain. A run is not affected."
        )
