"""The frame of every screen: where, the trip, the message line, the key line; and its panes."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from qdrant_model_migration.tui.typeset import crop, plain

STOPS = (
    "Connect", "Survey", "Questions", "Strategy", "Plan", "Run", "Verify", "Cutover", "Report",
)  # fmt: skip


LONGEST = 160  # cells of a word in a message: what was pasted by mistake leaves room to say why
OF_A_RUN = ("Run", "Verify", "Cutover")


class TopRow(Widget):
    """Left: where we are. Right: which server."""

    DEFAULT_CSS = "TopRow { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._left = self._right = ""

    def show(self, left: str, right: str) -> None:
        shown = plain(left), plain(right)
        if shown != (self._left, self._right):
            self._left, self._right = shown
            self.refresh()

    def render(self) -> Text:
        width = self.size.width
        right = self._right if width >= 72 else ""
        space = width - 2 - (cell_len(right) + 1 if right else 0)
        left = crop(f" {self._left}", max(8, space))
        return Text(f"{left} {right}" if right else left, style="bold", no_wrap=True)


class TripBar(Widget):
    """`✓` done, `»CAPITALS` here, plain words still to come."""

    DEFAULT_CSS = "TripBar { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._here, self._note = "", ""
        self._passed: Sequence[str] | None = None

    def show(self, here: str, note: str = "", passed: Sequence[str] | None = None) -> None:
        """passed: which stops of a run are behind it, wherever one looks from; None: there is no
        run yet, and all before this one are."""
        if (here, note, passed) != (self._here, self._note, self._passed):
            self._here, self._note, self._passed = here, note, passed
            self.refresh()

    def _behind(self, stop: str) -> bool:
        if self._passed is None or stop not in OF_A_RUN:
            return STOPS.index(stop) < STOPS.index(self._here)
        return stop in self._passed

    def render(self) -> Text:
        if self._here not in STOPS:
            return Text("")
        at = STOPS.index(self._here)
        later = [stop for stop in STOPS[at + 1 :] if not self._behind(stop)]
        if self.size.width < 72:
            ahead = f"   next: {later[0]}" if later else ""
            note = f" {self._note}" if self._note else ""
            return Text(f" {at + 1} of {len(STOPS)}  »{self._here.upper()}{note}{ahead}")
        words = [f"✓{stop}" if self._behind(stop) else stop for stop in STOPS]
        words[at] = f"»{self._here.upper()}" + (f" {self._note}" if self._note else "")
        gap = "  " if cell_len("  ".join(words)) + 2 <= self.size.width else " "
        text = Text(" ", no_wrap=True)
        for place, word in enumerate(words):
            text.append(word, "bold" if place == at else "")
            text.append(gap)
        return text


class MessageLine(Static):
    """What happened last or what comes next, in words; an error takes as many lines as it needs."""

    DEFAULT_CSS = """
    MessageLine { height: auto; min-height: 1; max-height: 7; padding: 0 1; }
    MessageLine.-trouble { text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False, id="message")
        self.words = ""

    def say(self, words: str, *, trouble: bool = False) -> None:
        lines = (plain(line).split(" ") for line in words.split("\n"))
        self.words = "\n".join(" ".join(crop(one, LONGEST).rstrip() for one in ln) for ln in lines)
        self.set_class(trouble, "-trouble")
        self.update(Text(self.words))


class KeyLine(Widget):
    """The keys, always in the same order; what does not fit is left out from the screen's own."""

    DEFAULT_CSS = "KeyLine { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._own: tuple[tuple[str, str], ...] = ()
        self._esc = "Back"

    def show(self, own: Sequence[tuple[str, str]], esc: str) -> None:
        if (tuple(own), esc) != (self._own, self._esc):
            self._own, self._esc = tuple(own), esc
            self.refresh()

    def render(self) -> Text:
        fixed = [
            ("Esc", self._esc), ("F1", "Help"), ("F2", "Map"),
            ("Ctrl+P", "More"), ("Ctrl+Q", "Leave"),
        ]  # fmt: skip
        if self.size.width < 72:
            fixed.pop(2)
        own = list(self._own)
        while own and len(self._line([*own, *fixed])) > self.size.width:
            own.pop()
        text = Text(" ", no_wrap=True, overflow="ellipsis")
        for key, word in [*own, *fixed]:
            text.append(key, "bold").append(f" {word}  ")
        return text

    @staticmethod
    def _line(keys: Sequence[tuple[str, str]]) -> str:
        return " " + "  ".join(f"{key} {word}" for key, word in keys)


class Pane(Static):
    """A box with a title that holds text. Nothing in it is ever read as markup."""

    def __init__(
        self, title: str = "", words: str | Text = "", *, id: str | None = None, classes: str = ""
    ) -> None:
        super().__init__("", markup=False, id=id, classes=f"pane {classes}".strip())
        titled(self, title)
        self.words, self._text = "", Text()
        self.write(words)

    def write(self, words: str | Text, *, title: str | None = None) -> None:
        text = words if isinstance(words, Text) else Text(words)
        if text != self._text:
            alike = self._takes_the_same_rows(text)
            self._text, self.words = text, text.plain
            self.update(text, layout=not alike)
        if title is not None:
            titled(self, title)

    def _takes_the_same_rows(self, text: Text) -> bool:
        """So that only this box is drawn anew, and nothing around it is arranged again."""
        rows, before = text.plain.split("\n"), self._text.plain.split("\n")
        width = self.content_size.width
        return len(rows) == len(before) and all(cell_len(row) <= width for row in (*rows, *before))


def titled(widget: Widget, title: str, note: str = "") -> None:
    """Set the title in a box's upper border, as plain text; `note` goes into the lower one."""
    if widget.has_class("rule"):
        title = f" {title} " if title else ""  # without corners nothing else sets it apart
    above = Content(plain(title)).markup if title else None
    below = Content(plain(note)).markup if note else None
    if (widget.border_title, widget.border_subtitle) != (above, below):  # else it is drawn anew
        widget.border_title, widget.border_subtitle = above, below


def facts(rows: Sequence[tuple[str, str]], width: int, *, label: int | None = None) -> Text:
    """Lines of `label  words`, the words wrapped under each other within `width` cells."""
    edge = label or max((cell_len(name) for name, _ in rows), default=0) + 2
    lines: list[str] = []
    for name, words in rows:
        wrapped = wrap(words, max(10, width - edge))
        for first, piece in enumerate(wrapped or [""]):
            lines.append((name.ljust(edge) if not first else " " * edge) + piece)
    return Text("\n".join(lines))


def wrap(words: str, width: int) -> list[str]:
    """Lines of at most `width` cells."""
    lines: list[str] = []
    for paragraph in words.split("\n"):
        line = ""
        for word in plain(paragraph).split(" "):
            joined = f"{line} {word}" if line else word
            if line and cell_len(joined) > width:
                lines.append(line)
                line = word
            else:
                line = joined
            while cell_len(line) > width:
                lines.append(crop(line, width - 1).rstrip("…"))
                line = line[len(lines[-1]) :]
        lines.append(line)
    return lines
