"""The blocks of a page as widgets: text, a table with its row in hand, and what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from qdrant_model_migration.pages.page import (
    Ask,
    Beside,
    Block,
    Choice,
    Column,
    Fact,
    Facts,
    Row,
    Says,
    Scale,
    Table,
)
from qdrant_model_migration.tui.typeset import bar_of, crop, plain, row, scale
from qdrant_model_migration.tui.widgets.field import Field
from qdrant_model_migration.tui.widgets.frame import Pane, facts, titled, wrap
from qdrant_model_migration.tui.widgets.ids import id_of
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.scroll import Scroll
from qdrant_model_migration.tui.widgets.tick import Tick

SIGNS = {"": "", "good": "✓ ", "caution": "! ", "bad": "✗ "}
BAR = 24  # cells
COLUMN = 20  # cells; labels of fields below each other stand in one column up to this width
LEAST = 16  # cells for a column without a width


def lines_of(blocks: Sequence[Block], width: int) -> list[str]:
    """What is said in them within `width` cells; what is asked is none of it."""
    lines: list[str] = []
    for block in blocks:
        if lines and not isinstance(block, Ask):
            lines.append("")
        if isinstance(block, Says):
            lines += [block.title] if block.title else []
            for words in block.words:
                if isinstance(words, Scale):
                    lines.append(scale(words, width))
                else:
                    lines += [plain(words)] if block.as_is else wrap(words, width)
            lines += [f"{'or' if at else 'Next'}: {c}" for at, c in enumerate(block.commands)]
        elif isinstance(block, Facts):
            lines += [block.title] if block.title else []
            lines += facts(pairs(block), width).plain.split("\n")
    return lines


def pairs(block: Facts) -> list[tuple[str, str]]:
    return [
        (
            f"{SIGNS[fact.mark]}{fact.label}",
            _bar(fact) + "; ".join(part for part in (fact.value, fact.how) if part),
        )
        for fact in block.rows
    ]


def _bar(fact: Fact) -> str:
    if fact.share is None:
        return ""
    full = bar_of(fact.share, 1.0, BAR)
    return f"{full}{'░' * (BAR - len(full))} "


def is_closing(widget: Widget) -> bool:
    """Whether it, or the whole window, is being taken away: nothing is put into it any more."""
    return not (widget.app.is_running and widget.is_attached and widget.display)


class TextBlock(Pane):
    """Says or Facts. low: a fact has one line; what does not fit goes, how it is known first."""

    def show(self, block: Says | Facts, *, low: bool = False, width: int = 0) -> None:
        width = width or max(40, self.app.size.width - 5)  # beside what does not fit is a scrollbar
        lines = lines_of([block._replace(title="")], width)
        if low and isinstance(block, Facts):
            edge = max((len(label) for label, _ in pairs(block)), default=0) + 2
            lines = [
                _in_a_line(fact, f"{label:<{edge}}{said}", width)
                for fact, (label, said) in zip(block.rows, pairs(block), strict=True)
            ]
        if cell_len(block.title) > width - 4:  # cut in the border, so it stands whole below
            lines = [*wrap(block.title, width), "", *lines]
        self.write("\n".join(lines), title=block.title)
        self.set_class(not block.title, "bare")
        tone = block.tone if isinstance(block, Says) else ""
        self.set_class(tone == "good", "-go")
        self.set_class(tone == "bad", "-no-go")


def _in_a_line(fact: Fact, words: str, width: int) -> str:
    if fact.how and cell_len(words) > width:
        words = words.removesuffix(f"; {fact.how}") + " …"
    return crop(words, width).rstrip()


class BesideBlock(Horizontal):
    """Texts next to each other; in a narrow window below."""

    def __init__(self, block: Beside) -> None:
        super().__init__(*(TextBlock() for _ in block.blocks), classes="columns")

    def show(self, block: Beside, *, narrow: bool) -> None:
        width = self.app.size.width - 1
        each = max(30, (width if narrow else width // len(block.blocks)) - 4)
        for widget, one in zip(self.query(TextBlock), block.blocks, strict=True):
            widget.show(one, width=each)


class AskBlock(Vertical):
    """One thing to give, and what the choice under the focus wants to know besides."""

    DEFAULT_CSS = "AskBlock { height: auto; } AskBlock Lines { height: auto; }"

    class Looked(Message):
        """Another choice has come into hand."""

        def __init__(self, choice: Choice | None) -> None:
            super().__init__()
            self.choice = choice

    class Given(Message):
        """Something else stands there now. done: it was given by Enter."""

        def __init__(self, ask: AskBlock, *, done: bool) -> None:
            super().__init__()
            self.ask, self.done = ask.ask, done

    def __init__(self, ask: Ask, *, width: int = 10) -> None:
        """width: cells of its label, where it stands in a column with others."""
        super().__init__(id=id_of("ask", ask.key))
        self.ask, self._marked, self._open = ask, ask.value, ask.value
        self._width = max(width, len(ask.label) + 2)

    def compose(self) -> ComposeResult:
        ask = self.ask
        if ask.kind == "tick":
            yield Tick(ask.label, on=ask.value == "yes", id=id_of("tick", ask.key))
        elif ask.kind == "choice":
            yield Lines(self._choices(), id=id_of("set", ask.key), head=ask.label, at=ask.value)
            yield Vertical(*self._more(ask.value), id=id_of("more", ask.key), classes="snug")
            if ask.help:
                yield Static(f"\n{ask.help}", markup=False)
        else:
            yield Field(ask.label, name=ask.key, value=ask.value, hint=ask.help,
                        hidden=ask.kind == "secret", width=self._width)  # fmt: skip

    def show(self, ask: Ask) -> None:
        """Another value that the session has meanwhile; what is being typed stays."""
        if ask.kind == "tick" and ask.at_once:
            tick = self.query_one("#" + id_of("tick", ask.key), Tick)
            tick.on = ask.value == "yes"
            tick.refresh()
        elif ask.kind in ("text", "number") and ask.value != self.ask.value:
            self.query_one("#" + id_of("field", ask.key), Field).input.value = ask.value
        self.ask = ask

    @property
    def values(self) -> dict[str, str]:
        """What was given, by key."""
        ask = self.ask
        if ask.kind == "tick":
            return {ask.key: "yes" if self.query_one("#" + id_of("tick", ask.key), Tick).on else ""}
        if ask.kind == "choice":
            values = {ask.key: self._marked}
            for more in self.query_one("#" + id_of("more", ask.key)).query_children(AskBlock):
                values.update(more.values)
            return values
        return {ask.key: self.query_one("#" + id_of("field", ask.key), Field).value}

    @property
    def control(self) -> Widget:
        """What has the focus first."""
        return next(w for w in self.query("*") if w.can_focus)

    @property
    def in_hand(self) -> Choice | None:
        """The choice under the focus."""
        return self._choice(self._open)

    def _choices(self) -> list[Line]:
        return [
            Line(
                choice.value,
                f"({'•' if choice.value == self._marked else ' '}) {choice.label}"
                + (f" ({choice.mark})" if choice.mark else ""),
                more=f"closed: {choice.closed}" if choice.closed else choice.note,
                hang=4,
                style="dim" if choice.closed else "",
            )
            for choice in self.ask.choices
        ]

    def _choice(self, value: str) -> Choice | None:
        return next((choice for choice in self.ask.choices if choice.value == value), None)

    def _more(self, value: str) -> list[AskBlock]:
        choice = self._choice(value)
        asks = choice.asks if choice and not choice.closed else ()
        labels = [len(ask.label) + 2 for ask in asks if ask.kind in ("text", "number", "secret")]
        width = max((one for one in labels if one <= COLUMN), default=10)
        return [AskBlock(ask, width=width) for ask in asks]

    async def on_lines_moved(self, event: Lines.Moved) -> None:
        event.stop()
        await self._open_more(event.key)
        self.post_message(self.Looked(self.in_hand))

    async def on_lines_ticked(self, event: Lines.Ticked) -> None:
        event.stop()
        await self._mark(event.key)
        self.post_message(self.Given(self, done=False))

    async def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        await self._mark(event.key)
        self.post_message(self.Given(self, done=True))

    async def _open_more(self, value: str) -> None:
        more, old, new = (
            self.query_one("#" + id_of("more", self.ask.key)),
            self._choice(self._open),
            value,
        )
        self._open = new
        fresh = self._choice(new)
        if (old.asks if old else ()) != (fresh.asks if fresh else ()):
            await more.remove_children()
            await more.mount_all(self._more(new))

    async def _mark(self, value: str) -> None:
        self._marked = value
        self.query_one("#" + id_of("set", self.ask.key), Lines).show(self._choices())
        await self._open_more(value)
        self.post_message(self.Looked(self.in_hand))

    def on_tick_turned(self, event: Tick.Turned) -> None:
        event.stop()
        self.post_message(self.Given(self, done=True))


class TableBlock(Widget):
    """The rows, and what is said and asked of the one in hand: below, beside, or in a dialog."""

    def __init__(self, table: Table) -> None:
        super().__init__(id=f"table-{table.key}", classes=f"table -{table.more}")
        self.table = table
        self._asked: tuple[Ask, ...] = ()
        self._waited = False
        self._shown: str | None = None  # the key of the row that the box is about

    def compose(self) -> ComposeResult:
        ticks = self.table.more == "ticks"
        yield Lines(id=self.table.key, classes="pane", wrap=ticks, jump=not ticks)
        with Scroll(classes="pane more"):
            yield Static("", markup=False, classes="said")

    @property
    def is_there(self) -> bool:
        """A key can come before all of it is."""
        return bool(self.query(Lines)) and bool(self.query(".said"))

    @property
    def lines(self) -> Lines:
        return self.query_one(f"#{self.table.key}", Lines)

    @property
    def in_hand(self) -> Row | None:
        return next((row for row in self.table.rows if row.key == self.lines.key), None)

    async def on_resize(self) -> None:
        """A scrollbar of the page takes a cell of it: columns are fitted to what is left."""
        if self.is_there and not is_closing(self):
            await self.show(self.table)

    async def show(self, table: Table) -> None:
        self.table, lines = table, self.lines
        self.set_class(not any(one.more for one in table.rows), "-bare")
        if table.more == "ticks":
            lines.show([_to_tick(one) for one in table.rows])
            titled(lines, table.title)
            return
        last = lines.lines[-1].key if lines.lines else None
        follows = table.newest and lines.key == last
        sign = 2 if any(one.mark for one in table.rows) else 0
        tick = 3 if any(_tick(one) for one in table.rows) else 0
        edges = 2 + sum(width + 1 for width in (sign, tick) if width)
        if len(table.rows) > lines.size.height > 0:
            edges += 1  # the scrollbar, which is there or about to come
        inner = lines.outer_size.width - lines.styles.gutter.width  # with that scrollbar, always
        columns = fitted(table, max(20, (inner if inner > 0 else 78) - edges))
        head = row([(column.head, width) for _, column, width in columns])
        lines.show(
            [
                Line(
                    one.key,
                    (f"{one.mark:<{sign}} " if sign else "")
                    + row([(one.cells[at], width) for at, _, width in columns])
                    + (f" {_tick(one)}" if tick else ""),
                )
                for one in table.rows
            ],
            head=f"{' ' * (sign + 1 if sign else 0)}{head}"
            if head.strip() and len(columns) > 1
            else "",
        )
        if follows and table.rows:
            lines.go(table.rows[-1].key)
        titled(lines, table.title, ", ".join(f"{s.strip()} {w}" for s, w in table.marks.items()))
        await self.show_more()

    async def show_more(self) -> None:
        """What is said and asked of the row in hand."""
        if not (self.is_attached and self.is_there):  # another page came before it was laid out
            return
        here, box = self.in_hand, self.query_one(".more", Scroll)
        said, asked = box.query_one(".said", Static), list[Ask]()
        width = max(24, said.size.width or 36)
        if self.table.more == "below":  # as wide as the window, less its edges and a scrollbar
            width = max(24, self.app.size.width - 6)
        if here is not None and box.display:
            if not said.size.width and not self._waited:  # broken anew once it is laid out
                self._waited = self.call_after_refresh(self.show_more)
            said.update("\n".join([*lines_of(here.more, width), ""]))
            title = here.title or here.cells[0]
            titled(box, f"{here.mark.strip()} {title}".strip())
            if here.key != self._shown:  # from its beginning: it may have to be acknowledged
                self._shown = here.key
                box.scroll_home(animate=False)
            asked = [block for block in here.more if isinstance(block, Ask)]
        if [ask.key for ask in asked] != [ask.key for ask in self._asked]:
            await box.query_children(AskBlock).remove()
            await box.mount_all(AskBlock(ask) for ask in asked)
            if asked and is_closing(box):
                return
        for ask, block in zip(asked, box.query_children(AskBlock), strict=True):
            block.show(ask)
        self._asked = tuple(asked)


class Fitted(NamedTuple):
    """A column that is shown: its place among all of them, and its width."""

    at: int
    column: Column
    width: int


def fitted(table: Table, width: int) -> list[Fitted]:
    """What does not fit is left out from the right; a column without a width has the rest, and
    what its own texts leave of that goes to those that are cut."""
    kept = list(enumerate(table.columns))
    while True:
        rest = width - sum(column.width + 2 for _, column in kept) + 2
        fixed = [place for place, (_, column) in enumerate(kept) if column.width]
        if rest >= LEAST or not fixed:
            break
        kept.pop(fixed[-1])
    needs = [
        max((cell_len(row.cells[at]) for row in table.rows), default=0)
        for at in range(len(table.columns))
    ]
    own = max((needs[at] for at, column in kept if not column.width), default=rest)
    left, found = rest - max(LEAST, own), list[Fitted]()
    for at, column in kept:
        more = max(0, min(needs[at] - column.width, left)) if column.width else 0
        rest, left = rest - more, left - more
        found.append(Fitted(at, column, (-1 if column.right else 1) * (column.width + more)))
    return [one if one.width else one._replace(width=max(8, rest)) for one in found]


def _to_tick(one: Row) -> Line:
    text, how = one.cells
    return Line(one.key, f"{_tick(one)} {text}" + (f"   {how}" if how else ""), hang=4)


def _tick(one: Row) -> str:
    """Whether what is to be ticked in a row is ticked."""
    ticks = [block.value for block in one.more if isinstance(block, Ask) and block.kind == "tick"]
    return f"[{'x' if all(ticks) else ' '}]" if ticks else ""
