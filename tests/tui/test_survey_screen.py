"""The survey on screen: lines cut to the width, all of a line on Enter, what has to be settled."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import reading
from qdrant_model_migration.qdrant.errors import CollectionMissing
from qdrant_model_migration.survey import TextField
from qdrant_model_migration.tui.app import WizardApp
from support.screens import MODELS, press, text_of, until
from support.surveys import docs, fact

Make = Callable[..., WizardApp]

NOTE = (
    "None of 12 known models of 384 dimensions gives the stored vectors again. A comparison "
    "of old and new needs the old model: name it, or go on without the comparison."
)
FIELDS = (
    TextField(path="text", share=0.999, average_words=120.0, example="Open the [file] and read."),
    TextField(path="title", share=1.0, average_words=6.0, example="How to open files"),
)
SURVEY = docs(
    old_model=fact(None, "not known", NOTE),
    text_fields=fact(FIELDS, "sample"),
    token_lengths=(3, 40, 80, 80, 200),
    payload_fields=fact(("lang", "text", "title"), "sample"),
    payload_indexes=fact(("lang",), "asked"),
)
TRIP = Session(collection="docs_minilm", survey=SURVEY)


async def test_enter_on_a_line_shows_all_of_it_with_its_note(wizard: Make) -> None:
    app = wizard("survey", session=TRIP)
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "▸[ Continue ]")
        assert "needs the old model" not in shown
        app.screen.query_one("#facts").go("old_model")  # type: ignore[attr-defined]
        app.screen.query_one("#facts").focus()
        await press(pilot, "enter")
        shown = await until(pilot, "▸[ Close ]")
        assert "without the comparison." in shown
        assert "[ Name the model ]" in shown


async def test_a_finding_that_is_too_long_is_cut_with_a_sign_and_stays_on_one_line(
    wizard: Make,
) -> None:
    long = "scalar int8, kept in memory, and so on for much longer than one line has room for it"
    trip = TRIP.on(survey=SURVEY.model_copy(update={"quantization": fact({}, "asked", long)}))
    app = wizard("survey", session=trip)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ Continue ]")
        line = next(x for x in text_of(app).split("\n") if "Quantization" in x)
        assert "…  asked" in line
        app.screen.query_one("#facts").go("quantization")  # type: ignore[attr-defined]
        app.screen.query_one("#facts").focus()
        await press(pilot, "enter")
        assert "room for it" in (await until(pilot, "▸[ Close ]"))


async def test_only_what_has_the_focus_bears_its_sign(wizard: Make) -> None:
    app = wizard("survey", session=TRIP)
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "▸[ Continue ]")
        assert shown.count("▸") == 1
        assert "· Server" in shown
        await press(pilot, "up")
        assert text_of(app).count("▸") == 1


async def test_where_the_collection_is_gone_back_has_the_focus(
    wizard: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise CollectionMissing("docs_minilm")

    monkeypatch.setattr(reading, "one_collection", gone)
    app = wizard("survey", session=TRIP.on(survey=None))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "▸[ Back ]")
        assert "docs_minilm is gone" in shown
        await until(pilot, "[ Continue ] (the collection is gone)")


async def test_what_has_to_be_settled_is_marked_and_can_be_corrected(wizard: Make) -> None:
    settle = SURVEY.model_copy(
        update={"text_field": fact("text", "sample", "two fields hold long texts (text, title)")}
    )
    app = wizard("survey", session=TRIP.on(survey=settle))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "?  Text field" in await until(pilot, "▸[ Continue ]")
        app.screen.query_one("#facts").go("text_field")  # type: ignore[attr-defined]
        app.screen.query_one("#facts").focus()
        await press(pilot, "enter")
        shown = await until(pilot, "▸[ Close ]")
        assert "two fields hold long texts" in shown
        assert "Open the [file] and read." in shown
        await press(pilot, "right", "enter")
        await until(pilot, "Which field was the text in?")


async def test_the_models_to_choose_from_are_read_beside_the_drawing(
    wizard: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their files are read for that, and a library is loaded: seconds in which no key works."""
    met: list[bool] = []

    def listed() -> tuple[ModelRef, ...]:
        met.append(threading.current_thread() is threading.main_thread())
        return (MODELS[0].model_copy(update={"dimensions": SURVEY.dense[0].size}),)

    monkeypatch.setattr("qdrant_model_migration.pages.work.reading.list_models", listed)
    app = wizard("survey", session=TRIP)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ Continue ]")
        app.screen.query_one("#facts").go("old_model")  # type: ignore[attr-defined]
        app.screen.query_one("#facts").focus()
        await press(pilot, "enter")
        await until(pilot, "▸[ Close ]")
        await press(pilot, "right", "enter")
        await until(pilot, "Which model made the present vectors?")
        assert MODELS[0].label in text_of(app)
    assert met == [False]


async def test_a_wide_window_shows_beside_the_list_what_lies_behind_a_line(wizard: Make) -> None:
    app = wizard("survey", session=TRIP)
    async with app.run_test(size=(120, 40)) as pilot:
        shown = await until(pilot, "HOW WE KNOW")
        for key, said in (
            ("text_field", "in 99.9 %"),
            ("average_tokens", "Tokens of 5 texts"),
            ("payload_fields", "Payload indexes"),
        ):
            app.screen.query_one("#facts").go(key)  # type: ignore[attr-defined]
            shown = await until(pilot, said)
        assert "lang, text, title" in shown


async def test_a_narrow_window_leaves_out_only_how_it_is_known(wizard: Make) -> None:
    app = wizard("survey", session=TRIP)
    async with app.run_test(size=(50, 20)) as pilot:
        shown = await until(pilot, "▸[ Continue ]")
        assert "HOW WE KNOW" not in shown
        assert "Quantization" in shown
