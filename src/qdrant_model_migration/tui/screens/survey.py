"""The survey: what is in the collection, line by line as it is found, and how we know."""

from __future__ import annotations

import threading
from functools import partial
from time import monotonic
from typing import Any, cast

from textual.app import ComposeResult
from textual.widget import Widget

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef, list_models
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.survey import Fact, Survey
from qdrant_model_migration.tui import survey_words, tasks
from qdrant_model_migration.tui.screens.chooser import Chooser
from qdrant_model_migration.tui.screens.stop import HelpText, Stop
from qdrant_model_migration.tui.typeset import row
from qdrant_model_migration.tui.widgets.frame import titled, wrap
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act


class SurveyScreen(Stop):
    """Starts by itself; Enter on Text field or Old model corrects it."""

    place: str = "Survey"
    hello = "Reading only; nothing is changed. Esc stops reading."

    def __init__(self) -> None:
        super().__init__()
        self._facts: dict[str, Fact[Any]] = {}
        self._began = 0.0
        self._took = ""
        self._text_field: str | None = None
        self._old_model: ModelRef | None = None
        self._stop_reading = threading.Event()

    def body(self) -> ComposeResult:
        yield Lines(id="facts", classes="pane", wrap=False)

    def acts(self) -> tuple[Act, ...]:
        ready = self.trip.survey is not None
        return (
            Act("go", "Continue", closed="" if ready else "still reading"),
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
                "Text field and Old model can be corrected: Enter on the line.",
            ),
        )

    def first(self) -> Widget | None:
        return self.query_one("#act-go") if self.trip.survey else self.query_one("#facts")

    async def opened(self) -> None:
        if self.trip.survey is not None:
            self._facts = survey_words.of_survey(self.trip.survey, {})
            self._took = "made before"
            self.say("This survey was made before. Survey again reads everything anew.")
        else:
            self._read()
        self._show()

    async def refit(self) -> None:
        self._show()

    def _read(self) -> None:
        self._facts, self._began, self._took = {}, monotonic(), ""
        self._stop_reading = threading.Event()
        self.wizard.trip = self.trip.on(survey=None, plan=None, strategy=None)
        self.work(
            "survey",
            partial(
                tasks.look,
                self.trip,
                self.wizard.door,
                self._stop_reading,
                self._text_field,
                self._old_model,
            ),
        )

    def _show(self) -> None:
        shown = survey_words.lines(self._facts)
        room = max(20, self.size.width - 35)
        listed: list[Line] = []
        for line in shown:
            first, *rest = wrap(line.found, room)
            sign = "?" if line.key in survey_words.CORRECTABLE and "not known" in line.how else " "
            listed.append(
                Line(line.key, row([(f"{sign}{line.what}", 13), (first, room), (line.how, 14)]))
            )
            if rest and line.key in survey_words.CORRECTABLE:
                at = len(listed) - 1
                more = "\n".join(" " * 15 + piece for piece in rest[:3])
                listed[at] = listed[at]._replace(text=f"{listed[at].text}\n{more}")
        box = self.query_one("#facts", Lines)
        box.show(listed, head=row([(" WHAT", 13), ("FOUND", room), ("HOW WE KNOW", 14)]))
        known = sum(1 for line in shown if line.found)
        state = self._took or f"{known} of {len(shown)}"
        titled(box, f"Survey of {self.trip.collection} · {state}")

    async def news(self, name: str, news: object) -> None:
        key, fact = cast("tuple[str, Fact[Any]]", news)
        self._facts[key] = fact
        self._show()

    async def done(self, name: str, result: object) -> None:
        survey = cast(Survey, result)
        self.wizard.trip = self.trip.on(survey=survey)
        self._took = f"complete, {words.duration(monotonic() - self._began)}"
        self._facts = survey_words.of_survey(survey, self._facts)
        self._show()
        await self.show_acts()
        self.say(
            "Nothing was changed. Something looks wrong? Enter on Text field or Old model "
            "corrects it."
        )
        if survey.text_field.value is None and survey.text_field.how == "not known":
            self.query_one("#facts", Lines).go("text_field")
        else:
            self.query_one("#act-go").focus()

    async def failed(self, name: str, error: QmmError) -> None:
        self._took = "not finished"
        self._show()
        self.trouble(error)
        self.query_one("#act-again").focus()

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

    def on_lines_moved(self, event: Lines.Moved) -> None:
        """The whole line on the message line, where its column was too narrow."""
        event.stop()
        line = next(x for x in survey_words.lines(self._facts) if x.key == event.key)
        if line.found:
            self.say(f"{line.what or 'It can'}: {line.found} ({line.how})")

    async def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        if self.trip.survey is None:
            self.say("Still reading. Lines can be corrected when the survey is complete.")
        elif event.key == "text_field":
            self._correct_text(self.trip.survey)
        elif event.key == "old_model":
            self._correct_model(self.trip.survey)
        else:
            self.say("This line is asked or counted; only Text field and Old model are guesses.")

    def _correct_text(self, survey: Survey) -> None:
        fields = survey.text_fields.value or ()
        if not fields:
            self.say("No payload field holds texts. Question Text asks where they are.")
            return
        lines = [
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
            Chooser("Which field was the text in?", lines, survey.text_field.value), chosen
        )

    def _correct_model(self, survey: Survey) -> None:
        sizes = {vector.size for vector in survey.dense}
        models = {m.name: m for m in list_models() if m.dimensions in sizes and m.vector == "dense"}
        if not models:
            self.say("No known model makes vectors of this size.")
            return
        lines = [Line(name, f"{model.label}, {model.dimensions} dimensions")
                 for name, model in models.items()]  # fmt: skip

        async def chosen(name: str | None) -> None:
            if name is not None:
                self._old_model = models[name]
                await self.act("again")

        self.app.push_screen(Chooser("Which model made the present vectors?", lines), chosen)
