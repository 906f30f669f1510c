"""The end of a run in one collection: what was kept or undone, and not a word of a switch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qdrant_model_migration.pages import run_words
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.tui.app import WizardApp
from support.screens import press, requantized, still, until

Make = Callable[..., WizardApp]
SWITCH_WORDS = ("alias", "Roll back", "Lines to change", "old collection", "switched")


@pytest.mark.parametrize(
    ("kept", "title"),
    [(True, "Done: the new setting is kept"), (False, "Done: the old setting is back")],
)
async def test_the_report_says_what_was_kept_and_search_before_and_after(
    wizard: Make, stage: Any, kept: bool, title: str
) -> None:
    stage.view = requantized(stage.folder, kept=kept)
    app = wizard("report", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, title)
        shown = await still(pilot)
        assert "recall@10 0.998, 12 ms, 64 searches" in shown
        assert "recall@10 0.972, 4 ms, 64 searches" in shown
        assert "original vectors stay" in shown
        assert not [word for word in SWITCH_WORDS if word in shown]
        await press(pilot, "f1")
        assert "no alias to switch back" in await until(pilot, "Help: Report")


async def test_the_run_screen_ends_with_the_decision(wizard: Make, stage: Any) -> None:
    stage.view = requantized(stage.folder, kept=False)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "✓ DONE")
        assert "The old setting is set again. The original vectors stay" in shown
        assert not [word for word in SWITCH_WORDS if word in shown]


async def test_in_the_list_of_runs_nothing_can_be_rolled_back_or_cleaned_up(
    wizard: Make, stage: Any
) -> None:
    stage.view = requantized(stage.folder)
    app = wizard("runs", session=Session(run=stage.folder))
    async with app.run_test(size=(100, 24)) as pilot:
        shown = await until(pilot, "The points and their original vectors.")
        assert "The points and their original vectors." in shown
        assert "old collection" not in shown
        assert "[ Roll back… ] (nothing was switched)" in shown


def test_a_wait_in_one_collection_speaks_of_no_switch(tmp_path: Any) -> None:
    waiting = requantized(tmp_path, "waiting")
    assert run_words.second_line(waiting).strip() == "The run uses nothing while it waits."
