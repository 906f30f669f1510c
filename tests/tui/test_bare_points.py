"""What the survey proves of texts, and points without a vector, at the questions about them."""

from __future__ import annotations

from collections.abc import Callable

from textual.widgets import Input

from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.survey.facts import Bare, Survey, TextField
from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.widgets.frame import MessageLine
from qdrant_model_migration.tui.widgets.lines import Lines
from support.screens import ask_alone, press, until
from support.surveys import ANSWERS, docs, fact

Make = Callable[..., WizardApp]

FIELDS = (
    TextField(path="text", share=0.98, average_words=130.0),
    TextField(path="summary", share=0.9, average_words=20.0),
)
FOUND: Survey = docs(
    figures={"": {"text": (64, 64), "summary": (0, 8)}},
    text_fields=fact(FIELDS, "sample"),
    bare=fact({"": Bare(points=20, texts={"text": 14, "summary": 3})}, "counted"),
)


async def test_both_figures_stand_at_the_question(wizard: Make) -> None:
    answers = {**ANSWERS, "text": {"fields": ["summary"]}}
    app = wizard(session=Session(survey=FOUND, collection="docs_minilm", answers=answers))
    async with app.run_test(size=(80, 24)) as pilot:
        ask_alone(app, "text")
        await until(pilot, "match, with summary 0 of 8.")
        screen = await until(pilot, "(•) The payload field summary")
    assert "90 % filled; 0 of 8 samples match" in screen
    assert "summary (found)" not in screen


async def test_whether_they_get_a_vector_is_asked(wizard: Make) -> None:
    app = wizard(session=Session(survey=FOUND, collection="docs_minilm", answers=ANSWERS))
    async with app.run_test(size=(80, 24)) as pilot:
        ask_alone(app, "bare")
        await until(pilot, "20 points have no vector today, 14 of them")
        await until(pilot, "(•) Keep them without a vector (suggested)")
        await press(pilot, "down", "enter")
        await until(pilot, lambda: app.session.answers.get("bare") == "make")


async def test_a_refusal_of_several_lines_leaves_the_field_in_sight(wizard: Make) -> None:
    names = tuple(f"field_{n}" for n in range(6))
    fields = tuple(TextField(path=name, share=0.9, average_words=20.0) for name in names)
    known = fact((*names, *(f"another_field_{n}" for n in range(30))), "sample")
    found = docs(text_fields=fact(fields, "sample"), payload_fields=known)
    answers = {**ANSWERS, "text": {"fields": ["field_0", "field_1"]}}
    app = wizard(session=Session(survey=found, collection="docs_minilm", answers=answers))
    async with app.run_test(size=(80, 24)) as pilot:
        ask_alone(app, "text")
        await until(pilot, "Where does the text of each point come")
        await until(pilot, lambda: isinstance(app.screen.focused, Lines))
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen.focused, Input))
        field = app.screen.focused
        assert isinstance(field, Input)
        for named in ("nowhere_at_all", "somewhere_else"):
            field.value = f"field_0, {named}"
            await press(pilot, "enter")
            await until(pilot, f"No point that was read has the field {named}")
            assert app.screen.query_one(MessageLine).size.height >= 3
            screen = await until(pilot, f"[ field_0, {named}")
            assert app.screen.focused is field
            assert "Fields" in screen
