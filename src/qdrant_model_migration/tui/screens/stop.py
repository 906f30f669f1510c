"""What every screen of the trip has in common: frame, buttons, keys, work in threads, messages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, NamedTuple, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.tui.screens.front import Front
from qdrant_model_migration.tui.sizes import NARROW, WIDE
from qdrant_model_migration.tui.widgets.frame import KeyLine, MessageLine, TopRow, TripBar
from qdrant_model_migration.tui.widgets.lines import Lines
from qdrant_model_migration.tui.widgets.press import Act, Press, PressRow
from qdrant_model_migration.tui.widgets.scroll import Body, Fitted
from qdrant_model_migration.tui.widgets.tick import Tick
from qdrant_model_migration.tui.wizard import Wizard

log = logging.getLogger(__name__)

Report = Callable[[object], None]
A_MOMENT = 1.0  # seconds; a frame that takes longer is none to wait for


class HelpText(NamedTuple):
    """What F1 shows: a title and paragraphs."""

    title: str
    lines: tuple[str, ...]


class Job(Message):
    """Something a worker says. `turn` tells a restarted job's messages from an older one's."""

    def __init__(self, name: str, turn: int) -> None:
        super().__init__()
        self.name, self.turn = name, turn


class JobNews(Job):
    def __init__(self, name: str, turn: int, news: object) -> None:
        super().__init__(name, turn)
        self.news = news


class JobDone(Job):
    def __init__(self, name: str, turn: int, result: object) -> None:
        super().__init__(name, turn)
        self.result = result


class JobFailed(Job):
    def __init__(self, name: str, turn: int, error: QmmError) -> None:
        super().__init__(name, turn)
        self.error = error


class Unexpected(QmmError):
    """A fault of this program itself, met in a worker."""

    def __init__(self) -> None:
        super().__init__(
            "Something went wrong in this program.",
            "It is not your doing; the log keeps the details.",
            "Try again, or go back with Esc. A run is not affected.",
        )


class Stop(Front[str | None]):
    """Base of all screens. A subclass gives `place`, `where`, `body`, `acts` and `on_act_…`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(-1)", show=False),
        Binding("down", "walk(1)", show=False),
        Binding("escape", "back", show=False),
        Binding("question_mark", "app.help", show=False),
    ]
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-normal"), (WIDE[0], "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (WIDE[1], "-tall")]  # noqa: RUF012

    place: str = ""
    keys: tuple[tuple[str, str], ...] = (("↑↓", "Move"), ("Enter", "Choose"))
    esc: str = "Back"
    hello: str = ""

    def __init__(self) -> None:
        super().__init__()
        self._turns: dict[str, int] = {}
        self._busy: set[str] = set()
        self._then: dict[str, Callable[[Any], None] | None] = {}
        self._held: list[JobDone | JobFailed] = []
        self._suggested: Widget | None = None
        self._showing = asyncio.Lock()
        self._told_closed: Act | None = None  # the one that was last said to be closed
        self._keeps = False  # the field in hand in sight
        self._has_a_size = False
        self.told = ""  # what is to be said when it comes to the top, instead of its own words

    # -- what a subclass fills in --------------------------------------------------------------

    def where(self) -> str:
        """The left of the top row."""
        return self.session.what or "qmm"

    def body(self) -> ComposeResult:
        """The widgets between trip bar and buttons."""
        yield from ()

    def acts(self) -> tuple[Act, ...]:
        """Buttons and commands, in order."""
        return ()

    def help(self) -> HelpText:
        """What F1 says here."""
        return HelpText("Help", ("Up, Down and Enter are enough. Esc goes one step back.",))

    def first(self) -> Widget | None:
        """What has the focus at the beginning: never a dangerous choice."""
        return None

    # -- the frame -----------------------------------------------------------------------------

    @property
    def wizard(self) -> Wizard:
        return cast(Wizard, self.app)

    @property
    def session(self) -> Session:
        return self.wizard.session

    def compose(self) -> ComposeResult:
        yield TopRow()
        yield TripBar()
        with Body(id="body"):
            yield from self.body()
        yield PressRow(self._buttons(), id="buttons")
        yield MessageLine()
        yield KeyLine()

    async def on_mount(self) -> None:
        if self.hello:
            self.say(self.hello)
        await self.opened()
        self.frame()
        await self.show_acts()
        self.call_after_refresh(self._focus_unless_moved)

    def _focus_unless_moved(self) -> None:
        """On a busy computer a key may have come first: then the focus is where it was put."""
        if self.focused is None:
            self.focus_first()

    async def on_screen_resume(self) -> None:
        self.frame()
        await self.shown()
        if self.told:
            self.say(self.told, trouble=True)
            self.told = ""
        await self.show_acts()
        held, self._held = self._held, []
        for ended in held:
            self.post_message(ended)

    def on_resize(self) -> None:
        self.call_after_refresh(self._refitted, again=self._has_a_size)
        self._has_a_size = True

    async def _refitted(self, *, again: bool) -> None:
        """again: not as it opens, which it does at its beginning."""
        await self.refit()
        self.call_after_refresh(self._keep_field_in_sight)  # a lower window may hide it
        if again and isinstance(self.focused, Lines):
            self.call_after_refresh(self.focused.stay_in_sight)

    async def refit(self) -> None:
        """A subclass breaks its lines anew here: the window has another size."""

    async def opened(self) -> None:
        """A subclass does here what has to be done once, when the screen opens."""

    async def shown(self) -> None:
        """A subclass does here what has to be done each time the screen comes to the top."""

    @property
    def unmoved(self) -> bool:
        """Whether the focus is still where it was put, not where the operator moved it."""
        return self.focused is None or self.focused is self._suggested

    def focus_first(self, *, anyhow: bool = False) -> None:
        """Give the focus to what is suggested, unless the operator has moved it already."""
        if not (anyhow or self.unmoved):
            return
        target = self.first()
        if target is None:
            target = next(iter(self.query(Press)), None)
        if target is not None:
            self._suggested = target
            if anyhow or target is not self.focused:  # again would undo a key that came meanwhile
                target.focus(scroll_visible=False)  # a screen opens at its beginning

    def frame(self) -> None:
        """Bring top row, trip bar and keys up to date."""
        if self.is_left or not self.query(KeyLine):  # not there any more, or not yet
            return
        self.query_one(TopRow).show(f"qmm · {self.where()}", self.server())
        self.query_one(TripBar).show(self.place, self.place_note(), self.passed())
        self.query_one(KeyLine).show(self.keys, self.esc)

    def server(self) -> str:
        """The right of the top row."""
        return self.session.server

    def place_note(self) -> str:
        return ""

    def passed(self) -> tuple[str, ...] | None:
        """The stops of a run that are behind it; None where there is no run."""
        return None

    def _buttons(self) -> tuple[Act, ...]:
        return (*(act for act in self.acts() if act.button), Act("more", "More"))

    async def show_acts(self) -> None:
        """Bring the buttons up to date with what `acts` says now, and what was said of one."""
        if self.is_left or not self.query("#buttons"):
            return
        if self._told_closed is not None and self._told_closed not in self.acts():
            self.say(self.hello)
        moved = self.focused is not self._suggested
        async with self._showing:  # a window may change its size meanwhile
            instead = await self.query_one("#buttons", PressRow).show(self._buttons())
        if instead is not None and not moved:
            self._suggested = instead  # nobody has chosen it; it stands where the suggestion stood

    def say(self, words: str, *, trouble: bool = False) -> None:
        """Put words on the message line. They take room from what is above them: the field in hand
        stays in sight."""
        if self.is_left or not self.query(MessageLine):
            return
        self._told_closed = None
        self._keeps = trouble or self._in_sight()
        self.query_one(MessageLine).say(words, trouble=trouble)

    def _in_sight(self) -> bool:
        """Whether the field in hand can be seen; where a screen opens it may lie below."""
        field = self.focused
        body = self.query_one("#body", Container).region
        return isinstance(field, Input | Tick) and body.contains_region(field.region)

    async def on_fitted(self, event: Fitted) -> None:
        if self._keeps:
            self.call_after_refresh(self._keep_field_in_sight)

    def _keep_field_in_sight(self) -> None:
        if isinstance(self.focused, Input | Tick):
            self.focused.scroll_visible(animate=False)

    def trouble(self, error: QmmError, back_to: Widget | None = None) -> None:
        """Show what happened, why, what next; the focus returns to the field concerned."""
        parts = [part for part in (error.what, error.why, error.todo) if part]
        self.say(" ".join(parts), trouble=True)
        if back_to is not None:
            back_to.focus()

    # -- keys and buttons ----------------------------------------------------------------------

    def action_walk(self, step: int) -> None:
        """To the next or previous control in reading order.

        What does not fit is scrolled through first, where no control of the body is further on.
        """
        if not self.query("#body"):  # a key can come before anything stands there
            return
        body = self.query_one("#body", Container)
        more = body.scroll_offset.y < body.max_scroll_y if step > 0 else body.scroll_offset.y > 0
        within = [widget for widget in self.focus_chain if body in widget.ancestors]
        if more and (not within or self.focused is within[-1 if step > 0 else 0]):
            body.scroll_relative(y=step, animate=False, immediate=True)
            return
        if step > 0:
            self.focus_next()
        else:
            self.focus_previous()

    async def action_back(self) -> None:
        self.leave_work()
        self.wizard.go_back()

    async def on_press_pressed(self, event: Press.Pressed) -> None:
        event.stop()
        if self.in_front:  # else a press before this one has led elsewhere
            await self.do(event.act)

    async def do(self, act: Act) -> None:
        """Carry out an act: its button, letter or line in the list of commands."""
        if act.key == "more":
            self.wizard.action_more()
        elif act.closed:
            self.say(f"{act.label} is closed: {act.closed}.")
            self._told_closed = act
        elif act.key == "back":
            await self.action_back()
        else:
            await self.act(act.key)

    async def act(self, key: str) -> None:
        """A subclass carries out its own acts here."""

    async def on_key(self, event: events.Key) -> None:
        """Letters of acts work only where no text field has the focus."""
        if isinstance(self.focused, Input) or not event.character or not self.in_front:
            return
        for act in self.acts():
            if act.letter == event.character:
                event.stop()
                await self.do(act)
                return

    # -- work ----------------------------------------------------------------------------------

    def work(
        self,
        name: str,
        task: Callable[[Report], object],
        then: Callable[[Any], None] | None = None,
    ) -> None:
        """Run `task` in a thread. What it reports arrives as JobNews, its end as JobDone/Failed.

        then: takes the result instead of `done`.
        """
        turn = self._turns.get(name, 0) + 1
        self._then[name] = then
        self._turns[name] = turn
        self._busy.add(name)
        self.run_worker(
            partial(self._carry, name, turn, task), thread=True, group=name, exit_on_error=False
        )

    def _carry(self, name: str, turn: int, task: Callable[[Report], object]) -> None:
        self.wizard.painted.wait(A_MOMENT)  # nothing beside the first frame
        try:
            result = task(lambda news: self._post(JobNews(name, turn, news)))
        except QmmError as error:
            self._post(JobFailed(name, turn, error))
        except Exception:
            log.exception("the job %s failed", name)
            self._post(JobFailed(name, turn, Unexpected()))
        else:
            self._post(JobDone(name, turn, result))

    def _post(self, message: Message) -> None:
        self.post_message(message)

    def leave_work(self) -> None:
        """Forget jobs under way: what they still say is not heard any more."""
        for name in self._turns:
            self._turns[name] += 1
        self._busy.clear()

    def busy(self, name: str) -> bool:
        return name in self._busy

    async def on_job_news(self, event: JobNews) -> None:
        if self._turns.get(event.name) == event.turn:
            await self.news(event.name, event.news)

    def _hears(self, ended: JobDone | JobFailed) -> bool:
        """Whether to take in how a job ended: it may lead to another screen, so it waits while
        something else is on top of this one."""
        if self._turns.get(ended.name) != ended.turn:
            return False
        if self.app.screen is not self:
            self._held.append(ended)
            return False
        return True

    async def on_job_done(self, event: JobDone) -> None:
        if self._hears(event):
            self._busy.discard(event.name)
            if then := self._then.get(event.name):
                then(event.result)
            else:
                await self.done(event.name, event.result)

    async def on_job_failed(self, event: JobFailed) -> None:
        if self._hears(event):
            self._busy.discard(event.name)
            await self.failed(event.name, event.error)

    async def news(self, name: str, news: object) -> None:
        """A subclass hears what its jobs report."""

    async def done(self, name: str, result: object) -> None:
        """A subclass takes over what its jobs found."""

    async def failed(self, name: str, error: QmmError) -> None:
        self.trouble(error)
