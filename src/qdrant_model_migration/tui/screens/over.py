"""A page on top of a screen: what it says, what it asks, and its acts. The first one is safe."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input, Static

from qdrant_model_migration.pages.page import Act, Ask, Page
from qdrant_model_migration.tui.screens.front import Dialog
from qdrant_model_migration.tui.widgets.blocks import AskBlock, TableBlock, lines_of
from qdrant_model_migration.tui.widgets.frame import titled
from qdrant_model_migration.tui.widgets.lines import Lines
from qdrant_model_migration.tui.widgets.press import Press, PressRow
from qdrant_model_migration.tui.widgets.scroll import Scroll

CLOSE = Act("close", "Close")
Picked = tuple[str, dict[str, str]]


class Over(Dialog[Picked | None]):
    """Dismisses with the key of the act and what was given; None for Esc and Close."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(-1)", show=False),
        Binding("down", "walk(1)", show=False),
        Binding("escape", "close", show=False),
    ]
    AUTO_FOCUS = "Lines, Input, Press"

    def __init__(self, page: Page, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._page = page

    def compose(self) -> ComposeResult:
        page = self._page
        with Container(id="dialog"):
            if said := lines_of(page.body, _room(self.app.size.width)):
                with Scroll(id="words"):
                    yield Static(Text("\n".join(said)), markup=False, id="says")
            yield from (TableBlock(table) for table in page.tables)
            yield from (AskBlock(block) for block in page.body if isinstance(block, Ask))
            if page.tables:
                yield Static(" Enter chooses, Esc closes.", markup=False)
            else:
                yield PressRow(page.acts)

    async def on_mount(self) -> None:
        titled(self.query_one("#dialog"), self._page.title)
        for table in self.query(TableBlock):
            await table.show(table.table)

    def action_walk(self, step: int) -> None:
        """Through words that do not fit, then from control to control."""
        for words in self.query("#words"):
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
        if event.act == CLOSE:
            self.dismiss(None)
        elif not event.act.closed:
            self._pick(event.act.key)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the last field is the act that Enter alone means."""
        event.stop()
        fields = list(self.query(Input))
        act = next((act for act in self._page.acts if act.enter), None)
        if event.input is fields[-1] and act is not None:
            self._pick(act.key)
        else:
            self.focus_next()

    def on_ask_block_given(self, event: AskBlock.Given) -> None:
        event.stop()
        if event.done:
            self.focus_next()

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        row = self._page.row(event.lines.id or "", event.key)
        if row is not None and row.acts:
            self._pick(row.acts[0].key, **{event.lines.id or "": event.key})

    def _pick(self, key: str, **row: str) -> None:
        values = dict(row)
        for ask in self.query(AskBlock):
            values.update(ask.values)
        self.dismiss((key, values))


def _room(width: int) -> int:
    """Cells for words, where the window is `width` cells wide."""
    return min(76, width * 96 // 100) - 8
