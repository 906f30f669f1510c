"""The run as it goes: state, progress, steps, server, log. It draws snapshots of the stage."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from qdrant_model_migration.engine import RunView
from qdrant_model_migration.pages import moments, run_words
from qdrant_model_migration.pages.moments import clock
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages.run import planned
from qdrant_model_migration.tui import run_drawing
from qdrant_model_migration.tui.screens.stage import StageScreen
from qdrant_model_migration.tui.typeset import crop
from qdrant_model_migration.tui.widgets.frame import Pane, facts


class RunScreen(StageScreen):
    """The same four numbers in the same place in every state."""

    def __init__(self) -> None:
        super().__init__("run")
        self.view: RunView | None = None

    def body(self) -> ComposeResult:
        yield Pane("", "Reading the notes of the run…", id="state", classes="rule")
        with Horizontal(id="middle"):
            yield Pane("Steps", "", id="steps", classes="rule")
            with Vertical(id="right"):
                yield Pane("Server", "", id="server", classes="rule")
                yield Pane("Dead letters", "", id="letters", classes="rule")
        yield Pane("Log", "Nothing has happened yet.", id="log", classes="rule")

    def _keys(self) -> tuple[tuple[str, str], ...]:
        return tuple((act.letter, act.label) for act in self.page.acts if act.letter)

    def _is_news(self, session: Session) -> bool:
        return session.of_run != self.view or super()._is_news(session)

    async def draw_body(self, *, anew: bool) -> None:
        view = self.view = self.session.of_run
        if view is None or not self.query("#log"):  # it is being closed
            return
        self._draw_state(view)
        self._draw_steps(view)
        self._draw_server(view)
        self._draw_log(view)

    def _draw_state(self, view: RunView) -> None:
        width = max(40, self.size.width - 4)
        now, later = moments.present(), run_words.later_seconds(view, planned(view.folder))
        lines = [
            run_drawing.progress(view, width),
            run_words.counts(view, later),
            run_drawing.curve(view, width, plain=self.wizard.plain_signs),
            run_words.second_line(view, now),
        ]
        title = run_words.headline(view, now)
        note = run_words.started(view, now)
        if cell_len(title) > width:  # cut in its row, so it stands whole below
            lines.insert(0, title)
        # The rest of the row is its own rule: words at its end stand there as in a drawn box.
        rule = self.size.width - cell_len(title) - cell_len(note) - 8
        if not view.finished and rule > 1:
            title = f"{title} {'─' * rule} {note}"
        state = self.query_one("#state", Pane)
        state.write("\n".join(line for line in lines if line), title=title)

    def _draw_steps(self, view: RunView) -> None:
        box = self.query_one("#steps", Pane)
        rows = box.size.height or 10
        box.write("\n".join(run_drawing.step_lines(view, rows, max(24, box.size.width))))

    def _draw_server(self, view: RunView) -> None:
        box = self.query_one("#server", Pane)
        rows = run_words.server_lines(view)
        box.write(facts(rows, max(24, box.size.width or 36)))
        letters = self.query_one("#letters", Pane)
        reasons = (f"{number:,} {why}" for why, number in view.dead_letter_reasons.items())
        letters.write(
            ", ".join(reasons) or ("copied without a vector" if view.dead_letters else "none"),
            title=f"Dead letters: {view.dead_letters:,}",
        )

    def _draw_log(self, view: RunView) -> None:
        box = self.query_one("#log", Pane)
        rows = max(3, box.size.height or 3)
        width = max(30, self.size.width - 4)
        shown = [f"{clock(event.at)}  {event.text}" for event in view.events[-rows:]]
        text = Text("\n".join(crop(line, width) for line in shown) or "Nothing has happened yet.")
        box.write(text)
