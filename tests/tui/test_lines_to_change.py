"""Lines to change on screen: three forms, copied, saved into the run folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qdrant_model_migration.engine.change_lines import FILE
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.tui.app import WizardApp
from support.screens import SWITCHED, a_run, press, until

Make = Callable[..., WizardApp]


async def test_the_lines_in_every_form_to_copy_and_to_save(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder, "done", at=8, facts=SWITCHED)
    app = wizard("lines", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, '+ model = "subwords-256"')
        assert '- model = "words-128"' in shown
        assert "▸[ Copy ]" in await until(pilot, "▸[ ")
        assert "whatever adds documents must use the same model" in shown
        await press(pilot, "enter")
        await until(pilot, "Copied where the terminal allows it")
        assert '+ model = "subwords-256"' in app.clipboard
        await press(pilot, "right", "right", "enter")
        await until(pilot, "<your server>/collections/docs/points/query")
        await press(pilot, "enter")
        await until(pilot, "+ query model      subwords-256")
        await press(pilot, "left", "enter")
        await until(pilot, "Saved:")
    assert "As curl" in (stage.folder / FILE).read_text(encoding="utf-8")


async def test_a_folder_that_cannot_be_written_is_said(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder, "done", at=8, facts=SWITCHED)
    (stage.folder / FILE).mkdir()
    app = wizard("lines", session=Session(run=stage.folder))
    async with app.run_test(size=(50, 20)) as pilot:
        await until(pilot, "▸[ Copy ]")
        await press(pilot, "right", "enter")
        await until(pilot, "cannot be written")


async def test_what_does_not_fit_a_small_window_is_scrolled_through_with_the_arrows(
    wizard: Make, stage: Any
) -> None:
    stage.view = a_run(stage.folder, "done", at=8, facts=SWITCHED)
    app = wizard("lines", session=Session(run=stage.folder))
    async with app.run_test(size=(50, 20)) as pilot:
        assert "New texts" not in await until(pilot, "▸[ Copy ]")
        for _ in range(30):
            await press(pilot, "down")
        await until(pilot, "whatever adds documents must use")
        for _ in range(30):
            await press(pilot, "up")
        await until(pilot, '- model = "words-128"')
