"""Any stage of `pages/` as a screen: its blocks, its buttons, and where its acts lead."""

from __future__ import annotations

import asyncio
from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.outcome import (
    BACK,
    HOME,
    LEAVE,
    Go,
    Outcome,
    Refused,
    Said,
    Work,
)
from qdrant_model_migration.pages.page import (
    Act,
    Ask,
    Facts,
    Page,
    Row,
    Says,
    Table,
    missing,
)
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import enter, leave, stage
from qdrant_model_migration.tui.page_blocks import PageBlocks, Shape, shape
from qdrant_model_migration.tui.screens.over import CLOSE, Over
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
from qdrant_model_migration.tui.widgets.blocks import AskBlock, TableBlock
from qdrant_model_migration.tui.widgets.ids import id_of
from qdrant_model_migration.tui.widgets.lines import Lines
from qdrant_model_migration.tui.widgets.press import Press
from qdrant_model_migration.tui.widgets.scroll import Fitted

FULL = "full-"  # a command that shows facts whole which have been cut to a line each


class StageScreen(Stop):
    """One screen for every stage that is a page. It knows none of them."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name_of_stage = name
        self._stage = stage(name)
        self._page: Page | None = None
        self._works: dict[str, Work] = {}
        self._repeated: set[str] = set()
        self.blocks = PageBlocks()
        self._drawn: list[Shape] | None = None
        self._corrected = False
        self._asked_over: Page | None = None  # what was asked last, and is not settled yet
        self._drawing = asyncio.Lock()

    @property
    def page(self) -> Page:
        if self._page is None:
            self._page = self._stage.page(self.session)
            self.place, self.esc = self._page.place, self._page.esc
            self.hello = self._page.hello
        return self._page

    def _keys(self) -> tuple[tuple[str, str], ...]:
        """What Enter does is said of the row in hand."""
        here = self.blocks.in_hand
        if here is not None:
            enter = here[1].enter or here[0].enter
        else:
            acts = [act.label for act in self.page.acts if act.enter]
            enter = next((table.enter for table in self.page.tables), *acts[:1] or ["Choose"])
        return (("↑↓", "Move"), *((("Enter", enter),) if enter else ()))

    def frame(self) -> None:
        self.keys = self._keys()
        super().frame()

    # -- what the frame asks -------------------------------------------------------------------

    def where(self) -> str:
        return self.page.where or super().where()

    def body(self) -> ComposeResult:
        yield self.blocks

    def acts(self) -> tuple[Act, ...]:
        if (work := self._stoppable()) is not None:
            return (Act(BACK, work.stopping),)
        here = self.blocks.in_hand
        of_row = here[1].acts if here is not None and _at_once(*here) else ()
        full = [
            Act(f"{FULL}{at}", f"{block.name or block.title} in full", button=False)
            for at, block in enumerate(self.page.body)
            if isinstance(block, Facts) and self.blocks.is_low(self.page, at)
        ]
        acts = [self._asked_for(act) for act in self.page.acts]
        buttons = [act for act in acts if act.button]
        listed = [act for act in acts if not act.button]
        if all(act.key != BACK for act in acts):
            buttons.append(Act(BACK, self.page.esc))
        return (*of_row, *buttons, *full, *listed)

    def _asked_for(self, act: Act) -> Act:
        """Closed as long as something is left to give, where it needs all that is asked."""
        if not act.asks or act.closed:
            return act
        return act._replace(closed=missing(self.page, self.blocks.values))

    def help(self) -> HelpText:
        return HelpText(self.page.title.split(":")[0], self.page.help)

    def first(self) -> Widget | None:
        return self._control(self.page.first)

    async def shown(self) -> None:
        come = enter(self.name_of_stage, self.session)
        if isinstance(come, Work):
            await self._draw()
        await self._carry_out(come)
        said = isinstance(come, Work) and bool(come.says)
        if self.app.screen is self and self.page.hello and not said:
            self.say(self.page.hello)

    def server(self) -> str:
        return super().server() if self.page.server is None else self.page.server

    def place_note(self) -> str:
        return self.page.along

    def passed(self) -> tuple[str, ...] | None:
        return self.page.passed

    async def refit(self) -> None:
        await self._draw()

    async def on_fitted(self, event: Fitted) -> None:
        """Lines beside a map are broken anew, once it is known how much of the width it leaves."""
        if self.blocks.is_outgrown:
            await self._draw()

    # -- drawing -------------------------------------------------------------------------------

    def _is_news(self, session: Session) -> bool:
        """Whether the page is another one now."""
        return self._drawn is None or self._stage.page(session) != self._page

    async def _draw(self) -> None:
        if self.is_left:
            return
        unmoved, before = self.unmoved, self._drawn
        async with self._drawing:  # a window may change its size meanwhile
            said, self._page = self.page.hello, None
            now = shape(self.page)
            if unmoved and now != before:
                self.set_focus(None)  # else what goes away would hand it to its neighbour
            if not self.is_left:
                anew, self._drawn = now != self._drawn, now
                await self.draw_body(anew=anew)
        other = unmoved and before != self._drawn
        if other and self.first() is not None:  # a key may come before the buttons are there
            self.focus_first(anyhow=True)
        self.frame()
        if self.page.hello != said:
            self.say(self.page.hello)
        await self.show_acts()
        if other or self.focused is None:  # what had it may be gone
            self.focus_first(anyhow=True)
        if other:
            self.blocks.to_top()

    async def draw_body(self, *, anew: bool) -> None:
        """anew: the page has another shape than the one that was drawn before."""
        if self.blocks.is_attached:  # else it is being closed
            await self.blocks.show(self.page, anew=anew)
            if anew:
                self.call_after_refresh(self.refit)  # now each knows how wide it is

    def _control(self, key: str) -> Widget | None:
        """What has this key: something on the page, or an act."""
        presses = (press for press in self.query(Press) if press.act.key == key)
        return self.blocks.control(key) or next(presses, None)

    async def _focus(self, key: str) -> None:
        await self.blocks.bring_into_hand(key)
        control = self._control(key)
        if control is not None:
            control.focus()

    # -- what a person does --------------------------------------------------------------------

    async def do(self, act: Act) -> None:
        async with self._drawing:  # what is given with it may be on its way to the screen
            pass
        await super().do(act)

    async def act(self, key: str) -> None:
        if key.startswith(FULL):
            block = self.page.body[int(key.removeprefix(FULL))]
            if isinstance(block, Facts):
                self._over(Page(block.name or block.title, (block._replace(title=""),), (CLOSE,)))
            return
        self._asked_over = None
        await self._carry_out(self._stage.act(self.session, key, self.blocks.values))

    async def on_lines_moved(self, event: Lines.Moved) -> None:
        event.stop()
        if not event.lines.is_attached:
            return
        for table in self.blocks.tables:
            if table.lines is event.lines:
                await table.show_more()
        self.frame()
        await self.show_acts()

    async def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        if self.in_front and event.lines.is_attached:  # else it was there before this page
            await self._choose(event.lines)

    async def _choose(self, lines: Lines) -> None:
        table = self.query_one(f"#table-{lines.id}", TableBlock)
        await table.show_more()
        row = table.in_hand
        if row is None:
            return
        asks = list(table.query(AskBlock))
        if table.table.more == "ticks":
            turned = "" if asks_of(row)[0].value else "yes"
            await self._given(asks_of(row)[0], {asks_of(row)[0].key: turned})
        elif table.table.more == "open" and row.more:
            self._over(Page(row.title or row.cells[0], row.more, (CLOSE, *row.acts)))
        elif asks:
            asks[0].control.focus()
            self._keep_in_sight(asks[0].control)
        elif row.acts:
            await self.do(row.acts[0])
        elif row is not table.table.rows[-1]:
            self.say("Down leads to the next one.")

    async def on_lines_ticked(self, event: Lines.Ticked) -> None:
        if any(table.key == event.lines.id and table.more == "ticks" for table in self.page.tables):
            event.stop()
            await self._choose(event.lines)

    def on_ask_block_looked(self, event: AskBlock.Looked) -> None:
        event.stop()
        ways = event.choice.ways if event.choice is not None else None
        if ways is not None:
            self.blocks.draw_map(ways)
            self.say(ways.advice.collision_says or self.page.hello)

    async def on_ask_block_given(self, event: AskBlock.Given) -> None:
        event.stop()
        if event.ask.at_once:
            await self._given(event.ask, self.blocks.values)
        elif event.done and event.ask.kind != "tick":
            await self._next()
        await self.show_acts()

    async def _next(self) -> None:
        """To what is asked next; after the last of it what Enter alone means is done."""
        asked = [w for w in self.focus_chain if any(isinstance(a, AskBlock) for a in w.ancestors)]
        ready = next((act for act in self.page.acts if act.enter and not act.closed), None)
        if ready is not None and asked and self.focused is asked[-1]:
            await self.do(ready)
        elif (following := self.focus_next()) is not None:
            self._keep_in_sight(following)

    def _keep_in_sight(self, control: Widget) -> None:
        """Once it is laid out: what is asked within an answer can lie below the window."""
        self.call_after_refresh(control.scroll_visible, animate=False)

    async def _given(self, ask: Ask, values: dict[str, str]) -> None:
        await self._carry_out(self._stage.act(self.session, ask.key, values))

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a field never carries out what has to be typed: it only moves on. In the last
        one it is the act that Enter alone means."""
        event.stop()
        if self.focused is not event.input or not self.in_front:
            return  # Enter twice before the first one was carried out
        for ask in self.page.asks:
            if event.input.id == id_of("input", ask.key):
                if ask.at_once:
                    await self._given(ask, self.blocks.values)
                    return
                if event.value and not ask.fits(event.value):
                    self._correct(ask.wrong(event.value))
                    return
                if ask.kind == "typed":
                    self.focus_next()
                    self._say_how_to_go_on()
                    return
        ready = next((act for act in self.page.acts if act.enter and not act.closed), None)
        if event.input is list(self.query(Input))[-1] and ready is not None:
            await self.do(ready)
        else:
            self.focus_next()

    def _say_how_to_go_on(self) -> None:
        """Where everything is given the focus stands on what changes nothing: say where to go."""
        opened = next((act for act in self.page.acts if act.asks and not act.closed), None)
        if opened is not None and not missing(self.page, self.blocks.values):
            self._correct(f"All is given. Go right to {opened.label}, then press Enter.")

    async def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._corrected:
            self._corrected = False
            self.say(self.page.hello)
        if any(act.asks for act in self.page.acts):
            await self.show_acts()

    async def on_key(self, event: events.Key) -> None:
        """Letters on a button go nowhere: say where they belong, so that Enter is no surprise."""
        letter = event.character is not None and event.character.isalnum()
        typed = any(ask.kind == "typed" for ask in self.page.asks)
        if letter and typed and isinstance(self.focused, Press):
            event.stop()
            self._correct("Nothing was typed. Go up to the field to type the name.")

    def _correct(self, words: str) -> None:
        self.say(words)
        self._corrected = True

    def _over(self, page: Page, refused: str = "") -> None:
        """refused: why it is asked again."""

        def chosen(picked: tuple[str, dict[str, str]] | None) -> None:
            if picked is not None:  # not before this screen is on top again, which says its own
                self.call_later(self._chosen, page, *picked)

        why = (Says((refused,)),) if refused else ()
        self.app.push_screen(Over(page._replace(body=(*why, *page.body))), chosen)

    async def _chosen(self, page: Page, key: str, values: dict[str, str]) -> None:
        given = {**self.blocks.values, **values}
        self._asked_over = page.filled(values)
        await self._carry_out(self._stage.act(self.session, key, given))

    def _ask_again(self, refused: str) -> None:
        """What was asked over this page and is refused, with what was given, and why."""
        page, self._asked_over = self._asked_over, None
        if page is not None and page.asks and self.in_front:
            self._over(page, refused)

    # -- where it leads ------------------------------------------------------------------------

    async def _carry_out(self, outcome: Outcome) -> None:
        if isinstance(outcome, Session):
            self.wizard.session = outcome
            if self._is_news(outcome):
                await self._draw()
        elif isinstance(outcome, Said):
            self.wizard.session = outcome.session
            await self._draw()
            if outcome.copy:
                self.app.copy_to_clipboard(outcome.copy)
            if outcome.words:
                self.say(outcome.words, trouble=outcome.trouble)
            await self._focus(outcome.at)
        elif isinstance(outcome, Refused):
            self.say(outcome.words, trouble=True)
            await self._focus(outcome.at)
            self._ask_again(outcome.words)
        elif isinstance(outcome, Page):
            self._over(outcome)
        elif isinstance(outcome, Work):
            await self._begin(outcome)
        else:
            await self._go(outcome)

    async def _go(self, go: Go) -> None:
        self.leave_work()
        self.wizard.session = go.session
        if go.to == self.name_of_stage:
            await self._anew(go.words)
            return
        if go.to == LEAVE:
            self.app.exit(0)
        elif go.to == BACK:
            self.wizard.go_back()
        elif go.to == HOME:
            self.wizard.go_home()
        elif go.back:
            self.wizard.go_back_to(go.to)
        else:
            self.wizard.go(go.to, instead=go.instead)
        if go.words:
            self.wizard.tell(go.words)

    async def _anew(self, words: str) -> None:
        """The same stage from its beginning."""
        self._drawn, self._page = None, None
        self.set_focus(None)
        await self.shown()
        if words:
            self.say(words)

    async def _begin(self, work: Work) -> None:
        if self.busy(work.name):
            return
        if work.begun is not None:
            self.wizard.session = work.begun
            await self._draw()
        if work.says:
            self.say(work.says)
        if work.every and work.name not in self._repeated:
            self._repeated.add(work.name)
            self.set_interval(work.every, partial(self._again, work.name))
        self._works[work.name] = work
        self.work(work.name, work.do)
        await self.show_acts()

    def _again(self, name: str) -> None:
        """What is looked at again and again, unless that is under way or nobody sees it."""
        if self.app.screen is self and not self.busy(name):
            self.work(name, self._works[name].do)

    async def news(self, name: str, news: object) -> None:
        work = self._works[name]
        if isinstance(news, str):
            self.say(news)
        elif work.news is not None:
            self.wizard.session = work.news(self.session, news)
            await self._draw()

    async def done(self, name: str, result: object) -> None:
        work = self._works[name]
        await self._carry_out(work.then(self.session, result))
        if not work.every:
            self._asked_over = None

    async def failed(self, name: str, error: QmmError) -> None:
        work = self._works[name]
        if work.failed is not None:
            await self._carry_out(work.failed(self.session, error))
        else:
            self.trouble(error)
            self._ask_again(" ".join(filter(None, (error.what, error.why, error.todo))))
        await self.show_acts()

    def leave_work(self) -> None:
        for work in self._works.values():
            if work.stop is not None:
                work.stop.set()
        super().leave_work()

    def _stoppable(self) -> Work | None:
        """Work under way that is stopped before anything else is left."""
        under_way = (work for name, work in self._works.items() if self.busy(name))
        return next((w for w in under_way if w.stopping and w.stop and not w.stop.is_set()), None)

    async def action_back(self) -> None:
        work = self._stoppable()
        if work is not None and work.stop is not None:
            work.stop.set()
            return
        self.leave_work()
        await self._carry_out(leave(self.name_of_stage, self.session))


def _at_once(table: Table, row: Row) -> bool:
    """Whether the acts of a row in hand are carried out here, not after a look at all of it."""
    return table.more != "open" or not row.more


def asks_of(row: Row) -> list[Ask]:
    return [block for block in row.more if isinstance(block, Ask)]
