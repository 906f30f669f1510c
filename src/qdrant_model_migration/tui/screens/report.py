"""The end of the trip: what changed, is everything there, what is left to do, where it stands."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widget import Widget

from qdrant_model_migration import engine, private_file
from qdrant_model_migration.engine import change_lines
from qdrant_model_migration.errors import FileNotWritten
from qdrant_model_migration.steps import added_kinds
from qdrant_model_migration.tui.adding import acts_for, screen_of
from qdrant_model_migration.tui.run_words import in_place
from qdrant_model_migration.tui.screens.stop import HelpText, Report
from qdrant_model_migration.tui.screens.watching import Watching
from qdrant_model_migration.tui.typeset import crop
from qdrant_model_migration.tui.widgets.frame import Pane, facts, titled
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView

TICKS = "still-to-do.txt"
ELSEWHERE = ("What", "Strategy", "Server", "Application")  # in the top row, in report.md


class ReportScreen(Watching):
    """Boxes to tick are kept in the run folder between visits."""

    place: str = "Report"
    esc = "Home"
    keys = (("↑↓", "Move"), ("Enter", "Tick"))

    def __init__(self) -> None:
        super().__init__()
        self._ticked: set[str] = set()
        self._writing = Lock()

    async def opened(self) -> None:
        await super().opened()
        self.work("ticks", partial(_read_ticks, self.run), self._ticks_read)

    def body(self) -> ComposeResult:
        yield Pane("", "Reading the run…", id="done")
        yield Lines(id="todo", classes="pane")
        yield Pane("", "", id="saved")

    def acts(self) -> tuple[Act, ...]:
        view = self.view
        back = [kind for kind in added_kinds() if kind.reported and not kind.unfinished]
        back = [kind for kind in back if view and not kind.why_not(view)]
        changes = bool(view and change_lines.of(view.facts))
        return (
            *((Act("lines", "Lines to change"),) if changes else ()),
            *((Act("verify", "Verdict"),) if view and view.verdict else ()),
            *(acts_for(back, view) if view else ()),
            Act("home", "Home"),
            Act("copy", "Copy summary", button=False),
            Act("letters", "Dead letters", button=False),
            Act("log", "Log", button=False),
        )

    def help(self) -> HelpText:
        return HelpText(
            "Report",
            (
                "The boxes are yours: they are kept, so that you can come back.",
                "The same report lies in the run folder as report.md and report.html,",
                "to send to others. It holds no keys and no passwords.",
                "",
                "Rolling back is possible until the old collection is cleaned up."
                if self.view is None or not in_place(self.view)
                else "A run in one collection has no alias to switch back.",
            ),
        )

    def first(self) -> Widget | None:
        todo = self.query_one("#todo", Lines)
        left = next((line.key for line in todo.lines if "[ ]" in line.text), None)
        if left is not None:
            todo.go(left)
        return todo if todo.lines else None

    async def draw(self, view: RunView) -> None:
        width = max(40, self.size.width - 5)  # beside what does not fit stands a scrollbar
        done = self.query_one("#done", Pane)
        told = engine.summarize(view)
        rows = [(label, text) for label, text in told.rows if label not in ELSEWHERE]
        done.write(facts(rows, width), title=told.title)
        self._draw_todo(view)
        self.work("files", partial(_list_files, self.run), self._draw_files)
        ending = engine.ending_of(view)
        if ending and ending.gone:
            self.say(f"{ending.gone} is deleted.")
        elif in_place(view):
            self.say("Nothing was deleted. The points and their original vectors stay.")
        else:
            self.say("The old collection is still there. Nothing was deleted.")

    def _draw_files(self, files: list[str]) -> None:
        width = max(40, self.size.width - 4)
        self.query_one("#saved", Pane).write(
            f"{crop('  '.join(files), width).rstrip()}\n{crop(str(self.run), width).rstrip()}",
            title=f"Saved in the run folder {self.run.name}",
        )

    def _draw_todo(self, view: RunView) -> None:
        ticked = self._ticked
        box = self.query_one("#todo", Lines)
        lines = [
            Line(
                todo.key,
                f"[{'x' if todo.key in ticked else ' '}] {todo.text}"
                + (f"   {todo.how}" if todo.how else ""),
                hang=4,
            )
            for todo in engine.summarize(view).todo
        ]
        box.display = bool(lines)
        box.show(lines)
        titled(box, "Still to do")

    def _ticks_read(self, ticked: set[str]) -> None:
        self._ticked = ticked
        if self.view is not None:
            self._draw_todo(self.view)

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        self._turn(event.key)

    def on_lines_ticked(self, event: Lines.Ticked) -> None:
        event.stop()
        self._turn(event.key)

    def _turn(self, key: str) -> None:
        self._ticks_read(self._ticked ^ {key})
        self.work("tick", self._write_ticks, lambda _: None)

    def _write_ticks(self, report: Report) -> object:
        path = self.run / TICKS
        try:
            with self._writing:  # of two turns at one moment the later one stays
                return private_file.write(path, "\n".join(sorted(self._ticked)))
        except OSError as error:
            raise FileNotWritten(path, error) from error

    async def action_back(self) -> None:
        self.leave_work()
        self.wizard.go_home()

    async def act(self, key: str) -> None:
        if key == "home":
            await self.action_back()
        elif screen := screen_of(key):
            self.wizard.go(screen)
        elif key in ("lines", "verify"):
            self.wizard.go(key)
        elif key == "letters":
            self.wizard.go("dead_letters")
        elif key == "log":
            self.wizard.go("run_log")
        elif key == "copy" and self.view is not None:
            told = engine.summarize(self.view)
            lines = [told.title, *(f"{label}: {text}" for label, text in told.rows)]
            self.app.copy_to_clipboard("\n".join(lines))
            self.say("Copied where the terminal allows it; report.md holds the same and more.")


def _list_files(folder: Path, report: Report) -> list[str]:
    """The names of those that are for people."""
    shown = (".md", ".html", ".yaml", ".csv", ".txt")
    return [path.name for path in sorted(folder.glob("*")) if path.suffix in shown]


def _read_ticks(folder: Path, report: Report) -> set[str]:
    try:
        return set((folder / TICKS).read_text(encoding="utf-8").split())
    except OSError:
        return set()
