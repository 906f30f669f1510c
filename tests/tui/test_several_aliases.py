"""The question for the name where a collection has several aliases: each is ticked."""

from __future__ import annotations

from collections.abc import Callable

from qdrant_model_migration.survey import Fact
from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.screens.questions import QuestionsScreen
from qdrant_model_migration.tui.trip import Trip
from support.screens import press, until

Make = Callable[..., WizardApp]


async def test_the_aliases_that_are_used_are_ticked(wizard: Make, explored: Trip) -> None:
    assert explored.survey is not None
    aliases = Fact[tuple[str, ...]](value=("docs", "docs #2", "note"), how="asked")
    answers = {key: value for key, value in explored.answers.items() if key != "name"}
    trip = explored.on(
        survey=explored.survey.model_copy(update={"aliases": aliases}), answers=answers
    )
    app = wizard("questions", trip=trip)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Question 1 of about")
        app.push_screen(QuestionsScreen("name", only=True))
        await until(pilot, "Aliases: docs, docs #2 and note")
        await press(pilot, "enter")
        shown = await until(pilot, "Space ticks. Continue goes on.")
        assert "[x] It uses docs" in shown
        await press(pilot, "down", "space")
        await until(pilot, "[x] It uses docs #2")
        await press(pilot, "down", "down", "enter")
        await until(
            pilot,
            lambda: (
                app.trip.answers.get("name")
                == {"alias": "docs", "exists": True, "also": ["docs #2"]}
            ),
        )
