"""The whole trip by keys at 80x24 on a real practice Qdrant, with the real engine."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import platformdirs
import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from qdrant_model_migration.qdrant import Address, Point, open_qdrant
from qdrant_model_migration.sandbox import ALIAS, COLLECTION, Sandbox
from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.screens.run import RunScreen
from qdrant_model_migration.tui.screens.stage import StageScreen
from qdrant_model_migration.tui.widgets.blocks import AskBlock
from qdrant_model_migration.tui.widgets.tick import Tick
from support.fake_qdrant import FakeQdrant
from support.screens import text_of, until

Make = Callable[..., WizardApp]
LONG = 90.0
pytestmark = [pytest.mark.xdist_group("wizard trips"), pytest.mark.usefixtures("forked_engine")]


@pytest.fixture
def sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, practice_of: Callable[[int], Path]
) -> Sandbox:
    """The practice Qdrant with few points, where the wizard finds it ready."""
    made = practice_of(150)  # before it would be made in the folder of this test
    monkeypatch.setattr(platformdirs, "user_data_path", lambda *_, **__: tmp_path / "data")
    practice = Sandbox()
    shutil.copytree(made, practice.folder)
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
        answers = dict(app.session.answers)
        await pilot.press("escape")
        await until(pilot, lambda: "»QUESTIONS" in text_of(app))
        for _ in range(20):
            await pilot.press("escape")
            await pilot.pause(0.05)
            if "Survey of docs_words" in text_of(app):
                break
        await until(pilot, "Survey of docs_words")
        assert dict(app.session.answers) == answers
        await pilot.press("enter")
        shown = await until(pilot, "Question 1 of about")
        assert "(•) Use another embedding model" in shown


@pytest.fixture
def served(fake_qdrant: FakeQdrant) -> FakeQdrant:
    """A server with one small collection behind an alias."""
    choose = random.Random(7)
    with open_qdrant(Address(url=fake_qdrant.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 16, "distance": "Cosine"}})
        points = [
            Point(n, {"text": f"A short text with the number {n} in it."},
                  {"": [choose.uniform(-1, 1) for _ in range(16)]})
            for n in range(1, 121)
        ]  # fmt: skip
        qdrant.insert("docs_old", points)
        qdrant.switch_alias("docs", "docs_old")
    return fake_qdrant


@pytest.mark.timeout(300)
async def test_requantize_on_a_server_from_connect_to_keep(
    wizard: Make, served: FakeQdrant
) -> None:
    app = wizard("connect")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Where is your Qdrant server?")
        app.screen.query_one("#input-address", Input).value = served.url
        await pilot.press("enter", "enter")
        await until(pilot, "▸[ See collections ]")
        await pilot.press("enter")
        await until(pilot, "▸ docs_old")
        await pilot.press("enter")
        await until(pilot, "▸[ Continue ]", seconds=LONG)
        await pilot.press("enter")
        await until(pilot, "Question 1 of about")
        await pilot.press("down", "down", "enter")
        await until(pilot, "How should the vectors be compressed?")
        for _ in range(12):
            if "Recommended: Requantize" in text_of(app):
                break
            on_tick = isinstance(app.focused, Tick)
            await pilot.press(*(["down", "enter"] if on_tick else ["enter"]))
            await pilot.pause(0.1)
        await until(pilot, "Recommended: Requantize")
        await pilot.press("enter")
        shown = await until(pilot, "Warnings")
        while "left to acknowledge" in shown:
            await pilot.press("enter", "enter")
            await pilot.pause(0.05)
            shown = text_of(app)
        await until(pilot, "▸[ Continue ]")
        await pilot.press("enter")
        await until(pilot, "Requantize")
        await pilot.click("#act-start")
        await until(pilot, "Start this run?")
        await pilot.press("right", "enter")
        for gate in ("start", "keep_or_undo"):
            await until(pilot, lambda gate=gate: waits_at(app, gate), seconds=LONG)  # type: ignore[misc]
            await until(pilot, "▸[ Answer… ]")
            await pilot.press("enter")
            await until(pilot, "▸[ Not yet ]")
            await answer_gate(pilot)
        await until(pilot, "✓ DONE", seconds=LONG)
    with open_qdrant(Address(url=served.url)) as qdrant:
        assert qdrant.config("docs_old").raw["quantization_config"]


def waits_at(app: WizardApp, gate: str) -> bool:
    """Whether the run screen shows this gate; just after a consent it still shows the last one."""
    view = app.screen.view if isinstance(app.screen, RunScreen) else None
    return view is not None and (view.gate or {}).get("name") == gate


async def answer_gate(pilot: Pilot[int]) -> None:
    """Give whatever the gate on the screen asks for, and press its button."""
    screen = pilot.app.screen
    assert isinstance(screen, StageScreen)
    for ask in screen.page.asks:
        if ask.kind == "typed":
            screen.query_one(f"#input-{ask.key}", Input).value = ask.expect
        else:
            screen.query_one(f"#ask-{ask.key}", AskBlock).control.focus()
            await pilot.press("enter")
    await pilot.pause(0.1)
    screen.query_one("#act-yes").focus()
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.screen is not screen, seconds=LONG)
