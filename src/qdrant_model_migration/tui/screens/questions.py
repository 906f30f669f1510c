"""One question at a time, beside it the map: what is answered, and what each answer would leave."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from qdrant_model_migration.advice import Advice, Option, Question, advise, map_lines
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages import ways
from qdrant_model_migration.survey import Survey
from qdrant_model_migration.tui import map_words, tasks
from qdrant_model_migration.tui.screens.model import ModelScreen
from qdrant_model_migration.tui.screens.saving import SAVE, save_given
from qdrant_model_migration.tui.screens.stop import HelpText, Report, Stop
from qdrant_model_migration.tui.widgets.answer_fields import AnswerFields
from qdrant_model_migration.tui.widgets.frame import Pane, titled
from qdrant_model_migration.tui.widgets.lines import Line, Lines
from qdrant_model_migration.tui.widgets.press import Act
from qdrant_model_migration.tui.widgets.scroll import Scroll
from qdrant_model_migration.tui.widgets.tick import Tick


class QuestionsScreen(Stop):
    """Enter chooses and goes on, Space only selects, Esc goes one question back.

    at: the question to begin with. only: this one alone, then back to where it was asked from.
    """

    place: str = "Questions"
    keys = (("↑↓", "Move"), ("Enter", "Choose"))
    hello = "Going back keeps your answers. Nothing is written yet."

    def __init__(self, at: str | None = None, *, only: bool = False) -> None:
        super().__init__()
        self._at, self._only = at, only
        self._options: tuple[Option, ...] = ()
        self._selected = 0
        self._collided = False

    def body(self) -> ComposeResult:
        with Horizontal(classes="two"):
            with Scroll(id="question", classes="pane"):
                yield Static("", markup=False, id="wording")
                yield Lines(id="options")
                yield AnswerFields()
                yield Static("", markup=False, id="why")
            yield Pane("Map", "", id="map")

    # -- where we are --------------------------------------------------------------------------

    @property
    def survey(self) -> Survey:
        survey = self.session.survey
        assert survey is not None, "questions are asked about a survey"
        return survey

    def _advice(self, **tried: Any) -> Advice:
        return advise(self.survey, {**self.session.answers, **tried}, at=self._at)

    def _question(self) -> Question:
        asked = self._advice().asked
        return next((q for q in asked if q.key == self._at), None) or self._any(self._at)

    def _any(self, key: str | None) -> Question:
        standings = self._advice().standings
        return next((s.question for s in standings if s.question.key == key), standings[0].question)

    def place_note(self) -> str:
        asked = [question.key for question in self._advice().asked]
        if self._at in asked:
            return f"{asked.index(self._at) + 1}/{len(asked)}"
        return ""

    def acts(self) -> tuple[Act, ...]:
        return (
            Act("go", "Continue"),
            Act("back", "Back"),
            Act("defaults", "Answer the rest as suggested", button=False),
            SAVE,
        )

    def help(self) -> HelpText:
        words = self._question().text(self.survey, self._settled())
        return HelpText(
            words.wording,
            (
                words.help,
                "",
                f"Why we ask: {words.why}",
                "",
                "Enter chooses and goes on. Space only selects. The map at the right shows",
                "what the answer under the focus would leave: ✓ possible, ✗ ruled out by",
                "the question named beside it, ? not decided yet.",
            ),
        )

    def first(self) -> Widget | None:
        return self.query_one("#options")

    def _settled(self) -> dict[str, Any]:
        return self._advice().settled

    async def opened(self) -> None:
        if self.session.alone is not None:
            self._at, self._only = self.session.alone[0], True
            self.wizard.session = self.session.on(alone=None)
        if self._at is None:
            asked = self._advice().asked
            self._at = asked[0].key if asked else None
        await self._ask()

    async def _ask(self) -> None:
        """Show the present question; a model is chosen on a screen of its own."""
        question = self._question()
        self._at = question.key
        if question.kind == "model":
            self._show_map()
            self.frame()
            self.app.push_screen(ModelScreen(), self._model_chosen)
            return
        survey, settled = self.survey, self._settled()
        words = question.text(survey, settled)
        self._options = question.options(survey, settled)
        suggestion = question.suggest(survey, settled)
        given = self.session.answers.get(question.key)
        value = given if given is not None else suggestion.value
        self._selected = question.place(value, self._options, survey, settled)
        self.query_one("#wording", Static).update(f"{words.wording}\n\n{words.help}\n")
        self.query_one("#why", Static).update(f"\nWhy we ask: {words.why}")
        self._show_options("" if given is not None else suggestion.mark)
        box = self.query_one("#options", Lines)
        box.go(str(self._selected))
        box.focus(scroll_visible=False)
        asked = self._advice().asked
        keys = [q.key for q in asked]
        number = f"{keys.index(question.key) + 1} of about {len(keys)}" if (
            question.key in keys
        ) else "already answered by the survey"  # fmt: skip
        titled(self.query_one("#question"), f"Question {number}")
        await self._show_fields()
        self._show_map()
        self.frame()
        self.query_one("#question", Scroll).scroll_home(animate=False)
        self.say(self.hello)

    async def refit(self) -> None:
        if self._options:
            self._show_map()

    def _show_options(self, how: str = "") -> None:
        lines = []
        for at, option in enumerate(self._options):
            chosen = at == self._selected
            note = f" ({how})" if how and chosen else ""
            closed = f"closed: {option.closed}" if option.closed else option.note
            lines.append(
                Line(
                    str(at),
                    f"({'•' if chosen else ' '}) {option.label}{note}",
                    more=closed,
                    hang=4,
                    style="dim" if option.closed else "",
                )
            )
        self.query_one("#options", Lines).show(lines)

    def _here(self) -> Option | None:
        key = self.query_one("#options", Lines).key
        return self._options[int(key)] if key is not None and self._options else None

    async def _show_fields(self) -> None:
        option = self._here()
        declared = (
            self._question().fields(self.survey, self._settled(), self._value(option))
            if option is not None and not option.closed
            else ()
        )
        await self.query_one(AnswerFields).show(declared)

    def _value(self, option: Option) -> Any:
        """The option's value, with what was typed into it before."""
        given = self.session.answers.get(self._at or "")
        if given is None:
            return option.value
        settled = self._settled()
        at = self._question().place(given, self._options, self.survey, settled)
        return given if self._options[at] == option else option.value

    def _show_map(self) -> None:
        option = self._here()
        question = self._question()
        now = self._advice()
        tried = (
            self._advice(**{question.key: option.value})
            if option is not None and question.kind != "model"
            else now
        )
        box = self.query_one("#map", Pane)
        width = max(20, box.size.width or 28)
        left = ways.left(tried)
        share = f"─ If you choose this: {left} of {len(tried.fits)} "
        rows = max(6, (box.size.height or 17) - len(tried.fits) - 1)
        if self.wide:
            lines = map_words.tree(map_lines(self.survey, tried), width)
            below = map_words.reasons(tried, width)
        else:
            lines = map_words.standings(now, width, rows)
            below = map_words.fits(tried, width)
        lines += [share.ljust(width, "─"), *below]
        box.write("\n".join(lines))
        if tried.collision is not None:
            self.say(tried.collision_says)
        elif self._collided:
            self.say(self.hello)
        self._collided = tried.collision is not None

    # -- answering -----------------------------------------------------------------------------

    async def on_lines_moved(self, event: Lines.Moved) -> None:
        event.stop()
        if event.lines.id == "options":
            await self._show_fields()
            self._show_map()

    def on_lines_ticked(self, event: Lines.Ticked) -> None:
        event.stop()
        if event.lines.id == "options":
            self._selected = int(event.key)
            self._show_options()
            self._show_map()

    async def on_lines_chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        if event.lines.id != "options":
            return
        self._selected = int(event.key)
        self._show_options()
        controls = self.query_one(AnswerFields).controls
        if controls:
            controls[0].focus()
            self.say(
                "Space ticks. Continue goes on."
                if isinstance(controls[0], Tick)
                else "Correct what stands there, or accept it with Enter."
            )
        else:
            await self._answer()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        await self._after(event.input)

    async def on_answer_fields_accepted(self, event: AnswerFields.Accepted) -> None:
        event.stop()
        await self._after(event.part)

    async def _after(self, control: Widget) -> None:
        """To the next part of the answer; after the last one the answer is given."""
        controls = self.query_one(AnswerFields).controls
        at = controls.index(control) if control in controls else len(controls) - 1
        if at + 1 < len(controls):
            controls[at + 1].focus()
        else:
            await self._answer()

    async def act(self, key: str) -> None:
        if key == "go":
            await self._answer()
        elif key == "defaults":
            await self._answer_rest()
        elif key == SAVE.key:
            save_given(self)

    async def _answer(self) -> None:
        """Check the selected answer, keep it, and go on to the next question."""
        question = self._question()
        if not self._options or self.busy("look"):
            return
        box = self.query_one("#options", Lines)
        option = self._options[self._selected]
        if box.key != str(self._selected):
            box.go(str(self._selected))
            await self._show_fields()
        if option.closed:
            self.say(f"{option.label} cannot be chosen here: {option.closed}", trouble=True)
            box.focus()
            return
        fields = self.query_one(AnswerFields)
        try:
            value = question.compose(option.value, fields.typed(), self.survey, self._settled())
        except QmmError as error:
            self._refuse(error)
            return
        if question.kind == "file" and not self.session.explore:  # reading may take a moment
            self.work("look", partial(_look, question, value))
        else:
            await self._keep(question, value)

    def _refuse(self, error: QmmError) -> None:
        controls = self.query_one(AnswerFields).controls
        name = getattr(error, "field", "") or ""
        about = next((c for c in controls if name and c.id and c.id.endswith(name)), None)
        self.trouble(error, about or (controls[0] if controls else self.query_one("#options")))

    async def _keep(self, question: Question, value: Any) -> None:
        before = set(self._advice().set_aside)
        self.wizard.session = self.session.answered(question.key, value)
        aside = set(self._advice().set_aside) - before
        await self._go_on()
        if aside:
            self.say(
                f"{len(aside)} later answers no longer apply and were set aside. They come back "
                "if you change this one again."
            )

    async def _go_on(self) -> None:
        if self._only:
            self.leave_work()
            self.wizard.go_back()
            return
        asked = [question.key for question in self._advice().asked]
        here = asked.index(self._at) if self._at in asked else -1
        if here + 1 < len(asked):
            self._at = asked[here + 1]
            await self._ask()
        elif open_ := self._advice().next:
            self._at = open_.key
            await self._ask()
        else:
            self.wizard.go("strategy")

    async def _answer_rest(self) -> None:
        """Take every suggestion that is still open, then show what follows from all of them."""
        self.say("Looking which models are on this computer…")
        self.work("rest", partial(tasks.answer_rest, self.session))

    async def failed(self, name: str, error: QmmError) -> None:
        if name == "look":
            self._refuse(error)
        else:
            await super().failed(name, error)

    async def done(self, name: str, result: object) -> None:
        if name == "look":
            await self._keep(*cast("tuple[Question, Any]", result))
            return
        self.wizard.session = self.session.on(answers=cast("dict[str, Any]", result))
        self.wizard.go("strategy")

    async def _model_chosen(self, word: str | None) -> None:
        if word == "chosen":
            await self._go_on()
        else:
            await self.action_back()

    async def action_back(self) -> None:
        """One question back; from the first one back to the survey."""
        asked = [question.key for question in self._advice().asked]
        here = asked.index(self._at) if self._at in asked else 0
        if here > 0 and not self._only:
            self._at = asked[here - 1]
            await self._ask()
        else:
            self.leave_work()
            self.wizard.go_back()

    async def shown(self) -> None:
        """Back from a later screen: the question that was asked last is shown again."""
        if self.is_mounted and self._options:
            self._show_map()
            self.frame()


def _look(question: Question, value: Any, report: Report) -> object:
    question.read_named(value)
    return question, value
