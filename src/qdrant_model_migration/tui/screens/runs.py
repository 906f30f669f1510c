"""All runs on this computer: their state, what is safe, what to do next."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.widget import Widget

from qdrant_model_migration import engine
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.steps import added_kinds
from qdrant_model_migration.tui import run_words
from qdrant_model_migration.tui.adding import acts_for, screen_of
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
from qdrant_model_migration.tui.tasks import Environment, Report
from qdrant_model_migration.tui.typeset import day, row
from qdrant_model_migration.tui.widgets.frame import Pane, facts, titled, wrap
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView

RESUMABLE = frozenset({"interrupted", "stopped", "failed"})


class RunsScreen(Stop):
    """Only what fits the state of a run can be chosen; the rest says why not."""

    hello = "Only what fits the state of a run can be chosen; the rest says why not."

    def __init__(self) -> None:
        super().__init__()
        self._runs: tuple[RunView, ...] = ()

    def where(self) -> str:
        return "runs"

    def body(self) -> ComposeResult:
        yield Lines(id="runs", classes="pane rest", wrap=False, jump=True)
        yield Pane("", "", id="one")

    def acts(self) -> tuple[Act, ...]:
        run = self._here() if self.is_mounted else None
        if run is None:
            return (Act("back", "Back"),)
        return (
            Act("resume", "Resume", closed="" if run.state in RESUMABLE else f"it is {run.state}"),
            Act("watch", "Watch"),
            Act("report", "Report"),
            *acts_for((kind for kind in added_kinds() if kind.ends), run),
            Act("back", "Back", button=False),
        )

    def help(self) -> HelpText:
        about = " ".join(kind.about for kind in added_kinds() if kind.about)
        return HelpText(
            "Runs",
            (
                "A run is one migration, from the plan to the report. It works in its own",
                "process; closing the wizard does not stop it.",
                "",
                "interrupted: it ended without a word, e.g. the computer was switched off.",
                "waits: it wants something from you; Watch shows what.",
                *wrap(f"{about} All of them ask for a typed name first.", 76),
            ),
        )

    def first(self) -> Widget | None:
        return self.query_one("#runs") if self._runs else None

    async def shown(self) -> None:
        self.work("runs", _read)

    async def opened(self) -> None:
        self.set_interval(2.0, self._again)

    async def refit(self) -> None:
        self._show()

    def _again(self) -> None:
        if not self.busy("runs") and self.app.screen is self:
            self.work("runs", _read)

    def _here(self) -> RunView | None:
        key = self.query_one("#runs", Lines).key
        return next((run for run in self._runs if run.run_id == key), None)

    async def done(self, name: str, result: object) -> None:
        if name == "start":
            self._open("run")
            return
        first = not self._runs
        self._runs = cast("tuple[RunView, ...]", result)
        self._show()
        await self.show_acts()
        if first and self._runs:
            box = self.query_one("#runs", Lines)
            wanted = next((r for r in self._runs if r.state in ("waiting", "interrupted")), None)
            if wanted is not None:
                box.go(wanted.run_id)
            box.focus()

    def _show(self) -> None:
        box, one = self.query_one("#runs", Lines), self.query_one("#one", Pane)
        room = max(16, self.size.width - 58)
        head = row([("RUN", 16), ("WHAT", room), ("STATE", 20), ("SINCE", 12)])
        box.show(
            [
                Line(
                    run.run_id,
                    row(
                        [
                            (run.run_id, 16),
                            (run.what, room),
                            (run_words.state_word(run), 20),
                            (day(run.since), 12),
                        ]
                    ),
                )
                for run in self._runs
            ],
            head=head if self._runs else "",
        )
        titled(box, f"Runs · {len(self._runs)}")
        here = self._here()
        if here is None:
            one.write("No runs yet. Start one from a plan, or see Practice.", title="")
            return
        width = max(40, self.size.width - 4)
        rows = list(run_words.what_is_safe(here))
        one.write(facts(rows, width), title=f"{here.run_id}: {here.state}")

    async def on_lines_moved(self, event: Lines.Moved) -> None:
        event.stop()
        self._show()
        await self.show_acts()

    async def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        run = self._here()
        if run is not None:
            self._open("report" if run.finished else "run")

    def _open(self, screen: str) -> None:
        run = self._here()
        if run is not None:
            self.wizard.session = self.session.anew(run=run.folder, practice=run.card.practice)
            self.wizard.go(screen)

    async def act(self, key: str) -> None:
        run = self._here()
        if run is None:
            return
        if key == "watch":
            self._open("run")
        elif screen := screen_of(key):
            self._open(screen)
        elif key == "report":
            self._open(key)
        elif key == "resume":
            self.say("Starting. What is already done is checked, then it goes on.")
            task = partial(_start, self.wizard.environment, run.folder)
            self.wizard.with_key(run.folder, lambda: self.work("start", task))

    async def failed(self, name: str, error: QmmError) -> None:
        self.trouble(error)


def _read(report: Report) -> object:
    return engine.list_runs(engine.runs_folder())


def _start(environment: Environment, folder: Path, report: Report) -> object:
    engine.start(folder, environment(folder))
    return None
