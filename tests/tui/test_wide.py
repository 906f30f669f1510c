"""From 110x36 more stands beside each other; all of it can be reached at 80x24 as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.cells import cell_len

from qdrant_model_migration.advice import advise, map_lines
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.tui import map_words
from qdrant_model_migration.tui.app import WizardApp
from support.screens import CUTOVER, VERDICT, a_run, press, until
from support.surveys import docs

Make = Callable[..., WizardApp]
PART = {**VERDICT["judgement"], "part": "German", "n": 34, "low": -0.071, "high": 0.049,
        "difference": -0.011, "worst": [], "best": []}  # fmt: skip
PARTED = {
    **VERDICT,
    "judgement": {**VERDICT["judgement"], "parts": [PART]},
    "parts": [{"part": "German", "word": "INCONCLUSIVE", "reason": "too few to see 0.06"}],
}


async def test_a_question_has_the_whole_tree_beside_it_and_why_each_is_ruled_out(
    wizard: Make, explored: Session
) -> None:
    app = wizard("questions", session=explored)
    async with app.run_test(size=(120, 40)) as pilot:
        shown = await until(pilot, "If chosen")
        for words in ("compress differently", "1.18.1 or newer: in place", "add keyword search"):
            assert words in shown
        assert "(Change)" in shown
        await press(pilot, "down", "down")
        assert "✓ Requantize" in await until(pilot, "✗ Blue-green")


async def test_the_step_under_the_focus_stands_beside_the_plan(
    wizard: Make, explored: Session
) -> None:
    app = wizard("plan", session=explored)
    async with app.run_test(size=(120, 40)) as pilot:
        shown = await until(pilot, "Step 1: ")
        assert "Never touched" in shown
        await press(pilot, "down")
        assert "Way back: " in await until(pilot, "Step 2: ")
        await press(pilot, "enter")
        await until(pilot, "▸[ Close ]")


async def test_all_parts_and_queries_of_a_verdict_are_there_in_a_dialog(
    wizard: Make, stage: Any
) -> None:
    stage.view = a_run(stage.folder, "waiting", at=6, gate=CUTOVER, verdict=PARTED)
    words = ("German: 34 queries", "German: INCONCLUSIVE, too few", "Got better", "offline install")
    app = wizard("verify", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ Try it yourself ]")
        await press(pilot, "right", "right", "enter")
        shown = await until(pilot, "All queries: 214")
        for _ in range(10):
            if all(part in shown for part in words):
                break
            await press(pilot, "down")
            shown += await until(pilot, "All parts and queries")
        assert all(part in shown for part in words)


def test_no_line_of_the_tree_is_wider_than_its_box_and_every_strategy_is_in_it() -> None:
    survey = docs()
    advice = advise(survey, {})
    for width in (40, 52, 58, 74):
        drawn = map_words.tree(map_lines(survey, advice), width)
        assert all(cell_len(line) <= width for line in drawn)
        assert sum("►" in line for line in drawn) == sum(
            bool(line.strategy) for line in map_lines(survey, advice)
        )
