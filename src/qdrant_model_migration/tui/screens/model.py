"""Which model should make the new vectors: the list, and what each would mean for these texts."""

from __future__ import annotations

import threading
from functools import partial
from typing import cast

from textual.app import ComposeResult
from textual.widget import Widget

from qdrant_model_migration.advice import (
    BY_KEY,
    ModelChoice,
    ModelRow,
    advise,
    best_model,
    describe,
    model_rows,
    own_model,
)
from qdrant_model_migration.embedders import ModelRef, Reach
from qdrant_model_migration.embedders.errors import FolderAsks
from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.pipeline.speed import EFFORT, Speed, kept_under
from qdrant_model_migration.survey import Survey
from qdrant_model_migration.tui import tasks
from qdrant_model_migration.tui.screens.asking import AskLine
from qdrant_model_migration.tui.screens.chooser import Chooser
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
from qdrant_model_migration.tui.typeset import row
from qdrant_model_migration.tui.widgets.frame import Pane, facts, titled
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act
from qdrant_model_migration.words import number, size

FOLDER = "a folder"
OWN = (
    "Enter names a folder with model.onnx and its tokenizer, as an ONNX export writes them. It is "
    "opened once, here, to see what it gives. Nothing is fetched."
)


class ModelScreen(Stop):
    """Dismisses with "chosen", or None for back."""

    place: str = "Questions"
    keys = (("↑↓", "Move"), ("Enter", "Select"))
    hello = "All numbers are for your own texts, not from a leaderboard."

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[ModelRow, ...] = ()
        self._told_to_fetch = False
        self._choices: tuple[ModelChoice, ...] = ()
        self._own: tuple[ModelRef, ...] = ()  # from folders that were named here
        self._folder, self._of_folder = "", dict[str, str]()  # and what a person said of it
        self._go_to: str | None = None
        self._enough = threading.Event()  # ends a download

    def body(self) -> ComposeResult:
        yield Lines(id="models", classes="pane", wrap=False, jump=True)
        yield Pane("", "Looking which models are on this computer…", id="one")

    def acts(self) -> tuple[Act, ...]:
        here = self._here() if self.is_mounted else None
        if self.busy("fetch"):
            return (Act("enough", "Stop fetching"),)
        if here is None and self._rows:
            return (Act("folder", "Name a folder"), Act("back", "Back"))
        if here is None:
            return (Act("back", "Back"),)
        why = here.closed
        use = Act("use", "Use this model", closed="see above" if why else "")
        if not why and not here.usable:
            use = Act("fetch", f"Fetch it ({size(here.reach.size or 0)})")
        tried = Act("speed", "Measure speed", closed=self._why_no_speed(here))
        return (use, tried, Act("back", "Back"))

    def _why_no_speed(self, here: ModelRow) -> str:
        if self.session.explore:
            return "no texts in Explore"
        return "fetch it first" if here.fetches else here.reach.why

    def help(self) -> HelpText:
        return HelpText(
            "Model",
            (
                "Vectors of two models can never be compared with each other, so every",
                "text is embedded again by the new one.",
                "",
                "LONGEST: how many tokens of a text the model reads; the rest is cut off.",
                "TO GET: 'is here' needs no network. Fetching is done only when you ask.",
                f"Measure speed embeds {EFFORT}.",
                "",
                "The last line takes a model from a folder: an ONNX file with its tokenizer.",
            ),
        )

    def first(self) -> Widget | None:
        return self.query_one("#models")

    def place_note(self) -> str:
        asked = [question.key for question in advise(self._survey, self.session.answers).asked]
        return f"{asked.index('model') + 1}/{len(asked)}" if "model" in asked else ""

    async def opened(self) -> None:
        own = own_model(self.session.answers)
        self._own = () if own is None else (own,)
        self.work("models", partial(tasks.models, self.session))

    async def refit(self) -> None:
        self._show()

    @property
    def _survey(self) -> Survey:
        survey = self.session.survey
        assert survey is not None
        return survey

    def _here(self) -> ModelRow | None:
        key = self.query_one("#models", Lines).key
        return next((r for r in self._rows if _name(r) == key), None)

    async def done(self, name: str, result: object) -> None:
        if name == "models":
            self._choices = cast("tuple[ModelChoice, ...]", result)
            self._list()
            self._go_to_best()
            await self.show_acts()
        elif name == "speed":
            speed = cast("tuple[str, Speed]", result)
            self.wizard.session = self.session.on(
                speeds={**self.session.speeds, speed[0]: speed[1]}
            )
            self._show()
            self.say(f"{number(speed[1].texts_per_second)} texts/s on this computer.")
        elif name == "fetch":
            self.say("It is here now.")
            self.work("models", partial(tasks.models, self.session))
        elif name == "folder":
            model = cast(ModelRef, result)
            self._own = (*(m for m in self._own if m.folder != model.folder), model)
            self._go_to = kept_under(model)
            self._list()
            self._go_to_best()
            await self.show_acts()
            self.say(f"{model.label} was read: {model.dimensions} dimensions.")

    def _list(self) -> None:
        """Make the rows of the known models and of those from folders."""
        settled = advise(self._survey, self.session.answers).settled
        own = (ModelChoice(model, Reach("here")) for model in self._own)
        self._rows = model_rows(self._survey, settled, (*self._choices, *own))
        self._show()

    async def failed(self, name: str, error: QmmError) -> None:
        await self.show_acts()
        if isinstance(error, FolderAsks):
            lines = [Line(value, f"{value}: {what}") for value, what in error.choices]
            self.app.push_screen(Chooser(error.question, lines), partial(self._said, error.key))
            self.say(error.what)
        elif isinstance(error, Stopped):
            self.say("The download was stopped. What has arrived is kept and used the next time.")
        else:
            self.trouble(error, self.query_one("#models"))

    def _go_to_best(self) -> None:
        given = self.session.answers.get("model")
        wanted = (r for r in self._rows if _name(r) == self._go_to)
        chosen = next(wanted, None) or next((r for r in self._rows if r.value == given), None)
        best = chosen or best_model(self._rows)
        box = self.query_one("#models", Lines)
        if best is not None:
            box.go(_name(best))
        box.focus()
        self._explain()

    def _show(self) -> None:
        room = max(16, self.size.width - 58)
        head = [("MODEL", room), ("DIM", -6), ("LANGUAGES", 12), ("LONGEST", -7), ("TO GET", 9),
                ("SPEED", 9)]  # fmt: skip
        lines = []
        for r in self._rows:
            model = r.model
            speed = self.session.speeds.get(_name(r))
            cells = [
                (("✗ " if r.closed else "") + model.short_name, room),
                ("sparse" if model.vector == "sparse" else str(model.dimensions), -6),
                (model.languages_label, 12),
                (number(model.max_tokens) if model.max_tokens else "?", -7),
                (r.reach.short, 9),
                (f"{number(speed.texts_per_second)}/s" if speed else "not tried", 9),
            ]
            lines.append(Line(_name(r), row(cells), style="dim" if r.closed else ""))
        if self._rows:
            lines.append(Line(FOLDER, "Other: a folder that holds a model"))
        box = self.query_one("#models", Lines)
        box.show(lines, head=row(head))
        titled(box, "Which model should make the new vectors?")
        self._explain()

    def _explain(self) -> None:
        here = self._here()
        box = self.query_one("#one", Pane)
        if here is None:
            if self._rows:
                box.write(OWN, title="A model of your own")
            return
        width = max(40, self.size.width - 4)
        settled = advise(self._survey, self.session.answers).settled
        rows = list(describe(self._survey, settled, here, self.session.speeds.get(_name(here))))
        if here.closed:
            rows = [("Closed", here.closed), rows[1]]  # and how it fits the languages
        box.write(facts(rows, width), title=f"{here.model.name} for {self._survey.collection}")

    async def on_lines_moved(self, event: Lines.Moved) -> None:
        event.stop()
        if self._told_to_fetch:
            self._told_to_fetch = False
            self.say(self.hello)
        self._explain()
        await self.show_acts()

    async def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        here = self._here()
        if here is not None and here.closed:
            self.say(here.closed)
        elif here is not None and not here.usable:
            self.say("This model is not on this computer. Fetch it first: the button below.")
            self._told_to_fetch = True
            self.query_one("#act-fetch").focus()
        elif here is None:
            await self.act("folder")
        else:
            await self.act("use")

    async def act(self, key: str) -> None:
        here = self._here()
        if key == "enough":
            self._enough.set()
            self.say("Stopping the download.")
        elif key == "folder":
            self.app.push_screen(
                AskLine("A model of your own", "Folder", "with model.onnx and its tokenizer",
                        "Read it"),
                self._name_folder,
            )  # fmt: skip
        elif here is None:
            return
        elif key == "use":
            self._use(here)
        elif key == "speed":
            self.say(f"Embedding {EFFORT}.")
            self.work("speed", partial(tasks.measure, self.session, here.model))
        elif key == "fetch":
            self._enough = threading.Event()
            self.say(f"Fetching {here.model.label}. Esc stops it; what has arrived is kept.")
            self.work("fetch", partial(tasks.get_model, here.model, self._enough))
            await self.show_acts()

    def _name_folder(self, folder: str | None) -> None:
        if folder is not None:
            self._folder, self._of_folder = folder, {}
            self._read_folder()

    def _said(self, key: str, value: str | None) -> None:
        if value is not None:
            self._of_folder = {**self._of_folder, key: value}
            self._read_folder()

    def _read_folder(self) -> None:
        self.say("Reading the folder and opening the model once.")
        self.work("folder", partial(tasks.read_folder, self._folder, self._of_folder))

    def _use(self, here: ModelRow) -> None:
        settled = advise(self._survey, self.session.answers).settled
        try:
            value = BY_KEY["model"].clean(here.value, self._survey, settled)
        except QmmError as error:
            self.trouble(error, self.query_one("#models"))
            return
        self.leave_work()
        self.wizard.session = self.session.answered("model", value)
        self.dismiss("chosen")

    async def news(self, name: str, news: object) -> None:
        if name == "fetch":
            self.say(str(news))

    async def action_back(self) -> None:
        if self.busy("fetch") and not self._enough.is_set():
            await self.act("enough")
            return
        self.leave_work()
        self.dismiss(None)

    def on_unmount(self) -> None:
        """Leaving the wizard must not wait for a download."""
        self._enough.set()


def _name(r: ModelRow) -> str:
    return kept_under(r.model)
