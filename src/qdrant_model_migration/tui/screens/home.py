"""The first screen: what would you like to do, and is something unfinished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widget import Widget

from qdrant_model_migration import engine, words
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.tui import memory
from qdrant_model_migration.tui.run_words import state_word
from qdrant_model_migration.tui.screens.stop import HelpText, Report, Stop
from qdrant_model_migration.tui.typeset import row
from qdrant_model_migration.tui.widgets.frame import Pane, titled
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView

READ_AGAIN = 2.0  # seconds
WAYS = (
    Line(
        "practice",
        "Practice   a built-in collection with everything in it; no server needed",
        hang=11,
    ),
    Line("migrate", "Migrate    connect to your Qdrant server and choose a collection", hang=11),
    Line(
        "explore", "Explore    walk through the questions; no server, nothing is changed", hang=11
    ),
    Line("runs", "Runs       watch, resume, report, roll back or clean up a run", hang=11),
)
SAFE_TRIP = """\
A safe trip:
  1  look        the survey only reads
  2  decide      a few questions, one recommendation, all warnings
  3  see it all  the plan says what is written and what is never touched
  4  run         you can close the window; the run goes on by itself
  5  switch      only after a check, only when you type the name
Nothing old is ever deleted on its own."""


class HomeScreen(Stop):
    """Enter on a line opens it. An unfinished run can be opened from the second box."""

    keys: tuple[tuple[str, str], ...] = (("↑↓", "Move"), ("Enter", "Open"))
    hello = "New here? Practice takes a few minutes and harms nothing."

    def __init__(self) -> None:
        super().__init__()
        self._runs: tuple[RunView, ...] = ()

    def where(self) -> str:
        return "change the embedding model of a Qdrant collection"

    def body(self) -> ComposeResult:
        yield Lines(WAYS, id="ways", classes="pane", jump=True)
        yield Lines(id="unfinished", classes="pane", wrap=False)
        yield Pane("Unfinished runs", "Reading the list of runs…", id="no-runs")
        yield Pane("", SAFE_TRIP, id="safe", classes="bare")

    def acts(self) -> tuple[Act, ...]:
        return (Act("open", "Open"),)

    def help(self) -> HelpText:
        return HelpText(
            "Home",
            (
                "Practice: the whole trip on a built-in collection. Nothing real is touched.",
                "Migrate: the same trip on your own server.",
                "Explore: the questions and the map of strategies, without a server.",
                "Runs: everything that was started on this computer.",
                "",
                "A run is one migration, from the plan to the report. It works in its",
                "own process: closing this window does not stop it.",
            ),
        )

    def first(self) -> Widget | None:
        ways = self.query_one("#ways", Lines)
        ways.go("migrate" if memory.last_address() else "practice")
        return ways

    async def opened(self) -> None:
        titled(self.query_one("#ways"), "What would you like to do?")
        self.query_one("#unfinished").display = False
        self.set_interval(READ_AGAIN, self._again)

    async def shown(self) -> None:
        self.work("runs", _read_runs)

    def _again(self) -> None:
        if not self.busy("runs") and self.app.screen is self:
            self.work("runs", _read_runs)

    async def done(self, name: str, result: object) -> None:
        runs: tuple[RunView, ...] = result  # type: ignore[assignment]
        before = self._runs
        self._runs = tuple(run for run in runs if not run.finished)
        listed, nothing = self.query_one("#unfinished", Lines), self.query_one("#no-runs", Pane)
        listed.display = bool(self._runs)
        nothing.display = not self._runs
        if not self._runs:
            nothing.write(
                "No runs yet. A run is one migration, from the plan to the report."
                if not runs
                else "None. All runs are finished; Runs lists them."
            )
            if before:
                self.say("No run is unfinished. Runs lists those that are over.")
            return
        names = max(14, min(24, max(len(run.run_id) for run in self._runs)))
        wide = max(16, self.size.width - 33 - names)
        listed.show(
            [
                Line(
                    run.run_id,
                    row([(run.run_id, names), (run.what, wide), (state_word(run), 24)]),
                )
                for run in self._runs
            ]
        )
        titled(listed, f"Unfinished runs · {len(self._runs)}")
        if len(before) != len(self._runs):
            self.say(
                f"{words.plural(len(self._runs), 'run')} "
                f"{'is' if len(self._runs) == 1 else 'are'} unfinished. "
                "Enter on it shows where it stands."
            )

    async def failed(self, name: str, error: QmmError) -> None:
        self.query_one("#no-runs", Pane).write(str(error))

    async def act(self, key: str) -> None:
        if key == "open":
            self._open(self.query_one("#ways", Lines).key)

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        if event.lines.id == "ways":
            self._open(event.key)
            return
        for run in self._runs:
            if run.run_id == event.key:
                self.wizard.session = self.session.anew(run=run.folder, practice=run.card.practice)
                self.wizard.go("run")

    def _open(self, key: str | None) -> None:
        app = self.wizard
        if key == "practice":
            app.session = app.session.anew(practice=True)
            app.go("practice")
        elif key == "migrate":
            kept = app.session.answers if app.session.explore else {}
            app.session = app.session.anew(address=app.session.address, answers=kept)
            app.go("connect")
        elif key == "explore":
            app.session = app.session.anew(explore=True, answers=app.session.answers)
            app.go("map")
        elif key == "runs":
            app.go("runs")


def _read_runs(report: Report) -> object:
    return engine.list_runs(engine.runs_folder())
