"""The Textual app: keys that work everywhere, screens by name, leaving. No logic of a migration."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual.app import App
from textual.binding import Binding, BindingType
from textual.events import Resize
from textual.filter import LineFilter

from qdrant_model_migration import private_file
from qdrant_model_migration.pages.beginning import begin
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import stage, stages
from qdrant_model_migration.pages.work import memory
from qdrant_model_migration.redaction import keep_secret, keep_secrets_of, redacted
from qdrant_model_migration.tui import signs
from qdrant_model_migration.tui.screens import by_name, is_named, kind_of
from qdrant_model_migration.tui.screens.chooser import MoreScreen
from qdrant_model_migration.tui.screens.fault import FaultScreen
from qdrant_model_migration.tui.screens.help import HelpScreen
from qdrant_model_migration.tui.screens.over import Over
from qdrant_model_migration.tui.screens.small import SmallScreen, is_small
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
from qdrant_model_migration.tui.signs import PlainSigns
from qdrant_model_migration.tui.widgets.press import Act

if TYPE_CHECKING:
    from pydantic import SecretStr

    from qdrant_model_migration.advice import WhatIf

log = logging.getLogger(__name__)

_LINE = "%(asctime)s %(name)s %(levelname)s %(message)s"
COMMON = (Act("help", "Help (F1)"), Act("map", "Map (F2)"), Act("leave", "Leave (Ctrl+Q)"))


class WizardApp(App[int]):
    """Holds the session, one snapshot at a time, and the stack of screens."""

    CSS_PATH = "style.tcss"
    TITLE = "qmm"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "help", show=False, priority=True),
        Binding("f2", "map", show=False, priority=True),
        Binding("ctrl+p", "more", show=False, priority=True),
        Binding("ctrl+q", "leave", show=False, priority=True),
        Binding("ctrl+c", "copy", show=False, priority=True),
    ]

    def __init__(
        self,
        session: Session,
        *,
        start: Sequence[str] = (),
        ascii_signs: bool = False,
        log_file: Path | None = None,
    ) -> None:
        super().__init__()
        self.session = session
        self.log_file = log_file
        self._start = tuple(start)
        self._plain_signs = PlainSigns(enabled=ascii_signs)
        self.faults = 0
        self.painted = Event()
        self.painted.set()

    @property
    def plain_signs(self) -> bool:
        """Whether only ASCII signs may be drawn (--ascii)."""
        return self._plain_signs.enabled

    def get_line_filters(self) -> Sequence[LineFilter]:
        if self._plain_signs.enabled:
            return [*super().get_line_filters(), self._plain_signs]
        return super().get_line_filters()

    def on_mount(self) -> None:
        self.theme = "textual-dark"
        self.push_screen(by_name("home"))
        for name in self._start:
            self.push_screen(by_name(name))
        self.call_after_refresh(self._is_painted)

    def _is_painted(self) -> None:
        """The first frame stands: now is the time for all that it did not need."""
        self.painted.set()
        gc.enable()
        self.run_worker(_import_the_rest, thread=True, group="rooms")

    # -- screens -------------------------------------------------------------------------------

    def go(self, name: str, *, instead: bool = False) -> None:
        """To a screen by name, on top of the present one or instead of it."""
        screen = by_name(name)
        if instead:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def go_back(self) -> None:
        """One screen back; from the first one: the question whether to leave."""
        if len(self.screen_stack) > 2:
            self.pop_screen()
        else:
            self.action_leave()

    def go_home(self) -> None:
        """Back to a fresh first screen; everything above it is closed."""
        while len(self.screen_stack) > 2:
            self.pop_screen()
        self.switch_screen(by_name("home"))

    def go_back_to(self, name: str) -> None:
        """Close screens down to the one with this name; open it if there is none."""
        if not any(is_named(screen, name) for screen in self.screen_stack):
            self.go(name)
            return
        while not is_named(self.screen, name):
            self.pop_screen()

    @property
    def stop_below(self) -> Stop | None:
        """The topmost screen of the trip, under any dialog."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Stop):
                return screen
        return None

    def tell(self, words: str) -> None:
        """Words for the message line of the screen that is about to come to the top."""
        if self.stop_below is not None:
            self.stop_below.told = words

    # -- keys that work everywhere -------------------------------------------------------------

    def action_help(self) -> None:
        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss(None)
            return
        below = self.stop_below
        says = below.help() if below else HelpText("Help", ())
        self.push_screen(HelpScreen(says.title, says.lines))

    def action_map(self) -> None:
        top = self.screen
        if isinstance(top, kind_of("map")):
            self.pop_screen()
        elif isinstance(top, Stop):
            self.go("map")

    def action_more(self) -> None:
        top = self.screen
        if isinstance(top, MoreScreen):
            top.dismiss(None)
        elif isinstance(top, Stop) and top.is_mounted:
            acts = (*top.acts(), *COMMON)

            async def chosen(key: str | None) -> None:
                if key in ("help", "map", "leave"):
                    await self.run_action(key)
                    return
                for act in acts:
                    if act.key == key:
                        await top.do(act)

            self.push_screen(MoreScreen(acts), chosen)

    def action_leave(self) -> None:
        if isinstance(self.screen, Over) and self.screen.id == "leave":
            self.screen.dismiss(None)
        elif not any(worker.group == "leave" for worker in self.workers):
            from qdrant_model_migration.tui.screens.leave import ask_to_leave

            asking: Callable[[], Awaitable[None]] = partial(ask_to_leave, self)
            self.run_worker(asking, group="leave")

    def action_copy(self) -> None:
        """Copy a selection; without one say that nothing was stopped."""
        words = self.screen.get_selected_text()
        if words:
            self.copy_to_clipboard(words)
        below = self.stop_below
        if below is not None:
            below.say(
                "Sent to the clipboard, where the terminal allows it."
                if words
                else "Nothing was stopped. Ctrl+Q leaves; a run goes on without this window."
            )

    # -- size and faults -----------------------------------------------------------------------

    def on_resize(self, event: Resize) -> None:
        small = is_small(event.size)
        if small and not isinstance(self.screen, SmallScreen):
            self.push_screen(SmallScreen())
        elif not small and isinstance(self.screen, SmallScreen):
            self.pop_screen()

    def _handle_exception(self, error: Exception) -> None:
        """A fault of this program: an own screen instead of a traceback with local variables."""
        log.error("a fault in the wizard", exc_info=error)
        if self._exit:  # it is being left: what it shows no more is nobody's trouble
            return
        self.faults += 1
        if self.faults > 2 or not self.is_running:
            self._fatal_error()
            return
        self.call_later(self.push_screen, FaultScreen())

    def _fatal_error(self) -> None:
        self._return_code = 4
        self._exit_renderables.append(
            Text(
                "The wizard stopped with a fault of its own. A run is not affected: "
                f"qmm attach shows it again. The log keeps the details: {self.log_file}"
            )
        )
        self._close_messages_no_wait()


