"""Questions that are visited again: what was typed stands there and can be accepted as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import Input

from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.widgets.lines import Lines
from support.screens import ask_alone, press, text_of, until

Make = Callable[..., WizardApp]


async def visit(pilot: Any, app: WizardApp, key: str) -> None:
    ask_alone(app, key)
    await until(pilot, "Question ")


@pytest.mark.parametrize(
    ("key", "typed", "answer"),
    [
        ("text", "title, text", {"fields": ["title", "text"]}),
        ("target", "docs_next", "docs_next"),
    ],
)
async def test_what_was_typed_is_there_again_and_accepted_with_enter(
    wizard: Make, explored: Session, key: str, typed: str, answer: object
) -> None:
    app = wizard(session=explored.on(answers={**explored.answers, key: answer}))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "What would you like to do?")
        for _ in range(2):
            await visit(pilot, app, key)
            await until(pilot, lambda: bool(app.screen.query(Input)))
            assert app.screen.query_one(Input).value == typed
            await press(pilot, "enter", "enter")
            await until(pilot, lambda: app.session.alone is None)
            assert app.session.answers[key] == answer


async def test_another_field_has_an_input_although_a_listed_one_was_taken(
    wizard: Make, explored: Session
) -> None:
    app = wizard(session=explored.on(answers={**explored.answers, "text": {"fields": ["text"]}}))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "What would you like to do?")
        await visit(pilot, app, "text")
        box = app.screen.query_one("#set-answer", Lines)
        box.go(next(line.key for line in box.lines if "Another field" in line.text))
        await until(pilot, lambda: bool(app.screen.query(Input)))
        await press(pilot, "enter", *"title", "enter")
        await until(pilot, lambda: app.session.alone is None)
        assert app.session.answers["text"] == {"fields": ["title"]}, text_of(app)


async def test_a_field_that_has_the_focus_is_seen_after_the_window_became_lower(
    wizard: Make, explored: Session
) -> None:
    app = wizard(session=explored)
    async with app.run_test(size=(80, 40)) as pilot:
        await until(pilot, "What would you like to do?")
        await visit(pilot, app, "proof")
        app.screen.query_one("#set-answer", Lines).go("0")
        await press(pilot, "enter", *"a.csv", "enter")
        await until(pilot, lambda: app.focused is app.screen.query_one("#input-0-1"))
        await pilot.resize_terminal(80, 20)
        await until(pilot, "▸[ 0.02")
