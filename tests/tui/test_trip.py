"""The whole trip by keys at 80x24 on a real practice Qdrant, with the real engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest
from textual.pilot import Pilot

from qdrant_model_migration.qdrant import open_qdrant
from qdrant_model_migration.sandbox import ALIAS, COLLECTION, Sandbox
from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.screens.questions import QuestionsScreen
from support.screens import text_of, until

Make = Callable[..., WizardApp]
LONG = 90.0


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The practice Qdrant with few points, where the wizard finds it ready."""
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_, **__: tmp_path / "data")
    practice = Sandbox()
    practice.prepare(160)
    return practice


async def answer_everything(pilot: Pilot[int]) -> None:
    """Enter through all questions, as suggested."""
    for _ in range(40):
        shown = text_of(pilot.app)
        if "Recommended:" in shown:
            return
        before = shown
        await pilot.press("enter")
        await until(pilot, lambda before=before: text_of(pilot.app) != before)  # type: ignore[misc]
        await pilot.pause(0.05)
    raise AssertionError(f"the questions do not end:\n{text_of(pilot.app)}")


@pytest.mark.timeout(300)
async def test_practice_from_start_to_report_with_arrows_and_enter(
    wizard: Make, sandbox: Sandbox
) -> None:
    app = wizard()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸ Practice")
        await pilot.press("enter")
        assert "practice · nothing here is real" in await until(pilot, "▸ docs_words", seconds=LONG)
        await pilot.press("enter")
        await until(pilot, "▸[ Continue ]", seconds=LONG)
        await pilot.press("enter")
        await until(pilot, "Question 1 of about")
        await answer_everything(pilot)
        assert "Recommended: Blue-green" in text_of(app)
        await pilot.press("enter")
        shown = await until(pilot, "left to acknowledge")
        while "left to acknowledge" in shown:
            await pilot.press("enter", "enter")
            await pilot.pause(0.05)
            shown = text_of(app)
        await until(pilot, "▸[ Continue ]")
        await pilot.press("enter")
        await until(pilot, "Plan: docs_words → docs_subwords_256, Blue-green")
        await pilot.press("up", "up", "up", "up", "up", "enter")
        shown = await until(pilot, "Start this run?")
        assert "▸[ Not yet ]" in shown
        await pilot.press("right", "enter")
        await until(pilot, "? WAITING FOR YOU · Cutover", seconds=LONG)
        await until(pilot, "▸[ Look at the verdict ]")
        await pilot.press("enter")
        shown = await until(pilot, "Is everything there?")
        await until(pilot, "▸[ Try it yourself ]")
        await pilot.press("enter")
        await until(pilot, "▸[ ")
        app.screen.query_one("#input-query").value = "read the lines of a file"  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, "Both sides searched for real", seconds=LONG)
        await pilot.press("escape")
        await until(pilot, "▸[ Try it yourself ]")
        await pilot.press("right", "enter")
        await until(pilot, "▸[ No, not now ]")
        await type_consent(pilot)
        await until(pilot, "✓ DONE", seconds=LONG)
        await until(pilot, "▸[ Report ]")
        await pilot.press("enter")
        await until(pilot, "Done: docs answers from docs_subwords_256")
        await pilot.press("escape")
        await until(pilot, "What would you like to do?")
    with open_qdrant(sandbox.address) as qdrant:
        assert qdrant.aliases()[ALIAS] == "docs_subwords_256"
        assert qdrant.exists(COLLECTION)


async def type_consent(pilot: Pilot[int]) -> None:
    """Everything that the cutover gate asks for, by arrows, letters and Enter."""
    shown = text_of(pilot.app)
    asks = 3 if "without proof" in shown else 2
    await pilot.press(*["up"] * asks, "enter", "down")
    if asks == 3:
        await pilot.press(*"without", "space", *"proof", "down")
    await pilot.press(*"docs", "enter", "right")
    await until(pilot, "▸[ Switch docs ]")
    await pilot.press("enter")


@pytest.mark.timeout(200)
async def test_going_back_keeps_every_answer_and_esc_leads_to_the_survey(
    wizard: Make, sandbox: Sandbox
) -> None:
    app = wizard()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸ Practice")
        await pilot.press("enter")
        await until(pilot, "▸ docs_words", seconds=LONG)
        await pilot.press("enter")
        await until(pilot, "▸[ Continue ]", seconds=LONG)
        await pilot.press("enter")
        await until(pilot, "Question 1 of about")
        await answer_everything(pilot)
        answers = dict(app.trip.answers)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, QuestionsScreen))
        for _ in range(20):
            await pilot.press("escape")
            await pilot.pause(0.05)
            if "Survey of docs_words" in text_of(app):
                break
        await until(pilot, "Survey of docs_words")
        assert dict(app.trip.answers) == answers
        await pilot.press("enter")
        shown = await until(pilot, "Question 1 of about")
        assert "(•) Use another embedding model" in shown
