"""All blocks of a page below each other, or beside the map: drawn, and asked what is in hand."""

from __future__ import annotations

from itertools import groupby

from textual.containers import Vertical
from textual.widget import Widget

from qdrant_model_migration.pages.page import (
    Ask,
    Beside,
    Block,
    Choice,
    Facts,
    Page,
    Row,
    Says,
    Table,
    Ways,
)
from qdrant_model_migration.tui.map_pane import MapPane
from qdrant_model_migration.tui.sizes import LOW, NARROW, is_wide
from qdrant_model_migration.tui.widgets.blocks import (
    AskBlock,
    BesideBlock,
    TableBlock,
    TextBlock,
    is_closing,
)
from qdrant_model_migration.tui.widgets.frame import titled
from qdrant_model_migration.tui.widgets.scroll import Scroll

Shape = tuple[object, ...]


def shape(page: Page) -> list[Shape]:
    """What stands on it, as far as other widgets are needed for something else."""
    return [_shape(block) for block in page.body]


class PageBlocks(Vertical):
    """A widget for each block of `page.body`, in its order."""

    def __init__(self) -> None:
        super().__init__(id="blocks")
        self._page = Page("", ())
        self._blocks: list[Widget] = []
        self._put: dict[str, str | None] = {}  # by table: the row that came into hand by itself
        self._broken_at = 0  # cells; how wide lines beside a map are

    # -- drawing -------------------------------------------------------------------------------

    async def show(self, page: Page, *, anew: bool) -> None:
        """Bring all blocks up to date. anew: the page has another shape, so others are put here."""
        self._page = page
        if anew:
            self._put = {}
            self._blocks = [_widget(block) for block in page.body]
            await self.remove_children()
            arranged = self._arranged()
            self.set_class(any(isinstance(one, MapPane) for one in arranged), "-mapped")
            await self.mount_all(arranged)
        for at, (widget, block) in enumerate(zip(self._blocks, page.body, strict=True)):
            if is_closing(widget):  # what was put there last has nothing in it
                return
            if isinstance(widget, TextBlock) and isinstance(block, Says | Facts):
                width = self._broken_at = self._beside_map()
                widget.show(block, low=self.is_low(page, at), width=width)
            elif isinstance(widget, BesideBlock) and isinstance(block, Beside):
                widget.show(block, narrow=self.app.size.width < NARROW)
            elif isinstance(widget, AskBlock) and isinstance(block, Ask):
                widget.show(block)
            elif isinstance(widget, TableBlock) and isinstance(block, Table):
                await widget.show(block)
                self._put_in_hand(widget)
        for left in self.query("#mapped"):
            titled(left, page.title)
        if (ways := self._ways()) is not None:
            self.draw_map(ways)

    def _arranged(self) -> list[Widget]:
        """The blocks; asks below each other are in one box, under the title of the page. Where the
        map shows what a choice leaves, all of them are, and the map beside it."""
        page = self._page
        if self._ways() is not None:
            return [Scroll(*self._blocks, id="mapped", classes="pane"), MapPane(id="map")]
        titles = {block.title for block in page.body if isinstance(block, Says | Facts)}
        arranged: list[Widget] = []
        for asks, together in groupby(self._blocks, lambda block: isinstance(block, AskBlock)):
            if asks:
                box = Vertical(*together, classes="pane snug")
                titled(box, "" if page.title in titles else page.title)
                arranged.append(box)
            else:
                arranged += together
        return arranged

    def _beside_map(self) -> int:
        """Cells for a line beside the map; 0: there is none."""
        boxes = self.query("#mapped")
        return max(24, boxes.first().size.width - 3) if boxes else 0

    @property
    def is_outgrown(self) -> bool:
        """Whether the map leaves another width than the lines beside it were broken at."""
        return bool(self._broken_at) and self._broken_at != self._beside_map()

    def is_low(self, page: Page, at: int) -> bool:
        """Whether facts stand below a table in a low window."""
        above = page.body[:at]
        return self.app.size.height < LOW and any(isinstance(block, Table) for block in above)

    def _put_in_hand(self, widget: TableBlock) -> None:
        """The row that the page begins with, as long as no other one was chosen."""
        key, lines, first = widget.table.key, widget.lines, self._page.first
        if self._put.get(key, lines.key) == lines.key:
            if self._page.row(key, first) is not None:
                lines.go(first)
            self._put[key] = lines.key

    def _ways(self) -> Ways | None:
        """The map, were the choice in hand taken; None: nothing on the page says."""
        asks = [ask for ask in self._page.body if isinstance(ask, Ask)]
        marked = (choice for ask in asks for choice in ask.choices if choice.value == ask.value)
        here = next((block.in_hand for block in self.query(AskBlock)), None)
        choice = here if here is not None and here.ways is not None else next(marked, None)
        return choice.ways if choice is not None else None

    def draw_map(self, ways: Ways) -> None:
        for pane in self.query(MapPane):
            pane.show(self._page.map or ways, ways, wide=is_wide(self.app.size))

    def to_top(self) -> None:
        """A question opens at its beginning."""
        for left in self.query("#mapped"):
            self.call_after_refresh(left.scroll_home, animate=False)

    # -- what is in hand, and what was given ---------------------------------------------------

    @property
    def tables(self) -> list[TableBlock]:
        return [table for table in self.query(TableBlock) if table.is_there]

    @property
    def in_hand(self) -> tuple[Table, Row] | None:
        """The row in hand of the table that has the focus, else of the first."""
        for table in sorted(self.tables, key=lambda table: not table.lines.has_focus):
            if table.in_hand is not None:
                return table.table, table.in_hand
        return None

    @property
    def values(self) -> dict[str, str]:
        """What was given and which rows are in hand, by key."""
        values: dict[str, str] = {}
        for ask in self.query(AskBlock):
            values.update(ask.values)
        for table in self.tables:
            values[table.table.key] = table.lines.key or ""
        return values

    def control(self, key: str) -> Widget | None:
        """What has this key: a table, a row or an ask. A row comes into hand."""
        for widget in self.tables:
            if key == widget.table.key or any(key == row.key for row in widget.table.rows):
                widget.lines.go(key)
                return widget.lines
        asks = (ask.control for ask in self.query(AskBlock) if ask.ask.key == key)
        return next(asks, None)

    async def bring_into_hand(self, key: str) -> None:
        """The row in which this is asked, if it is asked in one."""
        for table in self._page.tables:
            for row in table.rows:
                if any(isinstance(block, Ask) and block.key == key for block in row.more):
                    widget = self.query_one(f"#table-{table.key}", TableBlock)
                    widget.lines.go(row.key)
                    await widget.show_more()


def _shape(block: Block) -> Shape:
    """What a widget is made of once and for all; the rest is brought up to date in it."""
    if isinstance(block, Ask):
        return ("ask", block.key, block.kind, block.label, *map(_shape_of_choice, block.choices))
    if isinstance(block, Beside):
        return ("beside", len(block.blocks))
    return (type(block).__name__, block.key if isinstance(block, Table) else "")


def _shape_of_choice(choice: Choice) -> Shape:
    """Two questions ask under the same key; the answer of the other one must not stand there."""
    return (*choice._replace(asks=(), ways=None), *map(_shape, choice.asks))


def _widget(block: Block) -> Widget:
    if isinstance(block, Table):
        return TableBlock(block)
    if isinstance(block, Beside):
        return BesideBlock(block)
    return AskBlock(block) if isinstance(block, Ask) else TextBlock()
