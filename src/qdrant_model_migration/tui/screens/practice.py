"""Practice: prepares the built-in collection, its models and its application, then goes on."""

from __future__ import annotations

from typing import cast

from textual.app import ComposeResult

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.tui import tasks
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
from qdrant_model_migration.tui.typeset import bar
from qdrant_model_migration.tui.widgets.frame import Pane
from qdrant_model_migration.tui.widgets.press import Act

WHAT = """\
A Qdrant in a folder of this computer, filled with texts that every Python \
has: its own documentation. Two small models that need no download. An \
application that searches and writes through the alias docs meanwhile.

What it cannot do, it says: the practice Qdrant does not compress and has no \
indexes. Everything else is the real thing."""


class PracticeScreen(Stop):
    """The first time takes some seconds; after that it is there at once."""

    place: str = "Connect"
    hello = "Preparing. Nothing real is touched. Esc goes back."

    def where(self) -> str:
        return "practice"

    def body(self) -> ComposeResult:
        yield Pane("Practice", WHAT)
        yield Pane("Preparing", "Looking what is there already…", id="progress")

    def acts(self) -> tuple[Act, ...]:
        failed = not self.busy("prepare")
        return (*((Act("again", "Try again"),) if failed else ()), Act("back", "Back"))

    def help(self) -> HelpText:
        return HelpText("Practice", (WHAT,))

    async def opened(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.work("prepare", tasks.prepare_practice)

    async def news(self, name: str, news: object) -> None:
        what, done, total = cast("tuple[str, int, int]", news)
        width = max(30, self.size.width - 4)
        self.query_one("#progress", Pane).write(f"{what}\n{bar(done, total, width, over=False)}")

    async def done(self, name: str, result: object) -> None:
        practice = cast(tasks.Practice, result)
        session = self.session
        self.wizard.session = session.on(
            practice=True,
            explore=False,
            address=practice.address,
            key=None,
            connected=practice.connected,
            collection=practice.collection,
            answers={**practice.answers, **session.answers},
            survey=None,
            plan=None,
        )
        self.wizard.go("collections", instead=True)

    async def failed(self, name: str, error: QmmError) -> None:
        self.query_one("#progress", Pane).write(error.what, title="Not ready")
        self.trouble(error)
        await self.show_acts()
        self.query_one("#act-again").focus()

    async def act(self, key: str) -> None:
        if key == "again":
            self._begin()
            await self.show_acts()
