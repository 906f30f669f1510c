"""A list of lines to choose from: tables, options, warnings. Hands the focus on at its ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.containers import ScrollableContainer
from textual.geometry import Offset, Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from qdrant_model_migration.tui.typeset import crop, plain
from qdrant_model_migration.tui.widgets.hand import in_hand


class Line(NamedTuple):
    """One line. `text` is plain text, never markup; `more` stands under it, indented.

    hang: cells by which the second and later rows are set in. rest False: a line that is only read.
    """

    key: str
    text: str
    more: str = ""
    hang: int = 0
    rest: bool = True
    style: str = ""


class Lines(ScrollView, can_focus=True):
    """Up and Down move; past either end the next control takes over. Enter chooses, Space ticks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-8)", show=False),
        Binding("pagedown", "move(8)", show=False),
        Binding("home", "move(-100000)", show=False),
        Binding("end", "move(100000)", show=False),
        Binding("enter", "choose", show=False),
        Binding("space", "tick", show=False),
    ]

    class Moved(Message):
        """The line under the focus is another one."""

        def __init__(self, lines: Lines, key: str) -> None:
            super().__init__()
            self.lines, self.key = lines, key

        @property
        def control(self) -> Lines:
            return self.lines

    class Chosen(Moved):
        """Enter, or a click, on a line."""

    class Ticked(Moved):
        """Space on a line."""

    def __init__(
        self,
        lines: Sequence[Line] = (),
        *,
        id: str | None = None,
        classes: str | None = None,
        head: str = "",
        wrap: bool = True,
        jump: bool = False,
        at: str | None = None,
    ) -> None:
        """at: the key of the line that has the focus first. jump: letters jump to lines."""
        super().__init__(id=id, classes=classes)
        self._lines = tuple(lines)
        self._head = head
        self._wrap = wrap
        self._jump = jump
        keys = [line.key for line in self._lines]
        self._cursor = keys.index(at) if at in keys else 0
        self._rows: list[tuple[int, str]] = []
        self._width = 0

    # -- what is shown -------------------------------------------------------------------------

    @property
    def lines(self) -> tuple[Line, ...]:
        return self._lines

    @property
    def key(self) -> str | None:
        """The key of the line under the focus, None in an empty list."""
        return self._lines[self._cursor].key if self._lines else None

    def show(self, lines: Sequence[Line], *, head: str | None = None) -> None:
        """Other lines; the focus stays on the line with the same key."""
        key = self.key
        self._lines = tuple(lines)
        if head is not None:
            self._head = head
        self._cursor = min(self._cursor, max(0, len(self._lines) - 1))
        if key is not None:
            self._cursor = next(
                (at for at, line in enumerate(self._lines) if line.key == key), self._cursor
            )
        self._set()
        self.refresh(layout=True)

    def go(self, key: str) -> None:
        """Put the focus on the line with this key, if there is one. Only the list is scrolled."""
        for at, line in enumerate(self._lines):
            if line.key == key:
                self._to(at)
                return

    def _set(self) -> None:
        """Break the lines into rows for the present width; a row knows its line's place."""
        width = max(8, (self._width or self.size.width or 78) - 2)
        rows: list[tuple[int, str]] = []
        if self._head:
            rows += [(-1, "  " + piece) for piece in self._broken(self._head, width - 2, 0)]
        for at, line in enumerate(self._lines):
            rows += [(at, piece) for piece in self._broken(line.text, width, line.hang)]
            if line.more:
                indent = " " * line.hang
                rows += [(at, indent + p) for p in self._broken(line.more, width - line.hang, 0)]
        self._rows = rows
        self.virtual_size = Size(self.size.width, len(rows))

    def _broken(self, text: str, width: int, hang: int) -> list[str]:
        clean = "\n".join(plain(part) for part in text.split("\n"))
        if not self._wrap:
            return clean.split("\n")
        first, *others = Text(clean).wrap(self.app.console, width) or [Text()]
        if not others or not hang:
            return [first.plain.rstrip(), *(o.plain.rstrip() for o in others)]
        rest = Text(clean[len(first.plain.rstrip()) :].lstrip(" "))
        parts = rest.wrap(self.app.console, width - hang)
        return [first.plain.rstrip(), *(" " * hang + part.plain.rstrip() for part in parts)]

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        self._width = width
        self._set()
        return len(self._rows)

    def on_mount(self) -> None:
        self._set()

    def on_resize(self) -> None:
        self._width = self.scrollable_content_region.width
        self._set()
        self._follow()

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        at_row = y + self.scroll_offset.y
        width = self.size.width
        base = self.rich_style
        if at_row >= len(self._rows):
            return Strip.blank(width, base)
        place, words = self._rows[at_row]
        here = place == self._cursor and place >= 0
        first = at_row == 0 or self._rows[at_row - 1][0] != place
        style = base
        if place < 0:
            style = base + Style(dim=True)
        elif self._lines[place].style:
            style = base + Style.parse(self._lines[place].style)
        if here and in_hand(self):
            style = style + Style(reverse=True)
        # Without colour the sign alone says where the focus is, so only one ▸ may be on the screen.
        sign = ("▸" if in_hand(self) else "·") if here and first else " "
        text = f"{sign} {words}" if place >= 0 else words
        if cell_len(text.rstrip()) > width:
            text = crop(text.rstrip(), width)
        return Strip([Segment(text, style)]).adjust_cell_length(width, style).crop(0, width)

    # -- moving --------------------------------------------------------------------------------

    def action_move(self, step: int) -> None:
        last = len(self._lines) - 1
        if (
            not self._lines
            or (step == 1 and self._cursor == last)
            or (step == -1 and self._cursor == 0)
        ):
            raise SkipAction
        self._moved_to(min(last, max(0, self._cursor + step)))

    def _moved_to(self, at: int) -> None:
        """The operator went there: a list as high as its lines is followed by what it stands in."""
        self._to(at)
        self.stay_in_sight()

    def stay_in_sight(self) -> None:
        """The line in hand, in what the list stands in: that may have less room than before."""
        if self.size.height:
            self._bring_into_sight(self._region())

    def _to(self, at: int) -> None:
        if at != self._cursor:
            self._cursor = at
            self.post_message(self.Moved(self, self._lines[at].key))
        self._follow()
        self.refresh()

    def _region(self) -> Region:
        """Of the line under the focus; of the first one, with the head above it."""
        rows = [number for number, (at, _) in enumerate(self._rows) if at == self._cursor] or [0]
        top = 0 if self._cursor == 0 else rows[0]
        return Region(0, top, 1, rows[-1] - top + 1)

    def _follow(self) -> None:
        if self._rows and self.size.height:
            self.scroll_to_region(self._region(), animate=False, force=True, immediate=True)

    def _bring_into_sight(self, region: Region) -> None:
        around = next((a for a in self.ancestors if isinstance(a, ScrollableContainer)), None)
        if around is None:
            return
        start = Offset()
        for widget in (self, *self.ancestors):
            if widget is around or not isinstance(widget, Widget):
                break
            start += widget.virtual_region.offset
        if region.y == 0 and region.bottom <= around.size.height - start.y:
            around.scroll_home(animate=False, force=True, immediate=True)
        else:
            around.scroll_to_region(region.translate(start), animate=False, force=True)

    def action_choose(self) -> None:
        if self.key is not None:
            self.post_message(self.Chosen(self, self.key))

    def action_tick(self) -> None:
        if self.key is not None:
            self.post_message(self.Ticked(self, self.key))

    def on_click(self, event: events.Click) -> None:
        row = event.get_content_offset_capture(self).y + self.scroll_offset.y
        if 0 <= row < len(self._rows) and self._rows[row][0] >= 0:
            event.stop()
            self.focus()
            self._moved_to(self._rows[row][0])
            self.action_choose()

    def on_key(self, event: events.Key) -> None:
        """Typing a letter jumps to the next line that begins with it."""
        if not self._jump or not event.is_printable or event.character in (None, " ", "?"):
            return
        order = [*range(self._cursor + 1, len(self._lines)), *range(self._cursor + 1)]
        for at in order:
            words = self._lines[at].text.lstrip(" ()[]•x!?✓✗»")
            if words[:1].lower() == str(event.character).lower():
                event.stop()
                self._moved_to(at)
                return
