"""The survey: what is in the collection, line by line as it is found, and how we know."""

from __future__ import annotations

import threading
from functools import partial
from time import monotonic
from typing import Any, cast

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef, list_models
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.qdrant.errors import CollectionMissing
from qdrant_model_migration.survey import Fact, Survey, facts_of, lines
from qdrant_model_migration.survey import Line as Finding
from qdrant_model_migration.tui import survey_more, tasks
from qdrant_model_migration.tui.screens.chooser import Chooser
from qdrant_model_migration.tui.screens.dialog import Dialog
from qdrant_model_migration.tui.screens.stop import NARROW, HelpText, Stop
from qdrant_model_migration.tui.typeset import row
from qdrant_model_migration.tui.widgets.frame import Pane, titled
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act

CORRECTABLE = {"text_field": "Choose another field", "old_model": "Name the model"}
BESIDE = 40  # cells of the right half in a wide window


class SurveyScreen(Stop):
    """Starts by itself; Enter on a line shows all of it, and corrects what is only a guess."""

    place: str = "Survey"
    hello = "Reading only; nothing is changed. Esc stops reading."

    def __init__(self) -> None:
        super().__init__()
        self._facts: dict[str, Fact[Any]] = {}
        self._began = 0.0
        self._took = ""
        self._unread = "still reading"
        self._text_field: str | None = None
        self._old_model: ModelRef | None = None
        self._stop_reading = threading.Event()

    def body(self) -> ComposeResult:
        with Horizontal(classes="two"):
            yield Lines(id="facts", classes="pane", wrap=False)
            yield Pane("What was read", "", id="beside")

    def acts(self) -> tuple[Act, ...]:
        ready = self.session.survey is not None
        return (
            Act("go", "Continue", closed="" if ready else self._unread),
            Act("again", "Survey again"),
            Act("back", "Back"),
        )

    def help(self) -> HelpText:
        return HelpText(
            "Survey",
            (
                "The survey reads the settings, counts points, and reads a sample of",
                "payloads. It changes nothing.",
                "",
                "HOW WE KNOW: asked (the server says so), counted, sample (seen in some",
                "points), estimated (computed), re-embedded (texts embedded again give",
                "the stored vectors), told (by you).",
                "",
                "Enter on a line shows all of it. Text field and Old model can be",
                "corrected there. ? marks what you should look at before going on.",
            ),
        )

    def first(self) -> Widget | None:
        return self.query_one("#act-go") if self.session.survey else self.query_one("#facts")

    async def opened(self) -> None:
        if self.session.survey is not None:
            self._facts = facts_of(self.session.survey)
            self._took = "made before"
            self.say("This survey was made before. Survey again reads everything anew.")
        else:
            self._read()
        self._show()

    async def refit(self) -> None:
        self._show()

    def _read(self) -> None:
        self._facts, self._began, self._took = {}, monotonic(), ""
        self._unread = "still reading"
        self._stop_reading = threading.Event()
        self.wizard.session = self.session.on(survey=None, plan=None, strategy=None)
        self.work(
            "survey",
            partial(
                tasks.look,
                self.session,
                self._stop_reading,
                self._text_field,
                self._old_model,
            ),
        )

    def _found(self) -> tuple[Finding, ...]:
        return lines(self._facts)

    @property
    def _room(self) -> int:
        """Cells for what was found; a narrow window leaves out how it is known."""
        if self.size.width < NARROW:
            return max(20, self.size.width - 21)
        return max(20, self.size.width - 35 - (BESIDE if self.wide else 0))

    def _row(self, what: str, found: str, how: str) -> str:
        cells = [(what, 13), (found, self._room), (how, 14)]
        return row(cells if self.size.width >= NARROW else cells[:2])

    def _show(self) -> None:
        found = self._found()
        box = self.query_one("#facts", Lines)
        box.show(
            [
                Line(line.key, self._row(f"{'?' if line.settle else ' '}{line.what}",
                                         line.found, line.how))
                for line in found
            ],
            head=self._row(" WHAT", "FOUND", "HOW WE KNOW"),
        )  # fmt: skip
        known = sum(1 for line in found if line.found)
        state = self._took or f"{known} of {len(found)}"
        titled(box, f"Survey of {self.session.collection} · {state}")
        survey, beside = self.session.survey, self.query_one("#beside", Pane)
        if self.wide:
            said = survey_more.beside(survey, BESIDE - 4) if survey else ["Reading…"]
            beside.write("\n".join(said))

    async def news(self, name: str, news: object) -> None:
        key, fact = cast("tuple[str, Fact[Any]]", news)
        self._facts[key] = fact
        self._show()

    async def done(self, name: str, result: object) -> None:
        survey = cast(Survey, result)
        self.wizard.session = self.session.on(survey=survey)
        self._took = f"complete, {words.duration(monotonic() - self._began)}"
        self._facts = facts_of(survey)
        self._show()
        await self.show_acts()
        settle = next((line for line in self._found() if line.settle), None)
        if settle is not None:
            self.say(f"{settle.what} ?: {settle.note}. Enter on the line corrects it.")
            box = self.query_one("#facts", Lines)
            box.go(settle.key)
            box.focus()
        else:
            self.say(
                "Nothing was changed. Enter on a line shows all of it; Text field and Old model "
                "can be corrected there."
            )
            self.query_one("#act-go").focus()

    async def failed(self, name: str, error: QmmError) -> None:
        self._took = "not finished"
        gone = isinstance(error, CollectionMissing)
        self._unread = "the collection is gone" if gone else "not all was read"
        self._show()
        await self.show_acts()
        if gone:
            self.say(
                f"{self.session.collection} is gone: somebody deleted or renamed it. Go back and "
                "read the list of collections again.",
                trouble=True,
            )
        else:
            self.trouble(error)
        self.query_one("#act-back" if gone else "#act-again").focus()

    async def act(self, key: str) -> None:
        if key == "go":
            self.wizard.go("questions")
        elif key == "again":
            self.say("Reading again. Nothing is changed.")
            self._read()
            self._show()
            await self.show_acts()

    async def action_back(self) -> None:
        self._stop_reading.set()
        await super().action_back()

    def _line(self, key: str) -> Finding:
        return next(line for line in self._found() if line.key == key)

    def on_lines_moved(self, event: Lines.Moved) -> None:
        event.stop()
        line = self._line(event.key)
        more = cell_len(line.found) > self._room or line.note or line.key in CORRECTABLE
        self.say("Enter shows all of this line." if more else "Nothing is changed by reading.")

    def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        line, survey = self._line(event.key), self.session.survey
        acts = [Act("close", "Close")]
        if survey is not None and line.key in CORRECTABLE:
            acts.append(Act("correct", CORRECTABLE[line.key]))

        def answered(key: str | None) -> None:
            if key == "correct" and survey is not None:
                if line.key == "text_field":
                    self._correct_text(survey)
                else:
                    self._correct_model(survey)

        said = survey_more.whole(line, survey, Dialog.room(self.app.size.width))
        self.app.push_screen(Dialog(line.what or "It can", said, tuple(acts)), answered)

    def _correct_text(self, survey: Survey) -> None:
        fields = survey.text_fields.value or ()
        if not fields:
            self.say("No payload field holds texts. Question Text asks where they are.")
            return
        choices = [
            Line(
                field.path,
                f"{field.path}: text in {words.share(field.share)} of the points, "
                f"{field.average_words:.0f} words on average",
                more=field.example[:60],
                hang=2,
            )
            for field in fields
        ]

        async def chosen(path: str | None) -> None:
            if path is not None:
                self._text_field = path
                await self.act("again")

        self.app.push_screen(
            Chooser("Which field was the text in?", choices, survey.text_field.value), chosen
        )

    def _correct_model(self, survey: Survey) -> None:
        self.say("Looking which models are known…")
        self.work("models", partial(_models_for, survey), self._choose_model)

    def _choose_model(self, models: dict[str, ModelRef]) -> None:
        if not models:
            self.say("No known model makes vectors of this size, so none can be named.")
            return
        choices = [Line(name, f"{model.label}, {model.dimensions} dimensions")
                 for name, model in models.items()]  # fmt: skip

        async def chosen(name: str | None) -> None:
            if name is not None:
                self._old_model = models[name]
                await self.act("again")

        self.app.push_screen(Chooser("Which model made the present vectors?", choices), chosen)


def _models_for(survey: Survey, report: tasks.Report) -> dict[str, ModelRef]:
    """The known models that make vectors of a size that is stored, by name."""
    sizes = {vector.size for vector in survey.dense}
    return {m.name: m for m in list_models() if m.dimensions in sizes and m.vector == "dense"}
