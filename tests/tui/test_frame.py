"""What holds on every screen: arrows reach everything, Esc, help, the list of commands, leaving."""

from __future__ import annotations

import os
import subprocess
import sys
from ast import literal_eval
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from qdrant_model_migration.environment import KEY, RUN_DIR, URL
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import home
from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.screens.stage import StageScreen
from qdrant_model_migration.tui.widgets.frame import Pane
from qdrant_model_migration.tui.widgets.lines import Lines
from qdrant_model_migration.tui.widgets.press import Press
from support.screens import CUTOVER, SWITCHED, VERDICT, a_run, press, still, text_of, until

Make = Callable[..., WizardApp]


def count_lines(app: WizardApp) -> int:
    return sum(len(box.lines) for box in app.screen.query(Lines))


@pytest.mark.parametrize("screen", ["home", "connect", "map", "run", "verify", "report", "runs"])
async def test_down_alone_reaches_every_control_and_up_every_one_back(
    wizard: Make, stage: Any, screen: str
) -> None:
    stage.view = a_run(stage.folder, "done", at=8, facts={"switched": {"alias": "docs", "to": "x"}})
    start = () if screen == "home" else (screen,)
    app = wizard(*start, session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸")
        await pilot.pause(0.1)
        wanted = {id(widget) for widget in app.screen.focus_chain}
        lines = count_lines(app)
        for key in ("down", "up"):
            reached = set()
            for _ in range(len(wanted) + lines + 1):
                await press(pilot, key)
                reached.add(id(app.focused))
            assert wanted <= reached, f"{key} does not reach every control of {screen}"


@pytest.mark.parametrize("screen", ["questions", "strategy", "plan"])
async def test_boxes_that_scroll_do_not_keep_the_arrows(
    wizard: Make, explored: Session, screen: str
) -> None:
    app = wizard(screen, session=explored)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸")
        await pilot.pause(0.1)
        wanted = {id(widget) for widget in app.screen.focus_chain}
        lines = count_lines(app)
        for key in ("down", "up"):
            reached = set()
            for _ in range(len(wanted) + lines + 1):
                await press(pilot, key)
                reached.add(id(app.focused))
            assert wanted <= reached, f"{key} does not reach every control of {screen}"


async def test_the_last_button_lists_every_command_with_help_map_and_leave(wizard: Make) -> None:
    app = wizard()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "What would you like to do?")
        assert [press.act.label for press in app.screen.query(Press)][-1] == "More"
        await press(pilot, "up", "enter")
        shown = await until(pilot, "What you can do here")
        for words in ("Open", "Help (F1)", "Map (F2)", "Leave (Ctrl+Q)"):
            assert words in shown
        await press(pilot, "escape")
        await until(pilot, "What would you like to do?")


async def test_f1_opens_help_once_and_closes_it_again(wizard: Make) -> None:
    app = wizard()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "What would you like to do?")
        await press(pilot, "f1")
        await until(pilot, "Help: What would you like to do?")
        await press(pilot, "f1")
        await pilot.pause()
        assert isinstance(app.screen, StageScreen)


@pytest.mark.parametrize("screen", [
    "collections", "connect", "map", "survey", "questions", "strategy", "warnings", "plan",
    "run", "verify", "judge_again", "report", "runs",
])  # fmt: skip
async def test_a_line_of_help_stands_on_one_row(
    wizard: Make, stage: Any, explored: Session, screen: str
) -> None:
    """Lines that are broken by hand would be broken a second time, after one more word."""
    stage.view = a_run(stage.folder)
    app = wizard(screen, session=explored.on(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸")
        await press(pilot, "f1")
        await until(pilot, "▸[ Close ]")
        room = app.screen.query_one("#says").size.width
        lines = app.stop_below.help().lines  # type: ignore[union-attr]
        by_hand = [line for line in lines if cell_len(line) < 80]  # longer: a whole paragraph
        assert [line for line in by_hand if cell_len(line) > room] == []


async def test_help_holds_all_words_and_all_keys(wizard: Make) -> None:
    app = wizard()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "What would you like to do?")
        await press(pilot, "f1")
        await until(pilot, "▸[ Close ]")
        await press(pilot, "right", "enter")
        assert "collection: where the points live" in await until(pilot, "All words")
        await press(pilot, "right", "enter")
        await until(pilot, "Up, Down")


async def test_esc_on_the_first_screen_and_ctrl_q_ask_before_leaving(wizard: Make) -> None:
    app = wizard()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "What would you like to do?")
        for key in ("escape", "ctrl+q"):
            await press(pilot, key)
            shown = await until(pilot, "Leave the wizard?")
            assert "▸[ Stay ]" in shown
            await press(pilot, "enter")
            await until(pilot, "What would you like to do?")
        await press(pilot, "ctrl+q")
        await until(pilot, "Leave the wizard?")
        await press(pilot, "right", "enter")
        await until(pilot, lambda: not app.is_running)
    assert app.return_value == 0


