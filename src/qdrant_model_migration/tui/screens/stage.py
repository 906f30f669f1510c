"""Any stage of `pages/` as a screen: its blocks, its buttons, and where its acts lead."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.outcome import LEAVE, Go, Outcome, Refused, Said, Work
from qdrant_model_migration.pages.page import Act, Ask, Facts, Page, Row, Says, Table
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import enter, stage
from qdrant_model_migration.tui.screens.over import CLOSE, Over
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
from qdrant_model_migration.tui.widgets.blocks import (
    LOW,
    AskBlock,
    TableBlock,
    TextBlock,
)
from qdrant_model_migration.tui.widgets.lines import Lines

FULL = "full-"  # a command that shows facts whole which have been cut to a line each


class StageScreen(Stop):
    """One screen for every stage that is a page. It knows none of them."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name_of_stage = name
        self._stage = stage(name)
        self._page: Page | None = None
        self._work: Work | None = None

    @property
    def page(self) -> Page:
        if self._page is None:
            self._page = self._stage.page(self.session)
            self.place, self.esc = self._page.place, self._page.esc
            enter = next((table.enter for table in self._page.tables), "Choose")
            self.keys = (("↑↓", "Move"), ("Enter", enter))
        return self._page

    # -- what the frame asks -------------------------------------------------------------------

    def where(self) -> str:
        return self.page.where or super().where()

    def body(self) -> ComposeResult:
        yield Vertical(id="blocks")

    def acts(self) -> tuple[Act, ...]:
        here = self._in_hand()
        of_row = here[1].acts if here is not None and here[0].more != "open" else ()
        full = [
            Act(f"{FULL}{at}", f"{block.name or block.title} in full", button=False)
            for at, block in enumerate(self.page.body)
            if isinstance(block, Facts) and self._is_low(at)
        ]
        back = Act("back", self.page.esc)
        buttons = [act for act in self.page.acts if act.button]
        listed = [act for act in self.page.acts if not act.button]
        return (*of_row, *buttons, back, *full, *listed)

    def help(self) -> HelpText:
        return HelpText(self.page.title.split(":")[0], self.page.help)

    def first(self) -> Widget | None:
        return self._control(self.page.first)

    async def shown(self) -> None:
        await self._carry_out(enter(self.name_of_stage, self.session))
        if self.app.screen is self and self.page.hello:
            self.say(self.page.hello)

    async def refit(self) -> None:
        await self._draw()

    # -- drawing -------------------------------------------------------------------------------

    async def _draw(self) -> None:
        """Bring all blocks up to date; other ones than before are put there anew."""
        self._page = None
        blocks = self.query_one("#blocks", Vertical)
        body = self.page.body
        shape = [_shape(block) for block in body]
        if shape != getattr(self, "_drawn", None):
            self._drawn = shape
            await blocks.remove_children()
            await blocks.mount_all(_widget(block) for block in body)
        for at, (widget, block) in enumerate(zip(blocks.children, body, strict=True)):
            if isinstance(widget, TextBlock) and isinstance(block, Says | Facts):
                widget.show(block, low=self._is_low(at))
            elif isinstance(widget, AskBlock) and isinstance(block, Ask):
                widget.show(block)
            elif isinstance(widget, TableBlock) and isinstance(block, Table):
                await widget.show(block)
        self.frame()
        await self.show_acts()

    def _is_low(self, at: int) -> bool:
        """Whether facts stand below a table in a low window."""
        above = self.page.body[:at]
        return self.size.height < LOW and any(isinstance(block, Table) for block in above)

    def _in_hand(self) -> tuple[Table, Row] | None:
        """The row in hand of the table that has the focus, else of the first."""
        tables = list(self.query(TableBlock))
        tables.sort(key=lambda table: not table.lines.has_focus)
        for table in tables:
            if table.in_hand is not None:
                return table.table, table.in_hand
        return None

    def _control(self, key: str) -> Widget | None:
        """What has this key: a table, a row, an ask or an act. A row comes into hand."""
        for widget in self.query(TableBlock):
            if key == widget.table.key or any(key == row.key for row in widget.table.rows):
                widget.lines.go(key)
                return widget.lines
        for ask in self.query(AskBlock):
            if ask.ask.key == key:
                return ask.control
        return next(iter(self.query(f"#act-{key}")), None) if key else None

    async def _focus(self, key: str) -> None:
        for table in self.page.tables:
            for row in table.rows:
                if any(isinstance(block, Ask) and block.key == key for block in row.more):
                    widget = self.query_one(f"#table-{table.key}", TableBlock)
                    widget.lines.go(row.key)
                    await widget.show_more()
        control = self._control(key)
        if control is not None:
            control.focus()

    # -- what a person does --------------------------------------------------------------------

    def _values(self) -> dict[str, str]:
        values: dict[str, str] = {}
        for ask in self.query(AskBlock):
            values.update(ask.values)
        for table in self.query(TableBlock):
            values[table.table.key] = table.lines.key or ""
        return values

    async def act(self, key: str) -> None:
        if key.startswith(FULL):
            block = self.page.body[int(key.removeprefix(FULL))]
            if isinstance(block, Facts):
                self._over(Page(block.name or block.title, (block._replace(title=""),), (CLOSE,)))
            return
        await self._carry_out(self._stage.act(self.session, key, self._values()))

    async def on_lines_moved(self, event: Lines.Moved) -> None:
        event.stop()
        for table in self.query(TableBlock):
            if table.lines is event.lines:
                await table.show_more()
        await self.show_acts()

    async def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        table = self.query_one(f"#table-{event.lines.id}", TableBlock)
        await table.show_more()
        row = table.in_hand
        if row is None:
            return
        asks = list(table.query(AskBlock))
        if table.table.more == "open":
            self._over(Page(row.title or row.cells[0], row.more, (CLOSE, *row.acts)))
        elif asks:
            asks[0].control.focus()
        elif row.acts:
            await self.do(row.acts[0])
        else:
            self.say("Down leads to the next one.")

    async def on_ask_block_given(self, event: AskBlock.Given) -> None:
        event.stop()
        if event.ask.at_once:
            await self._carry_out(self._stage.act(self.session, event.ask.key, self._values()))
        elif event.done:
            self.focus_next()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def _over(self, page: Page) -> None:
        async def chosen(picked: tuple[str, dict[str, str]] | None) -> None:
            if picked is not None:
                key, values = picked
                given = {**self._values(), **values}
                await self._carry_out(self._stage.act(self.session, key, given))

        self.app.push_screen(Over(page), chosen)

    # -- where it leads ------------------------------------------------------------------------

    async def _carry_out(self, outcome: Outcome) -> None:
        if isinstance(outcome, Session):
            self.wizard.session = outcome
            await self._draw()
        elif isinstance(outcome, Said):
            self.wizard.session = outcome.session
            await self._draw()
            if outcome.words:
                self.say(outcome.words)
            await self._focus(outcome.at)
        elif isinstance(outcome, Refused):
            self.say(outcome.words, trouble=True)
            await self._focus(outcome.at)
        elif isinstance(outcome, Page):
            self._over(outcome)
        elif isinstance(outcome, Work):
            self._begin(outcome)
        else:
            self._go(outcome)

    def _go(self, go: Go) -> None:
        self.wizard.session = go.session
        if go.to == LEAVE:
            self.app.exit(0)
        elif go.back:
            self.wizard.go_back_to(go.to)
        else:
            self.wizard.go(go.to, instead=go.instead)
        if go.words:
            self.wizard.tell(go.words)

    def _begin(self, work: Work) -> None:
        if work.says:
            self.say(work.says)
        self._work = work
        self.work(work.name, work.do)

    async def news(self, name: str, news: object) -> None:
        if isinstance(news, str):
            self.say(news)
        elif self._work is not None and self._work.news is not None:
            self.wizard.session = self._work.news(self.session, news)
            await self._draw()

    async def done(self, name: str, result: object) -> None:
        if self._work is not None:
            await self._carry_out(self._work.then(self.session, result))

    async def failed(self, name: str, error: QmmError) -> None:
        if self._work is not None and self._work.failed is not None:
            await self._carry_out(self._work.failed(self.session, error))
        else:
            self.trouble(error)

    async def action_back(self) -> None:
        if self._work is not None and self._work.stop is not None:
            self._work.stop.set()
        await super().action_back()


def _shape(block: Says | Facts | Table | Ask) -> tuple[str, str]:
    key = block.key if isinstance(block, Table | Ask) else ""
    return type(block).__name__, key


def _widget(block: Says | Facts | Table | Ask) -> Widget:
    if isinstance(block, Table):
        return TableBlock(block)
    return AskBlock(block) if isinstance(block, Ask) else TextBlock()
