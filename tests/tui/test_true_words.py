"""What stands on a screen is so: what Enter does, what is known of the server, what is finished."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.pages import run_words
from qdrant_model_migration.pages.page import Says
from qdrant_model_migration.pages.session import Connected, Session
from qdrant_model_migration.pages.stages import family, home, plan, report, run
from qdrant_model_migration.steps.sisters import Sister
from qdrant_model_migration.tui.app import WizardApp
from support.screens import CUTOVER, ERROR, SWITCHED, VERDICT, a_run, press, text_of, until

Make = Callable[..., WizardApp]


def a_sister(**changes: Any) -> Sister:
    return Sister(collection="docs_more", run="docs_more-0314", stands="none", says="not begun yet",
                  begun=False)._replace(**changes)  # fmt: skip


async def test_what_enter_does_is_said_of_the_row_in_hand(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder, "interrupted", with_it=(a_sister(),))
    app = wizard("family", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "Enter Watch" in await until(pilot, "docs_more")
        await press(pilot, "down")
        await until(pilot, "Enter Start")


def test_another_run_is_not_started_beside_the_one_that_begins_it(tmp_path: Path) -> None:
    for state, closed in (("running", "docs_old is under way, and begins it"), ("failed", "")):
        view = a_run(tmp_path, state, with_it=(a_sister(),))
        page = family.page(Session(run=tmp_path, seen=view))
        row = page.row("family", "other0")
        assert row is not None
        assert row.acts[0].label == "Start"
        assert row.acts[0].closed == closed


def test_a_failed_run_says_nothing_of_searches_that_it_cannot_know(tmp_path: Path) -> None:
    """The server itself may not answer."""
    view = a_run(tmp_path, "failed", error=ERROR)
    assert run_words.second_line(view).startswith("Safe: docs_old is untouched and stays in use.")
    assert run_words.server_lines(view) == [("Searches", "this run changed nothing for them")]
    switched = a_run(tmp_path, "done", at=8, facts={"switched": SWITCHED["switched"]})
    assert run_words.server_lines(switched) == [("Answers", "from docs_new")]


def test_the_first_screen_does_not_greet_as_new_who_has_runs(tmp_path: Path) -> None:
    done = a_run(tmp_path, "done", at=8, facts=SWITCHED)
    assert "New here?" in home.page(Session(runs=())).hello
    assert "New here?" not in home.page(Session(runs=(done,))).hello
    assert "1 run is unfinished" in home.page(Session(runs=(done, a_run(tmp_path)))).hello


def test_the_report_offers_cleaning_up_where_it_offers_the_way_back(tmp_path: Path) -> None:
    facts = {**SWITCHED, "verdict": VERDICT}
    done = a_run(tmp_path, "done", at=8, facts=facts, verdict=VERDICT)
    labels = [act.label for act in report.page(Session(run=tmp_path, seen=done)).acts if act.button]
    assert labels.index("Clean up…") == labels.index("Roll back…") + 1


async def test_a_run_that_goes_on_is_not_said_to_be_starting(wizard: Make, stage: Any) -> None:
    """The engine is there before the work that has started it ends."""
    stage.view = a_run(stage.folder, "interrupted")
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Resume goes on")
        work = run._resume(app.session, stage.view)
        stage.view = a_run(stage.folder)
        await until(pilot, run.GOES_ON)
        await app.screen._carry_out(work.then(app.session, None))  # type: ignore[attr-defined]
        assert run.GOES_ON in text_of(app)


def test_who_starts_with_a_key_that_may_only_read_is_told(explored: Session) -> None:
    made = plan.enter(explored)
    assert isinstance(made, Session)
    assert made.plan is not None
    for may, told in ((False, True), (True, False), (None, False)):
        known = made.on(connected=Connected("1.18.3", False, 0.1, (), may))
        asked = plan._sure(known, made.plan, ())
        (says, *_) = asked.body
        assert isinstance(says, Says)
        said = " ".join(map(str, says.words))
        assert ("end at its first step" in said) is told


@pytest.mark.parametrize("width", [60, 80])
async def test_a_reason_that_a_border_cuts_stands_whole_below_it(
    wizard: Make, stage: Any, width: int
) -> None:
    reason = "no search could be made from your documents: their texts are too short by far"
    verdict = {**VERDICT, "word": "INCONCLUSIVE", "reason": reason}
    stage.view = a_run(stage.folder, "waiting", at=6, verdict=verdict)
    app = wizard("verify", session=Session(run=stage.folder))
    async with app.run_test(size=(width, 30)) as pilot:
        shown = await until(pilot, "INCONCLUSIVE")
        inner = " ".join(line.strip("│ ") for line in shown.split("\n"))
        assert f"INCONCLUSIVE: {reason}" in inner


@pytest.mark.parametrize("kind", ["practice", "explore"])
async def test_the_first_screen_is_no_part_of_the_trip_before(wizard: Make, kind: str) -> None:
    app = wizard(session=Session(**{kind: True}))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "What would you like to do?")
        assert app.session.server not in text_of(app)


def test_seconds_are_said_once(tmp_path: Path) -> None:
    view = a_run(tmp_path, at=4)
    waits = view.steps[4]._replace(done=1, total=None, unit="seconds", seconds=2.0, rate=None)
    said = run_words.counts(view._replace(steps=(*view.steps[:4], waits, *view.steps[5:])))
    assert said == "2 s so far"


@pytest.mark.parametrize("said", ["Both sides are made level first", "docs_more: not begun yet"])
def test_what_comes_before_a_switch_is_said_in_a_sentence(tmp_path: Path, said: str) -> None:
    waiting = a_run(tmp_path, "waiting", at=6, gate={**CUTOVER, "before": [[said, ""]]})
    assert run_words.counts(waiting) == f"Before the switch: {said}."