async def test_leaving_during_a_run_says_that_it_needs_no_window(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "RUNNING")
        await press(pilot, "ctrl+q")
        shown = await until(pilot, "Leave the wizard?")
        assert "at 52 % of step 3 and does not need this window" in shown
        assert "▸[ Stay ]" in shown
        await press(pilot, "right", "enter")
        await until(pilot, lambda: not app.is_running)
    assert stage.steered == []


async def test_ctrl_c_stops_nothing_and_says_so(wizard: Make) -> None:
    app = wizard()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "What would you like to do?")
        await press(pilot, "ctrl+c")
        await until(pilot, "Nothing was stopped. Ctrl+Q leaves")


async def test_a_window_that_is_too_small_says_how_large_it_must_be(wizard: Make) -> None:
    app = wizard()
    async with app.run_test(size=(44, 18)) as pilot:
        assert "The wizard needs 50 by 20" in (await until(pilot, "The wizard needs")).replace(
            "\n ", " "
        )
        await pilot.resize_terminal(80, 24)
        await until(pilot, "What would you like to do?")


async def test_a_narrow_window_shows_the_same_in_a_column(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(50, 22)) as pilot:
        shown = await until(pilot, "[ More ]")
        assert "RUNNING" in shown
        assert "6 of 9  »RUN   next: Verify" in shown
        assert "F2" not in shown


async def test_ascii_signs_leave_nothing_but_ascii_on_the_screen(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder)
    app = wizard("run", session=Session(run=stage.folder), ascii_signs=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "RUNNING")
        shown = "".join(
            segment.text
            for strip in app.screen._compositor.render_strips()
            for line_filter in app.get_line_filters()
            for segment in line_filter.apply(list(strip), app.screen.styles.background)
        )
        assert shown.isascii(), sorted({sign for sign in shown if not sign.isascii()})


async def test_a_fault_of_the_program_shows_words_and_no_traceback(
    wizard: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def breaks(*_: object) -> None:
        secret = "sesame-open"  # noqa: F841 - a local variable that must not be shown
        raise RuntimeError("boom")

    monkeypatch.setattr(home, "act", breaks)
    app = wizard()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "What would you like to do?")
        await press(pilot, "enter")
        shown = await until(pilot, "This program made a mistake")
        assert "Traceback" not in shown
        assert "sesame" not in shown
        monkeypatch.undo()
        await press(pilot, "enter")
        await until(pilot, "What would you like to do?")
        assert app.faults == 1
        app.faults = 0


def test_the_first_frame_needs_neither_numbers_nor_models_nor_the_rooms_behind_it(
    tmp_path: Path,
) -> None:
    code = """
import gc, sys
from qdrant_model_migration.commands.wizard import open_wizard
from qdrant_model_migration.tui import app

run, is_painted = app.WizardApp.run, app.WizardApp._is_painted

def look(self):
    rooms = {name.split(".")[1] for name in sys.modules if name.startswith("qdrant_model_mig")
             and "." in name}
    found = {
        "libraries": sorted(HEAVY & set(sys.modules)), "rooms": sorted(ROOMS & rooms),
        "shown": self.screen.page.title, "collects": gc.isenabled(),
    }
    is_painted(self)
    print({**found, "collects then": gc.isenabled()}, file=sys.__stdout__)
    self.exit(0)

HEAVY = {"pydantic", "numpy", "qdrant_client", "fastembed", "onnxruntime", "scipy", "httpx", "yaml"}
ROOMS = {"advice", "engine", "strategies", "plan", "steps", "pipeline", "survey", "qdrant",
         "quality", "embedders", "sandbox"}
app.WizardApp._is_painted = look
app.WizardApp.run = lambda self: run(self, headless=True, size=(80, 24))
open_wizard(plain=False, ascii_signs=False)
"""
    env = {key: value for key, value in os.environ.items() if key not in (URL, KEY)}
    env |= {RUN_DIR: str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
    )
    assert literal_eval(done.stdout) == {
        "libraries": [],
        "rooms": [],
        "shown": "What would you like to do?",
        "collects": False,
        "collects then": True,
    }


