"""The run as it goes: state, progress, steps, server, log. It draws snapshots and steers."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from qdrant_model_migration.engine import ending_of
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.plan import Plan, load_plan
from qdrant_model_migration.steps.ways import ways_out
from qdrant_model_migration.tui import run_words, typeset
from qdrant_model_migration.tui.adding import acts_for, screen_of
from qdrant_model_migration.tui.screens.chooser import Chooser
from qdrant_model_migration.tui.screens.dialog import Dialog
from qdrant_model_migration.tui.screens.stop import HelpText
from qdrant_model_migration.tui.screens.watching import Watching
from qdrant_model_migration.tui.tasks import Report
from qdrant_model_migration.tui.typeset import clock, crop
from qdrant_model_migration.tui.widgets.frame import Pane, facts
from qdrant_model_migration.tui.widgets.lines import Line
from qdrant_model_migration.tui.widgets.press import Act

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView

SPEEDS = (
    Line("gently", "gently    a third of the time, searches come first"),
    Line("normally", "normally  as planned; slow searches slow it down"),
    Line("fast", "fast      as fast as it goes, however slow searches become"),
)


GOES_ON = "You may close this window. The run goes on; qmm attach brings it back."
NEXT = {
    "waiting": "The run waits for you. Nothing is changed by itself.",
    "done": "The run is finished. The report says what is left for you.",
    "failed": "Resume tries again from the last checkpoint.",
    "interrupted": "Resume goes on from the last checkpoint.",
    "stopped": "Resume goes on from the last checkpoint, now or in a week.",
    "stopping": "What is on its way is finished first, then the run ends.",
    "paused": "Nothing is read or written until Continue.",
}


class RunScreen(Watching):
    """The same four numbers in the same place in every state."""

    place: str = "Run"
    keys: tuple[tuple[str, str], ...] = (("l", "Log"),)
    esc = "Home"
    hello = "Reading the notes of the run."

    def __init__(self) -> None:
        super().__init__()
        self._state = ""
        self._planned: tuple[float | None, ...] = ()

    async def opened(self) -> None:
        await super().opened()
        self.work("planned", partial(_planned, self.run))

    async def finished(self, name: str, result: object) -> None:
        if name == "planned":
            self._planned = cast("tuple[float | None, ...]", result)
        elif name == "plan":
            self._change_answers(cast("Plan", result))

    def body(self) -> ComposeResult:
        yield Pane("", "Reading the notes of the run…", id="state", classes="rule")
        with Horizontal(id="middle"):
            yield Pane("Steps", "", id="steps", classes="rule")
            with Vertical(id="right"):
                yield Pane("Server", "", id="server", classes="rule")
                yield Pane("Dead letters", "", id="letters", classes="rule")
        yield Pane("Log", "Nothing has happened yet.", id="log", classes="rule")

    def acts(self) -> tuple[Act, ...]:
        view = self.view
        letters = Act("letters", "Dead letters")
        log = Act("log", "Log", letter="l")
        report = Act("report", "Report", button=False)
        stop = Act("stop", "Stop…")
        if view is None:
            return (log, letters)
        if run_words.silent(view, typeset.present()) is not None:
            return (Act("retry", "Retry"), log, letters, stop)
        state = view.state
        if state == "waiting":
            label = "Look at the verdict" if view.at_verdict else "Answer…"
            return (Act("gate", label), letters, log, report)
        if view.finished:
            return (Act("report", "Report"), letters, log)
        if state in ("interrupted", "stopped", "failed"):
            told = report._replace(button=True)
            again = (Act("answers", "Change answers"),) if view.wrote_nothing else ()
            verdict = (Act("verify", "Verdict"),) if view.verdict else ()
            out = acts_for(ways_out(view), view, button=False)
            return (Act("resume", "Resume"), *again, told, *verdict, letters, log, *out)
        if state == "paused":
            return (Act("continue", "Continue", letter="p"), letters, log, stop, report)
        if state == "stopping":
            return (log, letters, report)
        if state == "starting" or view.retry:
            return (log, letters, stop, report)
        return (
            Act("pause", "Pause", letter="p"),
            Act("speed", "Speed", letter="t"),
            letters,
            log,
            stop,
            report,
        )

    def help(self) -> HelpText:
        return HelpText(
            "Run",
            (
                "Only what the server has confirmed is counted. 100 % comes only at the",
                "end. A checkpoint is saved after each slice, so that Resume repeats at",
                "most the slices that were under way.",
                "",
                "Pause: nothing is read or written until Continue.",
                f"Stop: finishes what is on its way ({self._stop_takes()}) and ends the engine.",
                "Dead letters: points set aside because their text is missing; they are",
                "copied without a vector. Nothing is embedded as empty text.",
                "",
                "p pauses and continues, t sets the speed, l opens the log.",
            ),
        )

    def _stop_takes(self) -> str:
        return self.view.stop_takes if self.view is not None else "a few seconds"

    def first(self) -> Widget | None:
        return None

    async def draw(self, view: RunView) -> None:
        if view.state != self._state:
            self._state = view.state
            ending = ending_of(view)
            self.say(ending.told if ending else NEXT.get(view.state, GOES_ON))
        self.keys = tuple((act.letter, act.label) for act in self.acts() if act.letter)
        width = max(40, self.size.width - 4)
        now, later = typeset.present(), run_words.later_seconds(view, self._planned)
        lines = [
            run_words.progress(view, width),
            run_words.counts(view, later),
            run_words.curve(view, width, plain=self.wizard.plain_signs),
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
        self._draw_steps(view)
        self._draw_server(view)
        self._draw_log(view)

    def _draw_steps(self, view: RunView) -> None:
        box = self.query_one("#steps", Pane)
        rows = max(4, box.size.height or 10)
        box.write("\n".join(run_words.step_lines(view, rows, max(24, box.size.width))))

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

    async def action_back(self) -> None:
        self.leave_work()
        self.wizard.go_home()

    async def act(self, key: str) -> None:
        if key == "pause":
            self.steer("pause")
            self.say("Pausing: what is on its way is finished first.")
        elif key == "retry":
            self.look()
        elif key == "continue":
            self.steer("resume")
            self.say("Going on.")
        elif key == "stop":
            self._ask_to_stop()
        elif key == "resume":
            self.start_engine()
            self.say("Starting. What is already done is checked, then it goes on.")
        elif key == "answers":
            self.work("plan", partial(_plan_of, self.run))
        elif key == "speed":
            self._ask_speed()
        elif key == "gate":
            self.wizard.go("verify" if self.view and self.view.at_verdict else "gate")
        elif screen := screen_of(key):
            self.wizard.go(screen)
        elif key in ("report", "verify"):
            self.wizard.go(key)
        elif key == "letters":
            self.wizard.go("dead_letters")
        elif key == "log":
            self.wizard.go("run_log")

    def _change_answers(self, plan: Plan) -> None:
        """Back to the questions with the answers of this run, which wrote nothing."""
        session, wizard = self.session, self.wizard
        if session.survey is not None and session.survey.collection == plan.collection:
            wizard.session = session.on(run=None, plan=None)
            wizard.go_back_to("questions")
            wizard.tell("The answers are kept. Change what was wrong; a new plan makes a new run.")
        else:
            wizard.session = session.anew(
                address=None if plan.practice else plan.server,
                practice=plan.practice,
                collection=plan.collection,
                answers=plan.answers,
            )
            wizard.go("practice" if plan.practice else "connect", instead=True)

    def _ask_to_stop(self) -> None:
        def answered(key: str | None) -> None:
            if key == "stop":
                self.steer("stop")
                self.say("Stopping: what is on its way is finished, then the checkpoint is saved.")

        self.app.push_screen(
            Dialog(
                "Stop the run?",
                (
                    f"It finishes what is on its way ({self._stop_takes()}) and saves the",
                    "checkpoint. Resume goes on from there. Nothing is lost.",
                ),
                (Act("on", "Go on"), Act("stop", "Stop")),
            ),
            answered,
        )

    def _ask_speed(self) -> None:
        def answered(pace: str | None) -> None:
            if pace is not None:
                self.steer("throttle", pace=pace)
                self.say(f"Speed: {pace}. The effect shows within 10 s.")

        self.app.push_screen(Chooser("How hard may the server be worked?", SPEEDS), answered)


def _planned(folder: Path, report: Report) -> tuple[float | None, ...]:
    """What the plan gives to each step; nothing where this version cannot read it."""
    try:
        return load_plan(folder / "plan.yaml").estimate.step_seconds
    except QmmError:
        return ()


def _plan_of(folder: Path, report: Report) -> Plan:
    return load_plan(folder / "plan.yaml")
