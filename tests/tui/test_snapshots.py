"""About fifteen pictures of the wizard on fixed data: a change of the look is seen in the diff.

Frozen: the clock's zone, every number, the cursor. Renew them with `pytest --snapshot-update`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.widgets import Input

from qdrant_model_migration.advice import ModelChoice
from qdrant_model_migration.embedders import Reach
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import models
from qdrant_model_migration.tui.app import WizardApp
from support.screens import (
    CUTOVER,
    ERROR,
    MODELS,
    RATES,
    RETRY,
    SWITCHED,
    VERDICT,
    a_run,
    press,
    still,
    until,
)

Make = Callable[..., WizardApp]
FOLDER = Path("/runs/docs-0314")


class Svg(SingleFileSnapshotExtension):
    """One SVG file a picture."""

    file_extension = _file_extension = "svg"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def svg(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Svg)


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """UTC, no blinking cursor, two known models, no settings of this computer's terminal."""
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("NO_COLOR", raising=False)
    time.tzset()
    monkeypatch.setattr(Input, "_restart_blink", lambda self: None, raising=False)
    monkeypatch.setattr(Input, "cursor_blink", False)
    choices = (
        ModelChoice(MODELS[0], Reach("here")),
        ModelChoice(MODELS[1], Reach("fetch", MODELS[1].size_bytes)),
    )
    monkeypatch.setattr(models, "choices", lambda session: choices)
    yield
    monkeypatch.undo()
    time.tzset()


async def picture(
    app: WizardApp, wait_for: str, *keys: str, then: str = "", size: tuple[int, int] = (80, 24)
) -> str:
    async with app.run_test(size=size) as pilot:
        await until(pilot, wait_for)
        for key in keys:
            await press(pilot, key)
        await until(pilot, lambda: app.focused is not None or len(keys) > 0)
        await until(pilot, then)
        await still(pilot)
        return app.export_screenshot()


async def test_home(wizard: Make, svg: SnapshotAssertion) -> None:
    assert await picture(wizard(), "No runs yet") == svg


async def test_connect(wizard: Make, svg: SnapshotAssertion) -> None:
    assert await picture(wizard("connect"), "Where is your Qdrant server?") == svg


async def test_question(wizard: Make, explored: Session, svg: SnapshotAssertion) -> None:
    app = wizard("questions", session=explored.on(answers={}))
    assert await picture(app, "Question 1 of about", "down") == svg


async def test_model(wizard: Make, explored: Session, svg: SnapshotAssertion) -> None:
    app = wizard("questions", session=explored)
    assert await picture(app, "Question 1 of about", "enter", then="To get") == svg


async def test_map(wizard: Make, explored: Session, svg: SnapshotAssertion) -> None:
    assert await picture(wizard("map", session=explored), "Still possible") == svg


async def test_strategy(wizard: Make, explored: Session, svg: SnapshotAssertion) -> None:
    assert await picture(wizard("strategy", session=explored), "Recommended") == svg


async def test_warnings(wizard: Make, explored: Session, svg: SnapshotAssertion) -> None:
    assert await picture(wizard("warnings", session=explored), "left to acknowledge") == svg


async def test_plan(wizard: Make, explored: Session, svg: SnapshotAssertion) -> None:
    assert await picture(wizard("plan", session=explored), "Never touched") == svg


@pytest.mark.parametrize(
    ("name", "size"), [("usual", (80, 24)), ("wide", (120, 40)), ("narrow", (50, 22))]
)
async def test_run(
    wizard: Make, stage: Any, svg: SnapshotAssertion, name: str, size: tuple[int, int]
) -> None:
    stage.view = a_run(FOLDER, dead_letters=64, rates=RATES)
    assert await picture(wizard("run", session=Session(run=FOLDER)), "RUNNING", size=size) == svg


async def test_run_in_plain_signs(wizard: Make, stage: Any, svg: SnapshotAssertion) -> None:
    stage.view = a_run(FOLDER, rates=RATES)
    app = wizard("run", session=Session(run=FOLDER), ascii_signs=True)
    assert await picture(app, "RUNNING") == svg


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        ("paused", {"rates": RATES}),
        ("running", {"rates": RATES, "retry": RETRY}),
        ("failed", {"error": ERROR}),
        ("interrupted", {}),
        ("waiting", {"at": 6, "gate": CUTOVER, "verdict": VERDICT}),
    ],
    ids=["paused", "no_answer", "failed", "interrupted", "waiting"],
)
async def test_state(
    wizard: Make, stage: Any, svg: SnapshotAssertion, state: str, changes: dict[str, Any]
) -> None:
    stage.view = a_run(FOLDER, state, **changes)
    assert await picture(wizard("run", session=Session(run=FOLDER)), "docs_old") == svg


async def test_verify(wizard: Make, stage: Any, svg: SnapshotAssertion) -> None:
    stage.view = a_run(FOLDER, "waiting", at=6, gate=CUTOVER, verdict=VERDICT)
    assert await picture(wizard("verify", session=Session(run=FOLDER)), "GO: the new model") == svg


async def test_cutover(wizard: Make, stage: Any, svg: SnapshotAssertion) -> None:
    changes = {"application_changes": SWITCHED["application_changes"]}
    stage.view = a_run(FOLDER, "waiting", at=6, gate=CUTOVER, verdict=VERDICT, facts=changes)
    assert await picture(wizard("gate", session=Session(run=FOLDER)), "No, not now") == svg


async def test_report(wizard: Make, stage: Any, svg: SnapshotAssertion) -> None:
    stage.view = a_run(FOLDER, "done", at=8, verdict=VERDICT, facts=SWITCHED)
    assert await picture(wizard("report", session=Session(run=FOLDER)), "Still to do") == svg
