"""The run screen: every state with its word, its second line, its buttons; steering."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.trip import Trip
from support.screens import CUTOVER, a_run, press, until

Make = Callable[..., WizardApp]
ERROR = {"what": "The server's disk is full.", "why": "400 MB are missing.", "todo": "Free them."}


@pytest.mark.parametrize(
    ("state", "changes", "title", "second", "button"),
    [
        ("starting", {"at": 0}, "… STARTING", "Nothing is written yet", "[ Pause ]"),
        ("running", {}, "» RUNNING · step 3 of 8", "58 points/s", "[ Pause ]"),
        ("paused", {}, "= PAUSED", "63,220 points are confirmed", "[ Continue ]"),
        ("stopping", {}, "= STOPPING", "up to 10 s", "[ Log ]"),
        ("stopped", {}, "= STOPPED", "Resume goes on from there", "[ Resume ]"),
        ("interrupted", {}, "! INTERRUPTED", "It ended without a reason", "[ Resume ]"),
        ("failed", {"error": ERROR}, "! FAILED", "400 MB are missing. Free them.", "[ Resume ]"),
        ("waiting", {"at": 6, "gate": CUTOVER}, "? WAITING FOR YOU", "uses nothing", "verdict ]"),
        ("done", {"at": 8}, "✓ DONE", "Nothing old was deleted", "[ Report ]"),
    ],
)
async def test_each_state_says_in_words_what_it_is_what_is_safe_and_what_can_be_done(
    wizard: Make, stage: Any, state: str, changes: dict[str, Any], title: str, second: str,
    button: str,
) -> None:  # fmt: skip
    stage.view = a_run(stage.folder, state, **changes)
    app = wizard("run", trip=Trip(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, title)
        assert second in shown
        assert button in shown


async def test_the_bar_never_says_100_percent_before_the_end(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder)
    steps = list(stage.view.steps)
    steps[2] = steps[2]._replace(done=120482)
    stage.view = stage.view._replace(steps=tuple(steps))
    app = wizard("run", trip=Trip(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "RUNNING")
        assert "99 %" in shown
        assert "100 %" not in shown


async def test_letters_and_buttons_steer_and_a_new_snapshot_is_drawn(
    wizard: Make, stage: Any
) -> None:
    stage.view = a_run(stage.folder)
    app = wizard("run", trip=Trip(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "RUNNING")
        await press(pilot, "p")
        await until(pilot, lambda: stage.steered == [("pause", {})])
        stage.view = a_run(stage.folder, "paused")
        await until(pilot, "PAUSED")
        await press(pilot, "p")
        await until(pilot, lambda: stage.steered[-1] == ("resume", {}))


async def test_stop_asks_first_and_the_safe_answer_has_the_focus(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder)
    app = wizard("run", trip=Trip(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "RUNNING")
        await pilot.click("#act-stop")
        shown = await until(pilot, "Stop the run?")
        assert "▸[ Go on ]" in shown
        await press(pilot, "enter")
        await until(pilot, "RUNNING")
        assert stage.steered == []
        await pilot.click("#act-stop")
        await until(pilot, "Stop the run?")
        await press(pilot, "right", "enter")
        await until(pilot, lambda: stage.steered == [("stop", {})])


async def test_speed_offers_three_paces(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder)
    app = wizard("run", trip=Trip(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "RUNNING")
        await press(pilot, "t")
        await until(pilot, "gently")
        await press(pilot, "enter")
        await until(pilot, lambda: stage.steered == [("throttle", {"pace": "gently"})])


async def test_esc_goes_home_and_says_that_the_run_goes_on(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder)
    app = wizard("run", trip=Trip(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "RUNNING")
        await press(pilot, "escape")
        shown = await until(pilot, "What would you like to do?")
        assert "docs-0314" in await until(pilot, "docs-0314"), shown


async def test_what_the_server_says_is_never_read_as_markup(wizard: Make, stage: Any) -> None:
    evil = "[bold]x[/bold] [@click=app.quit]go[/]"
    stage.view = a_run(stage.folder)
    event = stage.view.events[-1]._replace(text=evil)
    stage.view = stage.view._replace(what=evil, events=(*stage.view.events, event))
    app = wizard("run", trip=Trip(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "RUNNING")
        assert shown.count("[bold]x[/bold]") >= 2


async def test_a_run_folder_that_cannot_be_read_is_said_and_read_again(
    wizard: Make, stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qdrant_model_migration import engine
    from qdrant_model_migration.errors import QmmError

    stage.view = a_run(stage.folder)
    well = engine.view
    broken = [True]

    def view(at: Any) -> Any:
        if broken[0]:
            raise QmmError("The notes cannot be read.", "The disk is busy.", "Wait.")
        return well(at)

    monkeypatch.setattr(engine, "view", view)
    app = wizard("run", trip=Trip(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "The run itself is not affected")
        broken[0] = False
        await until(pilot, "RUNNING")
