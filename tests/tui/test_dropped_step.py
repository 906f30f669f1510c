"""A step that the program does not have is among the ways out, with a gate and an ending."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.tui.app import WizardApp
from support.dropped_step import dropped_step
from support.screens import CUTOVER, SWITCHED, VERDICT, a_run, press, until

Make = Callable[..., WizardApp]
SHELF = {
    **CUTOVER, "name": "shelf", "title": "Shelve", "says": ["Nothing is deleted."],
    "asks": [{**CUTOVER["asks"][1], "expect": "docs", "flag": "--shelf", "named": True}],
    "button": "Put aside",
}  # fmt: skip


@pytest.fixture(autouse=True)
def shelve(tmp_path: Path) -> Iterator[None]:
    room = tmp_path / "room"
    room.mkdir()
    with dropped_step(room):
        yield


async def test_the_gate_leads_to_its_question_and_that_to_the_report(
    wizard: Make, stage: Any
) -> None:
    stage.view = a_run(stage.folder, "waiting", at=6, gate=CUTOVER, verdict=VERDICT)
    app = wizard("run", "gate", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "[ Discard… ]")
        await app.stop_below.act("shelve")  # type: ignore[union-attr]
        await until(pilot, lambda: stage.started == ["shelve"])
        stage.view = a_run(stage.folder, "waiting", at=7, gate=SHELF)
        await until(pilot, "[ No, go on ]")
        await until(pilot, "»RUN")
        await press(pilot, "up", *"docs", "down", "right", "enter")
        await until(pilot, lambda: stage.consents == [("shelf", {"alias": "docs"})])
        stage.view = a_run(stage.folder, "shelved", at=8)
        await until(pilot, "✓ SHELVED")
        await until(pilot, "It lies there.")


async def test_the_list_of_runs_offers_it_and_says_why_it_is_closed(
    wizard: Make, stage: Any
) -> None:
    stage.view = a_run(stage.folder, "done", at=8, facts=SWITCHED)
    app = wizard("runs")
    async with app.run_test(size=(120, 30)) as pilot:
        await until(pilot, "[ Shelve… ] (it is done)")
        stage.view = a_run(stage.folder, "shelved", at=8)
        await until(pilot, "The run was put aside.")
        await until(pilot, "[ Roll back… ] (it is shelved)")


async def test_a_run_that_it_has_ended_is_told_of_by_its_words(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder, "shelved", at=8)
    app = wizard("report", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Shelved: nothing was deleted")