async def test_answers_of_the_trip_survive_going_home_and_back(wizard: Make) -> None:
    app = wizard(session=Session(answers={"change": "model"}, explore=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "What would you like to do?")
        await press(pilot, "e", "enter")
        await until(pilot, "What if…")
        await press(pilot, "escape")
        await until(pilot, "What would you like to do?")
        assert app.session.answers == {"change": "model"}
        assert "explore" not in text_of(app)


async def test_a_check_and_its_numbers_stand_on_one_row_beside_a_scrollbar(
    wizard: Make, stage: Any
) -> None:
    check = {"name": "Each id once", "ok": True, "found": 120574, "expected": 120574}
    verdict = {**VERDICT, "integrity": {"checks": [check] * 12}}
    stage.view = a_run(stage.folder, "waiting", at=6, gate=CUTOVER, verdict=verdict)
    app = wizard("verify", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Each id once")
        shown = await still(pilot)
        assert app.screen.query_one("#body").show_vertical_scrollbar
        rows = [line for line in shown.splitlines() if "Each id once" in line]
        assert all("120,574 of 120,574" in row for row in rows)


async def test_the_top_row_of_a_plan_names_at_once_what_it_makes(
    wizard: Make, explored: Session
) -> None:
    app = wizard("plan", session=explored)
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "Never touched")
        assert "docs_v1 → docs_bge_base" in shown.splitlines()[0]


async def test_what_does_not_fit_above_the_first_control_is_reached_by_the_arrows(
    wizard: Make, stage: Any
) -> None:
    long = {**CUTOVER, "says": [f"Line {n}" for n in range(30)]}
    stage.view = a_run(stage.folder, "waiting", at=6, gate=long, verdict=VERDICT)
    app = wizard("gate", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ No, not now ]")
        await press(pilot, "up", "up")
        await until(pilot, "▸[ ] The application changes")
        assert "Line 0" not in text_of(app)
        presses = 0
        while "Line 0 " not in text_of(app) and presses < 30:
            await press(pilot, "up")
            presses += 1
        assert presses < 30, "the focus goes round, the first line is not seen"


async def test_what_is_typed_is_seen_beside_or_below_a_long_name(wizard: Make, stage: Any) -> None:
    long = {**CUTOVER["asks"][1], "label": f"Type the alias name to allow it: {'docs_' * 9}"}
    gate = {**CUTOVER, "asks": [long]}
    stage.view = a_run(stage.folder, "waiting", at=6, gate=gate, verdict=VERDICT)
    app = wizard("gate", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ No, not now ]")
        field = app.screen.query_one("#input-alias")
        await until(pilot, lambda: field.size.width >= 16)
        await pilot.resize_terminal(50, 24)
        await until(pilot, lambda: 16 <= field.size.width < 50)


async def test_a_report_opens_at_its_title_and_cuts_nothing_off(wizard: Make, stage: Any) -> None:
    facts = {**SWITCHED, "switched": {**SWITCHED["switched"], "left": ["docs_de", "docs_fr"]}}
    verdict = {**VERDICT, "reason": "the new model finds more, beyond chance; " * 4}
    stage.view = a_run(
        stage.folder, "done", at=8, run_id="docs-" * 12, verdict=verdict, facts=facts,
    )  # fmt: skip
    app = wizard("report", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Still to do")
        shown = await still(pilot)
        assert "Done: docs answers from docs_new" in shown
        done = app.screen.query(Pane).first()
        assert "…" not in done.words
        assert done.size.height == len(done.words.split("\n"))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_dialog_stands_in_the_middle_and_what_it_is_about_around_it(
    wizard: Make, size: tuple[int, int]
) -> None:
    """So that nobody loses where they are."""
    app = wizard("connect")
    async with app.run_test(size=size) as pilot:
        await until(pilot, "▸[ ")
        await press(pilot, "ctrl+p")
        while not app.screen.query("#dialog Lines"):  # to look at its text would draw it alone
            await pilot.pause(0.1)
        shown = app.export_screenshot()
        assert "connect&#160;" in shown
        assert "Practice&#160;instead" in shown
        box = app.screen.query_one("#dialog").region
        assert abs(box.y - (size[1] - box.bottom)) <= 1
        assert abs(box.x - (size[0] - box.right)) <= 1


@pytest.mark.parametrize("screen", ["connect", "questions", "strategy", "plan", "home"])
@pytest.mark.parametrize("opens", ["f1", "ctrl+q", "ctrl+p"])
async def test_under_a_dialog_nothing_looks_as_if_it_had_the_focus(
    wizard: Make, explored: Session, screen: str, opens: str
) -> None:
    app = wizard(*(() if screen == "home" else (screen,)), session=explored)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸")
        below = app.screen
        await press(pilot, opens)
        while not app.screen.query("#dialog Lines, #dialog Press"):
            await pilot.pause(0.1)
        await pilot.pause(0.1)
        assert app.export_screenshot().count("▸") == 1
        await press(pilot, "escape")
        assert app.screen is below
        assert (await still(pilot)).count("▸") == 1


@pytest.mark.parametrize("opens", ["f1", "ctrl+q", "ctrl+p", "start"])
async def test_in_the_smallest_window_a_dialog_shows_what_is_in_hand(
    wizard: Make, explored: Session, opens: str
) -> None:
    app = wizard("plan", session=explored.on(explore=False))
    async with app.run_test(size=(50, 20)) as pilot:
        await until(pilot, "Never touched")
        if opens == "start":
            await app.screen.act("start")  # type: ignore[attr-defined]
        else:
            await press(pilot, opens)
        await until(pilot, lambda: bool(app.screen.query("#dialog")))
        shown = await still(pilot)
        assert "▸" in shown
        inside = app.screen.query_one("#dialog").region
        for button in app.screen.query(Press):
            if button.has_focus:
                assert inside.contains_region(button.region), shown
