"""Explore on the screen: a fact is typed, one is turned, and the recommendation follows at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.screens.over import Over
from qdrant_model_migration.tui.screens.stage import StageScreen
from qdrant_model_migration.tui.widgets.lines import Lines
from support.screens import press, still, text_of, until

Make = Callable[..., WizardApp]


async def test_what_is_typed_and_turned_is_followed_at_once(wizard: Make, explored: Any) -> None:
    session = explored.on(answers={})
    app = wizard("explore", session=session)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "It leads to: Blue-green" in text_of(app))
        assert isinstance(app.screen, StageScreen)
        lines = app.screen.query_one("#what-if", Lines)
        lines.focus()
        lines.go("speed")
        await press(pilot, "enter")
        await until(pilot, lambda: "Speed of the new model ─" in text_of(app))
        await press(pilot, "backspace", *"50", "enter")
        await until(pilot, lambda: "about 5 h 33 min" in text_of(app))
        lines.focus()
        lines.go("answer--change")
        await press(pilot, "enter")
        await until(pilot, lambda: "What do you want to change?" in text_of(app))
        await press(pilot, "down", "down", "enter")
        await until(pilot, lambda: "It leads to: Requantize" in text_of(app))


async def test_what_came_of_a_dialog_is_said_when_it_is_gone(wizard: Make, explored: Any) -> None:
    app = wizard("explore", session=explored)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, "It leads to:")
        lines = app.screen.query_one("#what-if", Lines)
        lines.focus()
        lines.go("points")
        await press(pilot, "enter")
        await until(pilot, "how many")
        await press(pilot, "ctrl+u", *"abc", "enter")
        await until(pilot, "abc is not a number.")
        assert isinstance(app.screen, Over), "it is asked again, and why"
        await press(pilot, "ctrl+u", *"2000", "enter")
        await until(pilot, lambda: not isinstance(app.screen, Over))
        assert "Made up now: points: 2,000." in await still(pilot)
