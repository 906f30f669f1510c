"""Where is your Qdrant server: address, key, and what a first look at it found."""

from __future__ import annotations

from functools import partial
from typing import cast

from pydantic import SecretStr
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.session import NOTHING, Connected
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.tui import memory, tasks
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
from qdrant_model_migration.tui.widgets.field import Field
from qdrant_model_migration.tui.widgets.frame import Pane, titled
from qdrant_model_migration.tui.widgets.press import Act
from qdrant_model_migration.tui.widgets.scroll import Scroll
from qdrant_model_migration.tui.widgets.tick import Tick

KEY_ERRORS = frozenset({"KeyRefused", "RightMissing", "ReadOnlyKey"})


class ConnectScreen(Stop):
    """Enter in a field goes to the next one, in the last it connects."""

    place: str = "Connect"
    hello = "Type the address of your server, then press Enter."

    def __init__(self) -> None:
        super().__init__()
        self._found: list[tasks.Checked] = []

    def where(self) -> str:
        return "connect"

    def body(self) -> ComposeResult:
        session = self.session
        address = str(session.address) if session.address else memory.last_address()
        with Scroll(id="where-box", classes="pane snug"):
            yield Field(
                "Address",
                name="address",
                value=address,
                hint="starts with http:// or https://, usually ends in :6333",
            )
            yield Field(
                "API key",
                name="key",
                hidden=True,
                hint=(
                    "a key is known already; leave empty to use it"
                    if session.key
                    else "leave empty if there is none; never saved, never shown"
                ),
            )
            yield Tick("Remember the address for next time (never the key)", on=True, id="remember")
        yield Pane("What we checked", "Nothing yet.", id="checked")
        yield Pane(
            "",
            "The address and the key are also read from QDRANT_URL and QDRANT_API_KEY.\n"
            "No server at hand? Choose Practice: it needs none.",
            classes="bare",
        )

    def acts(self) -> tuple[Act, ...]:
        if self.session.connected is not None:
            first = Act("see", "See collections")
            return (first, Act("connect", "Connect again"), Act("back", "Back"))
        return (
            Act("connect", "Connect"),
            Act("practice", "Practice instead"),
            Act("back", "Back"),
        )

    def help(self) -> HelpText:
        return HelpText(
            "Connect",
            (
                "The address of the server, as your application uses it. 6333 is the",
                "usual port; 6334 (gRPC) does not work here.",
                "",
                "The API key is like a password. It is kept in memory only: not in",
                "files, logs or pictures. Survey and plan need a key that may read;",
                "a run needs one that may create collections and change aliases.",
                "",
                "A local server by Docker:  docker run -p 6333:6333 qdrant/qdrant",
            ),
        )

    async def opened(self) -> None:
        titled(self.query_one("#where-box"), "Where is your Qdrant server?")

    def first(self) -> Widget | None:
        known = self.query_one("#field-address", Field).value and self.session.key
        return self.query_one("#act-connect") if known else self._address

    @property
    def _address(self) -> Input:
        return self.query_one("#field-address", Field).input

    @property
    def _key(self) -> Input:
        return self.query_one("#field-key", Field).input

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.input is self._address and not self.session.key:
            self._key.focus()
        else:
            await self.act("connect")

    async def on_input_changed(self, event: Input.Changed) -> None:
        """Another address or key than the one that was checked: it has to be checked again."""
        if self.session.connected is not None and event.input.value != (
            str(self.session.address) if event.input is self._address else ""
        ):
            self.wizard.session = self.session.on(connected=None, collection=None, survey=None)
            await self.show_acts()

    async def act(self, key: str) -> None:
        if key == "connect":
            self._connect()
        elif key == "see":
            self.wizard.go("collections")
        elif key == "practice":
            self.wizard.session = self.session.on(practice=True, address=None, connected=None)
            self.wizard.go("practice", instead=True)

    def _connect(self) -> None:
        if self.busy("connect"):
            return
        try:
            address = Address.parse(self._address.value)
        except QmmError as error:
            self.query_one("#checked", Pane).write(f"✗ {error.what}")
            self.trouble(error, self._address)
            return
        session = self.session
        if self._key.value:
            session = session.on(key=SecretStr(self._key.value))
        same = session.address == address
        self.wizard.session = session.on(
            address=address,
            key_of=address if session.key else None,
            practice=False,
            connected=None,
            collection=session.collection if same else None,
            survey=session.survey if same else None,
            accepted=session.accepted if same else NOTHING,
        )
        self._found = []
        self.query_one("#checked", Pane).write(f"Asking {address.label}…")
        self.say("Connecting. It takes at most 10 s.")
        self.work("connect", partial(tasks.connect, self.session))

    async def news(self, name: str, news: object) -> None:
        self._found.append(cast(tasks.Checked, news))
        self.query_one("#checked", Pane).write(
            "\n".join(f"{c.sign} {c.what:<24} {c.found}" for c in self._found)
        )

    async def done(self, name: str, result: object) -> None:
        connected = cast(Connected, result)
        self.wizard.session = self.session.on(connected=connected)
        if self.query_one("#remember", Tick).on:
            self.work("remember", partial(_remember, str(self.session.address)), lambda _: None)
        self.frame()
        await self.show_acts()
        if connected.may_write is False:
            self.say("This key may only read. Survey, questions and plan work; a run does not.")
        else:
            self.say("Connected. Press Enter to see the collections.")
        self.query_one("#act-see").focus()

    async def failed(self, name: str, error: QmmError) -> None:
        box = self.query_one("#checked", Pane)
        lines = [f"{c.sign} {c.what:<24} {c.found}" for c in self._found]
        box.write("\n".join([*lines, f"✗ {error.what}"]))
        about_key = type(error).__name__ in KEY_ERRORS
        self.trouble(error, self._key if about_key else self._address)


def _remember(address: str, report: tasks.Report) -> None:
    memory.remember_address(address)
