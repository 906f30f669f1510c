"""The run screen: every state with its word, its second line, its buttons; steering."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from qdrant_model_migration import engine
from qdrant_model_migration.environment import KEY
from qdrant_model_migration.pages.outcome import Go
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.tui import run_drawing
from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.widgets.frame import KeyLine, Pane, TopRow
from qdrant_model_migration.tui.widgets.press import Press
from support.fake_run import make_run
from support.screens import CUTOVER, ERROR, NOW, RATES, RETRY, a_run, press, until

Make = Callable[..., WizardApp]


LONG_GONE = {**RETRY, "since": "2026-03-14T09:15:00.000+00:00", "wait": 60.0}
OLD = "2026-03-14T09:29:55.000+00:00"
SLOWED = {"share": 0.5, "why": "a test search takes 38 ms, 12 ms before"}
SEARCHES = {"milliseconds": 38.2, "before": 12.0, "slow": 24.0, "pause": 62.0}
SWITCH = {"switched": {"alias": "docs", "from": "docs_old", "to": "docs_new"}}


@pytest.mark.parametrize(
    ("state", "changes", "title", "second", "buttons"),
    [
        ("starting", {"at": 0}, "… STARTING · step 1 of 8", "Nothing is written yet", "Stop…"),
        ("running", {}, "» RUNNING · step 3 of 8, Backfill", "58 points/s", "Pause Speed"),
        ("running", {"throttle": {"pace": "gently"}}, "~ SLOWED to 58 points/s · you chose gently",
         "Speed sets it free again", "Pause Speed"),
        ("running", {"slowed": SLOWED, "searches": SEARCHES},
         "~ SLOWED to 58 points/s · a test search takes 38 ms, 12 ms before",
         "It speeds up by itself when searches are quick again.", "Pause Speed"),
        ("running", {"at": 4}, "» FINISHING · Build the index", "The server works alone", "Log"),
        ("running", {"retry": RETRY}, "? NO ANSWER from the server for 42 s · trying again in 8 s "
         "(try 5)", "Nothing is lost: 63,220 points are confirmed", "Stop…"),
        ("running", {"retry": LONG_GONE}, "? NO ANSWER from the server for 16 min",
         "Trying every 60 s until you stop it.", "Stop…"),
        ("paused", {}, "= PAUSED by you at", "Searches go on with docs_old", "Continue Stop…"),
        ("paused", {"held": "a test search takes 310 ms, 12 ms before"},
         "= PAUSED · a test search takes 310 ms, 12 ms before", "goes on by itself", "Continue"),
        ("stopping", {}, "= STOPPING · finishing", "Then the checkpoint is saved", "Log"),
        ("stopping", {"stop_within": 3.2}, "finishing what is on its way, up to 4 s", "Then the",
         "Log"),
        ("stopped", {}, "= STOPPED by you at", "Resume goes on from there", "Resume Report"),
        ("interrupted", {}, "! INTERRUPTED · ended", "63,220 points are confirmed",
         "Resume Report"),
        ("failed", {"error": ERROR}, "! FAILED at step 3 · The server's disk is full",
         "Safe: docs_old is untouched and stays in use. ", "Resume Report"),
        ("waiting", {"at": 6, "gate": CUTOVER}, "? WAITING FOR YOU · Cutover", "uses nothing",
         "Look at the verdict"),
        ("done", {"at": 8, "facts": SWITCH}, "✓ DONE · ", "docs answers from docs_new.", "Report"),
        ("running", {"heard": OLD, "live": True}, "? THIS WINDOW is 14 s behind",
         "The run may be going on", "Retry Stop…"),
    ],
)  # fmt: skip
async def test_each_state_says_in_words_what_it_is_what_is_safe_and_what_can_be_done(
    wizard: Make, stage: Any, state: str, changes: dict[str, Any], title: str, second: str,
    buttons: str,
) -> None:  # fmt: skip
    stage.view = a_run(stage.folder, state, **changes)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(90, 24)) as pilot:
        shown = await until(pilot, title)
        assert second in shown
        row = " ".join(press.act.label for press in app.screen.query(Press))
        assert all(button in row for button in buttons.split(" ")), row
        assert ("Pause" in row) == ("Pause" in buttons or "FINISHING" in title)


@pytest.mark.parametrize("forgotten", [True, False])
async def test_a_run_that_goes_on_behind_another_screen_has_a_button_in_hand(
    wizard: Make, stage: Any, forgotten: bool
) -> None:
    """As after a roll back from the report."""
    stage.view = a_run(stage.folder, "done", at=8, facts=SWITCH)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ Report ]")
        await press(pilot, "enter")
        await until(pilot, "[ Home ]")
        stage.view = a_run(stage.folder, "running")
        session = app.session.on(seen=None) if forgotten else app.session
        await app.screen._carry_out(Go("run", session, back=True))  # type: ignore[attr-defined]
        await until(pilot, "RUNNING")
        stage.view = a_run(stage.folder, "rolled back", at=8)
        await until(pilot, "▸[ Report ]")


async def test_the_title_row_says_when_it_began_and_the_numbers_what_is_left_here_and_in_all(
    wizard: Make, stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qdrant_model_migration.tui.screens import run as screen

    planned = (1.0, 1.0, 2000.0, 60.0, 180.0, 120.0, 1.0, 5.0)
    monkeypatch.setattr(screen, "planned", lambda folder: planned)
    stage.view = a_run(stage.folder)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "RUNNING")
        assert "started " in shown.split("\n")[2]
        assert "18 min ago" not in shown, "19 min have begun: it is rounded up"
        assert "19 min ago" in shown.split("\n")[2]
        stage.view = a_run(stage.folder, dead_letters=1)
        await until(pilot, "17 min left, 23 min in all")


async def test_the_speed_is_drawn_with_a_gap_after_a_pause_and_in_words_with_plain_signs(
    wizard: Make, stage: Any
) -> None:
    stage.view = a_run(stage.folder, rates=RATES)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        curve = next(x for x in (await until(pilot, "highest")).split("\n") if "highest" in x)
        assert "highest 64 points/s" in curve
        assert " " in curve.strip().split("   ")[0]
    app = wizard("run", session=Session(run=stage.folder), ascii_signs=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "rate: 58, lowest 21, highest 64 points/s")


@pytest.mark.parametrize(("pressed", "sent"), [("enter", {}), ("down enter", {KEY: "secret"})])
async def test_a_run_on_another_server_gets_the_key_when_a_person_says_so(
    wizard: Make, runs: Path, monkeypatch: pytest.MonkeyPatch, pressed: str, sent: dict[str, str]
) -> None:
    given: list[dict[str, str]] = []
    monkeypatch.setattr(engine, "start", lambda _, env, **__: given.append(dict(env)))
    folder = make_run(runs, server="http://10.0.0.9:6333")
    here = Address.parse("http://10.0.0.1:6333")
    trip = Session(key=SecretStr("secret"), key_of=here, run=folder)
    app = wizard("run", session=trip)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "docs_old → docs_new")
        await app.screen.act("resume")  # type: ignore[attr-defined]
        shown = await until(pilot, "Is the key for this server?")
        assert "http://10.0.0.9:6333" in shown
        assert "It belongs to http://10.0.0.1:6333." in shown
        assert "secret" not in shown
        await press(pilot, *pressed.split())
        await until(pilot, lambda: given == [sent])


@pytest.mark.parametrize("target", ["docs_new", "live_docs_of_the_whole_company"])
async def test_the_smallest_window_shows_where_it_is(wizard: Make, stage: Any, target: str) -> None:
    """However long the words above are."""
    view = a_run(stage.folder)
    named = view.steps[2]._replace(title=f"Backfill {target}", share=None, done=0, rate=None)
    stage.view = view._replace(steps=(*view.steps[:2], named, *view.steps[3:]))
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(50, 20)) as pilot:
        shown = await until(pilot, f"»  3 Backfill {target}")
        assert "Server" not in shown, "a heading with nothing under it"


@pytest.mark.parametrize(
    ("at", "first", "last"),
    [
        (0, "»  1 Check", "  … 4 more"),
        (4, "  … 3 before", "  … 2 more"),
        (7, "  … 4 before", "8 S"),
    ],
)
def test_steps_that_do_not_fit_are_counted(tmp_path: Path, at: int, first: str, last: str) -> None:
    lines = run_drawing.step_lines(a_run(tmp_path, at=at), 5, 40)
    assert len(lines) == 5
    assert lines[0].startswith(first), lines
    assert last in lines[-1], lines
    assert any(line.startswith("»") for line in lines)


async def test_the_bar_never_says_100_percent_before_the_end(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder)
    steps = list(stage.view.steps)
    steps[2] = steps[2]._replace(done=120482, share=1.0)
    stage.view = stage.view._replace(steps=tuple(steps))
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "RUNNING")
        assert "99 %" in shown
        assert "100 %" not in shown


async def test_letters_and_buttons_steer_and_a_new_snapshot_is_drawn(
    wizard: Make, stage: Any
) -> None:
    stage.view = a_run(stage.folder)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "RUNNING")
        await press(pilot, "p")
        await until(pilot, lambda: stage.steered == [("pause", {})])
        stage.view = a_run(stage.folder, "paused")
        await until(pilot, "PAUSED")
        await press(pilot, "p")
        await until(pilot, lambda: stage.steered[-1] == ("resume", {}))


async def test_the_button_that_is_suggested_keeps_the_focus_when_the_state_changes(
    wizard: Make, stage: Any
) -> None:
    stage.view = a_run(stage.folder, "starting", at=0)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ Log ]")
        stage.view = a_run(stage.folder, "waiting", at=6, gate=CUTOVER)
        await until(pilot, "▸[ Look at the verdict ]")
        await press(pilot, "right")
        stage.view = a_run(stage.folder, "running")
        await until(pilot, "▸[ Dead letters ]")


async def test_what_a_test_search_takes_stands_beside_the_steps(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder, searches=SEARCHES)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "38 ms, was 12 ms")


async def test_how_long_a_stop_takes_is_said_before(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder, stop_within=23.1)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ Pause ]")
        await pilot.click("#act-stop")
        await until(pilot, "(up to 24 s)")


async def test_stop_asks_first_and_the_safe_answer_has_the_focus(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ Pause ]")
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
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "RUNNING")
        await press(pilot, "t")
        await until(pilot, "gently")
        await press(pilot, "enter")
        await until(pilot, lambda: stage.steered == [("throttle", {"pace": "gently"})])


async def test_esc_goes_home_and_says_that_the_run_goes_on(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder)
    app = wizard("run", session=Session(run=stage.folder))
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
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "RUNNING")
        assert shown.count("[bold]x[/bold]") >= 2


async def test_a_look_at_a_run_draws_only_what_is_another_by_then(
    wizard: Make, stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sign of life every few seconds is no news for the screen."""
    stage.view = a_run(stage.folder)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "RUNNING")
        await pilot.pause()
        drawn: list[str] = []
        update = Pane.update

        def noted(pane: Pane, *args: Any, **more: Any) -> None:
            drawn.append(f"{pane.id}{'' if more.get('layout') is False else ', all arranged anew'}")
            update(pane, *args, **more)

        monkeypatch.setattr(Pane, "update", noted)
        monkeypatch.setattr(TopRow, "refresh", lambda *_, **__: drawn.append("top"))
        monkeypatch.setattr(KeyLine, "refresh", lambda *_, **__: drawn.append("keys"))
        screen: Any = app.screen
        stage.view = stage.view._replace(heard=NOW.isoformat(timespec="milliseconds"))
        await screen.done("look", (stage.view, None))
        assert not drawn
        here = stage.view.step
        steps = list(stage.view.steps)
        steps[here] = steps[here]._replace(done=steps[here].done + 10)
        stage.view = stage.view._replace(steps=tuple(steps))
        await screen.done("look", (stage.view, None))
        assert drawn == ["state"]


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

    monkeypatch.setattr(engine, "look", view)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "The run itself is not affected")
        broken[0] = False
        await until(pilot, "RUNNING")
