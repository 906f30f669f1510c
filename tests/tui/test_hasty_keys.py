"""Keys in a burst, at bad moments and in windows of any size: each is meant for what was in front
when it was pressed, and none of them leads to a fault."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.screens.stop import Stop
from qdrant_model_migration.tui.widgets.frame import MessageLine
from qdrant_model_migration.tui.widgets.lines import Lines
from qdrant_model_migration.tui.widgets.press import Press
from support.screens import CUTOVER, a_run, press, still, until

Make = Callable[..., WizardApp]


async def held_down(pilot: Pilot[Any], button: Widget | None) -> None:
    """Enter, so often before the first one is carried out that all of them reach this button."""
    assert isinstance(button, Press)
    for _ in range(4):
        button.action_press()
    await still(pilot)


@pytest.mark.parametrize("opens", ["f1", "ctrl+q"])
async def test_a_dialog_is_closed_once_and_nothing_below_it(
    wizard: Make, explored: Session, opens: str
) -> None:
    app = wizard("explore", "questions", session=explored)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Question ")
        below = app.screen
        await press(pilot, opens)
        await until(pilot, lambda: isinstance(app.screen.focused, Press))
        await held_down(pilot, app.screen.focused)
        assert app.screen is below


async def test_back_is_pressed_once_for_one_screen(wizard: Make) -> None:
    app = wizard("runs", "connect", "map")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "What if…")
        await held_down(pilot, app.screen.query_one("#act-back"))
        await until(pilot, "Where is your Qdrant server?")
        assert len(app.screen_stack) == 4, "the first one of all, home, runs, connect"


async def test_a_dialog_is_opened_once(wizard: Make, explored: Session) -> None:
    app = wizard("explore", "questions", session=explored)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Question ")
        below = app.screen
        await held_down(pilot, app.screen.query_one("#act-more"))
        await until(pilot, lambda: app.screen is not below)
        await press(pilot, "escape")
        assert app.screen is below


async def test_a_window_that_was_too_small_is_whole_again_after_a_dialog(
    wizard: Make, stage: Any
) -> None:
    stage.view = a_run(stage.folder, "waiting", at=6, gate=CUTOVER)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "WAITING FOR YOU")
        await pilot.resize_terminal(60, 15)
        await until(pilot, "This window is 60 by 15")
        await press(pilot, "ctrl+q")
        await until(pilot, "Leave the wizard?")
        await pilot.resize_terminal(80, 24)
        await press(pilot, "escape")
        await until(pilot, "WAITING FOR YOU")
        assert isinstance(app.screen, Stop)


async def test_what_was_pasted_by_mistake_leaves_room_for_what_is_wrong_with_it(
    wizard: Make,
) -> None:
    app = wizard("connect")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Where is your Qdrant server?")
        app.screen.query_one(Input).value = "http://127.0.0.1:6333" + "x" * 5000
        app.screen.query_one(Input).focus()
        await press(pilot, "enter", "enter")
        await until(pilot, "xxx…")
        assert "6333" in app.screen.query_one(MessageLine).words.split("xxx…")[1], "what to do"


@pytest.mark.parametrize("lower", [(80, 20), (50, 20)])
@pytest.mark.parametrize(("question", "down"), [("proof", 4), ("text", 4), ("change", 6)])
async def test_what_is_in_hand_stays_in_sight_when_the_window_shrinks(
    wizard: Make, explored: Session, lower: tuple[int, int], question: str, down: int
) -> None:
    app = wizard("questions", session=explored.on(asking=question))
    async with app.run_test(size=(120, 50)) as pilot:
        await until(pilot, "▸ (•)")
        await press(pilot, "home", *["down"] * down)
        lines = app.screen.focused
        assert isinstance(lines, Lines)
        label = lines.lines[down].text.split(" ")[-1]
        await pilot.resize_terminal(*lower)
        shown = await still(pilot)
        here = [row for row in shown.split("\n") if "▸ (" in row]
        assert here, f"{label} is not to be seen:\n{shown}"


async def test_the_question_whether_to_leave_is_not_left_half_begun(
    wizard: Make, recwarn: pytest.WarningsRecorder
) -> None:
    """A window that closes at that moment closes without a word of Python's."""
    app = wizard()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "What would you like to do?")
        app.exit(0)
        app.action_leave()
    gc.collect()
    assert not [str(one.message) for one in recwarn if "never awaited" in str(one.message)]
