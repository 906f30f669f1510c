"""The plan: every step, what it writes, its way back; what is never touched; time, room, money."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import cast

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from qdrant_model_migration import engine, words
from qdrant_model_migration.advice import costs_nothing_because, make_plan
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.plan import Plan, left_open, save_plan
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.tui import tasks
from qdrant_model_migration.tui.screens.chooser import Chooser
from qdrant_model_migration.tui.screens.dialog import Dialog
from qdrant_model_migration.tui.screens.questions import QuestionsScreen
from qdrant_model_migration.tui.screens.saving import SAVE, free, save_given
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
from qdrant_model_migration.tui.typeset import crop, row
from qdrant_model_migration.tui.widgets.frame import Pane, facts, titled, wrap
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act

CHANGES = (
    Line("target", "the name of the new collection"),
    Line("pace", "how hard the server is worked"),
    Line("proof", "how the new model is judged"),
    Line("vector_name", "the name of the new vector"),
)
FILE = "plan.yaml"
BESIDE = 40  # cells of the step under the focus in a wide window


class PlanScreen(Stop):
    """Nothing is written until Start, and Start asks once more."""

    place: str = "Plan"
    keys = (("↑↓", "Move"), ("Enter", "Details"))
    hello = "Enter on a step: exactly what it does. Nothing is written until you start."

    def __init__(self) -> None:
        super().__init__()
        self._numbers: tuple[tuple[str, str], ...] = ()

    def body(self) -> ComposeResult:
        with Horizontal(id="list"):
            yield Lines(id="steps", classes="pane", wrap=False)
            yield Pane("", "", id="step")
        yield Pane("", "", id="costs")

    def acts(self) -> tuple[Act, ...]:
        made_up = "this is Explore" if self.trip.explore else ""
        return (
            Act("start", "Start…", closed=made_up or self._why_not()),
            Act("change", "Change…"),
            Act("save", "Save plan and leave", closed=made_up),
            Act("back", "Back"),
            Act("numbers", "Time, room and money in full", button=False),
            SAVE,
        )

    def _why_not(self) -> str:
        plan = self.trip.plan
        if plan is None:
            return "there is no plan"
        left = len(left_open(plan))
        return f"{left} new warnings: go back" if left else ""

    def help(self) -> HelpText:
        return HelpText(
            "Plan",
            (
                "The plan is the list of steps that the run carries out. Enter on a step",
                "tells what it does, what is checked, and how it is undone.",
                "",
                f"Save plan writes {FILE} into the present folder: readable, without",
                f"secrets, for {qmm('run', FILE)}. A run can be stopped and resumed",
                "at any time.",
            ),
        )

    def first(self) -> Widget | None:
        return self.query_one("#steps")

    async def shown(self) -> None:
        self._make()

    async def refit(self) -> None:
        if self.trip.plan is not None:
            self._show(self.trip.plan)

    def _make(self) -> None:
        survey, taken = self.trip.survey, tasks.taken_strategy(self.trip)
        assert survey is not None
        if taken is None or not taken.runs:
            self.wizard.go_back_to("strategy")  # an answer was changed meanwhile
            return
        speed = tasks.speed_of(self.trip)
        try:
            plan = make_plan(survey, self.trip.answers, taken, speed=speed)
        except QmmError as error:
            self.wizard.trip = self.trip.on(plan=None)
            self.query_one("#costs", Pane).write(str(error), title="No plan")
            self.trouble(error)
            return
        accepted = {
            key: given
            for key, given in self.trip.accepted.items()
            if key in plan.must_accept and given.said == plan.warned.get(key)
        }
        plan = plan.model_copy(update={"accepted": accepted})
        self.wizard.trip = self.trip.on(plan=plan, strategy=taken.name)
        self.frame()  # the top row names what the plan makes
        self._show(plan)

    def _show(self, plan: Plan) -> None:
        room = max(20, self.size.width - 49 - (BESIDE if self.wide else 0))
        head = row([(" #", 2), ("STEP", room), ("WRITES TO", 16), ("TIME", -6), ("WAY BACK", 13)])
        lines = []
        for at, step in enumerate(plan.steps):
            text = step.text(plan.move)
            took = plan.estimate.step_seconds
            seconds = took[at] if at < len(took) else None
            cells = [
                (f"{at + 1:>2}", 2),
                (text.title, room),
                (text.writes_to, 16),
                (words.duration(seconds) if seconds is not None else "", -6),
                (text.way_back, 13),
            ]
            lines.append(Line(str(at), row(cells)))
        box = self.query_one("#steps", Lines)
        box.show(lines, head=head)
        titled(box, f"Plan: {self.trip.what}, {by_name(plan.strategy).title}")
        self._show_step(plan)
        self._show_costs(plan)

    def _step(self, plan: Plan, key: str, width: int) -> tuple[str, list[str]]:
        """One step: its title, and in lines what it does and how it is undone."""
        text = plan.steps[int(key)].text(plan.move)
        lines = [piece for line in text.details for piece in wrap(line, width)]
        lines += ["", f"Writes to: {text.writes_to}", f"Way back: {text.way_back}"]
        return f"Step {int(key) + 1}: {text.title}", lines

    def _show_step(self, plan: Plan) -> None:
        key = self.query_one("#steps", Lines).key
        if self.wide and key is not None:
            title, lines = self._step(plan, key, BESIDE - 4)
            self.query_one("#step", Pane).write("\n".join(lines), title=title)

    def on_lines_moved(self, event: Lines.Moved) -> None:
        event.stop()
        if self.trip.plan is not None:
            self._show_step(self.trip.plan)

    def _show_costs(self, plan: Plan) -> None:
        cost, width = plan.estimate, max(40, self.size.width - 4)
        time = cost.seconds.how
        if cost.seconds.likely is not None:
            time = (
                f"about {words.duration(cost.seconds.likely)} "
                f"({words.duration(cost.seconds.low or 0)} to "
                f"{words.duration(cost.seconds.high or 0)}); {cost.seconds.how}"
            )
        rows = [("Time", time)]
        if cost.disk_bytes.likely:
            memory = cost.memory_bytes.likely
            also = f", {words.size(memory)} memory" if memory else ""
            rows.append(("Server", f"{words.size(cost.disk_bytes.likely)} disk{also}; "
                         f"{cost.disk_bytes.how}"))  # fmt: skip
        rows.append(("Money", _money(plan)))
        if plan.lost_settings:
            rows.append(("Lost", f"cannot be carried over: {', '.join(plan.lost_settings)}"))
        others = len(plan.never_touched) - 1
        kept = plan.collection
        if others > 0:
            kept += f" and {words.plural(others, 'other collection')}"
        if plan.collection not in plan.never_touched:
            kept = words.plural(len(plan.never_touched), "other collection")
        here = [("Run folder", _notes(cost.notes_bytes))] if cost.notes_bytes else []
        self._numbers = (*rows, *here)
        narrow = facts(rows, width)
        if self.size.height < 36:
            label = max(len(name) for name, _ in rows) + 2
            narrow = Text("\n".join(crop(f"{n:<{label}}{said}", width) for n, said in rows))
        self.query_one("#costs", Pane).write(narrow, title=f"Never touched: {kept}")

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        plan = self.trip.plan
        if plan is None:
            return
        title, lines = self._step(plan, event.key, Dialog.room(self.app.size.width))
        self.app.push_screen(Dialog(title, lines, (Act("close", "Close"),)))

    async def act(self, key: str) -> None:
        plan = self.trip.plan
        if key == "change":
            self._change()
        elif key == SAVE.key:
            save_given(self)
        elif key == "numbers":
            lines = facts(self._numbers, 68).plain.split("\n")
            self.app.push_screen(Dialog("Time, room and money", lines, (Act("close", "Close"),)))
        elif plan is None:
            return
        elif key == "save":
            self.work("save", partial(_save, plan), self._saved)
        elif key == "start":
            self._ask_to_start(plan)

    def _change(self) -> None:
        def chosen(key: str | None) -> None:
            if key is not None:
                self.app.push_screen(QuestionsScreen(at=key, only=True))

        self.app.push_screen(Chooser("What should be different?", CHANGES), chosen)

    def _saved(self, path: Path) -> None:
        def answered(key: str | None) -> None:
            if key == "leave":
                self.app.exit(0)

        lines = (
            f"{path}",
            "",
            "Nothing was written to the server.",
            f"Next: {qmm('run', path.name)}",
        )
        acts = (Act("stay", "Stay"), Act("leave", "Leave"))
        self.app.push_screen(Dialog("The plan is saved", lines, acts), answered)

    def _ask_to_start(self, plan: Plan) -> None:
        move = plan.move
        likely = plan.estimate.seconds.likely
        about = f": about {words.duration(likely)}" if likely is not None else ""
        if move is not None and move.source != move.target:
            lines = [
                f"It creates {move.target} and fills it{about}.",
                f"{move.source} is only read. Searches go on as before.",
                "It stops before the cutover and waits for you.",
            ]
        else:
            lines = [
                f"It changes {plan.collection} in place; what exactly, the plan says.",
                "It waits for your typed consent before it changes anything.",
            ]
        lines += [
            "The run goes on when this window is closed. It stops when this",
            "computer sleeps or is switched off; then you resume.",
        ]

        def answered(key: str | None) -> None:
            if key == "start":
                self.say("Starting the run in its own process.")
                self.work("start", partial(_begin, self.wizard.environment, plan, self.wizard.door))

        acts = (Act("no", "Not yet"), Act("start", "Start"))
        self.app.push_screen(Dialog("Start this run?", lines, acts), answered)

    async def done(self, name: str, result: object) -> None:
        folder, error = cast("tuple[Path, QmmError | None]", result)
        self.wizard.trip = self.trip.on(run=folder)
        self.wizard.go("run")
        if error is not None:
            self.wizard.tell(str(error))


def _money(plan: Plan) -> str:
    usd, why = plan.estimate.usd, costs_nothing_because(plan)
    said = "not known" if usd is None else f"{usd:.2f} USD"
    return f"{said}; {why}" if why else said


def _notes(size: int) -> str:
    return f"up to {words.size(size)} on this computer, for notes of what was copied"


def _save(plan: Plan, report: tasks.Report) -> Path:
    path = free(FILE)
    save_plan(plan, path)
    return path


def _begin(
    environment: tasks.Environment, plan: Plan, door: tasks.Lock, report: tasks.Report
) -> object:
    folder = engine.create_run(plan, engine.runs_folder())
    try:
        with door:  # a local folder must be closed here before the engine opens it
            engine.start(folder, environment(folder))
    except QmmError as error:
        return folder, error  # the run is there now: its own screen offers to resume it
    return folder, None
