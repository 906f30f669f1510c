"""What is in front takes keys; a key that was meant for it and comes late goes to nothing else."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen, ScreenResultType

from qdrant_model_migration.tui.widgets.hand import Hand


class Front(Screen[ScreenResultType]):
    """Keys come in a burst where one is held down or the computer is busy: those behind the one
    that closed or covered a screen still reach it."""

    @property
    def in_front(self) -> bool:
        return self.app.screen is self

    def on_screen_suspend(self) -> None:
        self._draw_hand()

    async def on_screen_resume(self) -> None:
        self._draw_hand()

    def _draw_hand(self) -> None:
        """There is one ▸ on the screen: what lies below has none."""
        for widget in filter(None, (self.focused, *self.query(Hand))):
            widget.refresh()

    @property
    def is_left(self) -> bool:
        """Whether it, or the whole window, is being taken away: nothing is drawn any more."""
        return not self.is_attached or all(one is not self for one in self.app.screen_stack)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.in_front


class Dialog(ModalScreen[ScreenResultType], Front[ScreenResultType]):
    """Answered once: Enter twice takes nothing away that lies below.

    Of the classes that it is made of only the first one counts in the style sheet.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        if self.in_front:
            return super().dismiss(result)
        return AwaitComplete.nothing()  # type: ignore[no-any-return,no-untyped-call]
