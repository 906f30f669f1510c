"""The note that covers everything while the window is too small to use."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.geometry import Size
from textual.widgets import Static

from qdrant_model_migration.tui.screens.front import Dialog

SMALLEST = (50, 20)


def is_small(size: Size) -> bool:
    return size.width < SMALLEST[0] or size.height < SMALLEST[1]


class SmallScreen(Dialog[None]):
    """Goes away by itself when the window is large enough."""

    def compose(self) -> ComposeResult:
        yield Static("", markup=False, id="small")

    def on_mount(self) -> None:
        self._write()

    async def on_screen_resume(self) -> None:
        """What lay over it, the question whether to leave, is closed; the window may be larger."""
        if not is_small(self.app.size):
            self.dismiss()

    def on_resize(self) -> None:
        self._write()

    def _write(self) -> None:
        width, height = self.app.size
        self.query_one("#small", Static).update(
            f"This window is {width} by {height}. The wizard needs {SMALLEST[0]} by {SMALLEST[1]}. "
            "Make it larger, use a smaller font, or run qmm --plain. A run is not affected."
        )