def run_wizard(
    *,
    address: str | None = None,
    api_key: SecretStr | None = None,
    practice: bool = False,
    answers: Mapping[str, Any] | None = None,
    attach: Path | None = None,
    explore: WhatIf | None = None,
    ascii_signs: bool = False,
) -> int:
    """Open the wizard and stay until it is left. Returns the exit code.

    address: put into the Connect screen. practice: open the sandbox at once. answers: suggested
    instead of the defaults. attach: a run folder whose run screen is shown. explore: the made-up
    facts that Explore begins with, which is opened at once. Raises AddressInvalid before anything
    is shown.
    """
    if attach is not None:
        from qdrant_model_migration.engine import read_card

        practice = practice or read_card(attach).practice
    session = begin(
        address=address,
        key=api_key,
        practice=practice,
        answers=answers,
        run=attach,
        explore=explore,
    )
    start = ("run",) if attach else ("practice",) if practice else ("connect",) if address else ()
    start = ("explore",) if explore is not None else start
    keep_secrets_of(os.environ)
    if session.key is not None:
        keep_secret(session.key.get_secret_value())
    log_file = _write_log()
    plain = ascii_signs or signs.needed(os.environ)
    app = WizardApp(session, start=start, ascii_signs=plain, log_file=log_file)
    app.painted.clear()  # what is imported beside the first frame would make it late
    code = app.run()
    return app.return_code or 0 if code is None else code


def _import_the_rest() -> None:
    """So that the next screen does not wait for it."""
    for name in stages():
        stage(name)


class _WithoutSecrets(logging.Formatter):
    """Message and traceback alike."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


def _write_log() -> Path | None:
    """Let the details of faults go into a file; the screen never shows them."""
    path = memory.folder() / "wizard.log"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = private_file.log_to(path, _WithoutSecrets(_LINE))
    except OSError:
        return None
    room = logging.getLogger("qdrant_model_migration")
    room.addHandler(handler)
    room.propagate = False
    return path
