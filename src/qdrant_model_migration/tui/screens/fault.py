"""The screen for a fault of this program itself: what happened, where the details are, ways on."""

from __future__ import annotations

from textual.app import ComposeResult

from qdrant_model_migration.tui.screens.stop import Stop
from qdrant_model_migration.tui.widgets.frame import Pane
from qdrant_model_migration.tui.widgets.press import Act


class FaultScreen(Stop):
    """Never shows a traceback."""

    esc = "Home"
    hello = "Your answers are kept. Enter goes to the first screen."

    def where(self) -> str:
        return "something went wrong"

    def body(self) -> ComposeResult:
        yield Pane(
            "This program made a mistake",
            "What happened  A part of the wizard stopped with a fault of its own.\n"
            "               It is not your doing.\n"
            "What is safe   Everything. The wizard only shows and asks; a run works in\n"
            "               its own process and goes on.\n"
            "What to do     Go to the first screen and try again. If it happens again,\n"
            "               run qmm --plain, and send the log to whoever maintains this:\n"
            f"               {self.wizard.log_file}",
        )

    def acts(self) -> tuple[Act, ...]:
        return (Act("home", "Home"), Act("leave", "Leave"))

    async def action_back(self) -> None:
        self.wizard.go_home()

    async def act(self, key: str) -> None:
        if key == "home":
            self.wizard.go_home()
        elif key == "leave":
            self.wizard.exit(4)
