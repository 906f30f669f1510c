"""Screens of a real run folder: no file is opened in the thread that draws, leaving is safe, and
the list of dead letters is the engine's own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from qdrant_model_migration import engine
from qdrant_model_migration.engine import run_here, write_report
from qdrant_model_migration.engine.errors import RunNotGoing
from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.errors import QmmError, RunFolderUnusable
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.tui.app import WizardApp
from support.fake_run import DEEDS, Fake, job, make_run
from support.screens import SWITCHED, a_run, press, text_of, until

Make = Callable[..., WizardApp]

_watched: list[tuple[str, list[str]]] = []


def _opened(event: str, given: tuple[Any, ...]) -> None:
    if event in ("open", "sqlite3.connect", "os.listdir", "os.scandir") and _watched:
        folder, met = _watched[-1]
        if folder in str(given[0]) and threading.current_thread() is threading.main_thread():
            met.append(str(given[0]))


sys.addaudithook(_opened)


@contextmanager
def drawing_opens_nothing_in(folder: Path) -> Iterator[None]:
    met: list[str] = []
    _watched.append((str(folder), met))
    try:
        yield
    finally:
        _watched.pop()
    assert met == [], "opened by the thread that draws"


def one_line(app: WizardApp) -> str:
    """The screen without its line breaks."""
    return " ".join(text_of(app).split())


@pytest.fixture
def folder(runs: Path) -> Path:
    """A finished run with a switch, something to tick, and two dead letters."""

    def does(ctx: Any) -> None:
        for key, value in SWITCHED.items():
            ctx.remember(key, value)
        ctx.dead_letter(2**64 - 1, "field text is missing", "nothing")
        ctx.dead_letter(7, "not a text", "=HYPERLINK()")

    DEEDS["does"] = does
    made = make_run(runs)
    assert run_here(made, job_of=job(Fake(step="fill", does="does"))) == 0
    del DEEDS["does"]
    return made


async def test_no_screen_of_a_run_opens_a_file_in_the_thread_that_draws(
    wizard: Make, folder: Path
) -> None:
    """A folder on a slow disk would freeze keys and clock."""
    app = wizard(session=Session(run=folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "What would you like to do?")
        with drawing_opens_nothing_in(folder):
            app.go("report")
            await until(pilot, "▸ [ ]")
            await press(pilot, "enter")
            await until(pilot, "[x]")
            app.go("dead_letters")
            await until(pilot, "set aside")
            await until(pilot, "=HYPERLINK()")
            app.go("lines")
            await until(pilot, "▸[ Copy ]")
            await press(pilot, "right", "enter")
            await until(pilot, "Saved:")
            app.go("run_log")
            await until(pilot, "The run begins.")
            await press(pilot, "ctrl+q")
            await until(pilot, "Leave the wizard?")
            await press(pilot, "escape")
    for name in ("still-to-do.txt", "app-changes.txt"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600


async def test_ticks_come_back_with_the_next_visit(wizard: Make, folder: Path) -> None:
    for first in (True, False):
        app = wizard("report", session=Session(run=folder))
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, "▸ [ ]")
            assert ("[x]" in text_of(app)) != first
            if first:
                await press(pilot, "enter")
                await until(pilot, lambda: (folder / "still-to-do.txt").exists())


async def test_a_run_of_another_server_asks_before_it_is_sent_the_key(
    wizard: Make, stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.view = a_run(stage.folder, "stopped")
    monkeypatch.setattr(engine, "read_card", lambda folder: stage.view.card)
    app = wizard("run", session=Session(run=stage.folder, key=SecretStr("a-key-of-another")))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸[ Resume ]")
        await press(pilot, "enter")
        assert "▸[ Go on without it ]" in await until(pilot, "Is the key for this server?")
        assert stage.started == []
        await press(pilot, "right", "enter")
        await until(pilot, lambda: stage.started == [None])
    assert str(app.session.key_of) == "http://localhost:6333"


# --- Dead letters -----------------------------------------------------------------------------


async def test_the_wizard_leaves_the_list_of_dead_letters_to_the_engine(
    wizard: Make, folder: Path
) -> None:
    """It wrote over the complete and guarded file with 10,000 unguarded rows."""
    file = folder / "dead-letters.csv"
    before = file.read_bytes(), file.stat().st_ino
    assert b"'=HYPERLINK()" in before[0]
    app = wizard("dead_letters", session=Session(run=folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸ 18446744073")
        await press(pilot, "tab")
        await until(pilot, "▸[ Where is the list? ]")
        await press(pilot, "enter")
        await until(pilot, lambda: "dead-letters.csv" in "".join(text_of(app).split()))
    assert (file.read_bytes(), file.stat().st_ino) == before
    assert file.stat().st_mode & 0o777 == 0o600


async def test_while_the_run_goes_the_screen_says_when_the_list_is_written(
    wizard: Make, runs: Path
) -> None:
    run = make_run(runs)
    with closing(Journal(run / "journal.db")) as journal:
        journal.enter("running")
        for point in range(1500):
            journal.set_aside(f"u:{point}", "text is empty", "")
        app = wizard("dead_letters", session=Session(run=run))
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, "▸ 0 ")
            assert "1,500 set aside, the first 1,000 are shown" in text_of(app)
            await press(pilot, "tab")
            await until(pilot, "▸[ Where is the list? ]")
            await press(pilot, "enter")
            await until(pilot, "is written when the run ends or waits")
            await until(pilot, lambda: f"qmm report {run.name} writes" in one_line(app))
            write_report(run)
    assert (run / "dead-letters.csv").read_text().count("text is empty") == 1500


# --- Leaving ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "leaves"),
    [
        (RunNotGoing("docs-0314", "stop", "done", over=True), True),
        (RunFolderUnusable("/runs/docs", "written to", OSError(28, "No space left")), False),
    ],
)
async def test_stopping_a_run_that_has_just_ended_is_leaving(
    wizard: Make, stage: Any, monkeypatch: pytest.MonkeyPatch, error: QmmError, leaves: bool
) -> None:
    """It ended in the screen that says the program made a mistake."""

    def steer(at: Path, verb: str, **data: Any) -> None:
        raise error

    stage.view = a_run(stage.folder)
    monkeypatch.setattr(engine, "steer", steer)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "RUNNING")
        await press(pilot, "ctrl+q")
        await until(pilot, "Stop the run safely, then leave")
        await press(pilot, "down", "down", "enter")
        if leaves:
            await until(pilot, lambda: not app.is_running)
        else:
            await until(pilot, "Its disk is full")
            assert "RUNNING" in text_of(app)


async def test_ctrl_q_twice_is_one_question_and_its_answer(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "RUNNING")
        for _ in range(2):
            await press(pilot, "ctrl+q")
            await until(pilot, "Leave the wizard?")
            await press(pilot, "ctrl+q")
            await until(pilot, lambda: "Leave the wizard?" not in text_of(app))
        app.action_leave()
        app.action_leave()
        await until(pilot, "Leave the wizard?")
        await press(pilot, "escape")
        await until(pilot, lambda: "Leave the wizard?" not in text_of(app))


# --- Attached ---------------------------------------------------------------------------------


async def test_a_run_on_a_local_folder_can_be_attached_to(wizard: Make, stage: Any) -> None:
    view = a_run(stage.folder)
    for server in (str(stage.folder / "qdrant"), "http://localhost:6333"):
        stage.view = view._replace(card=view.card._replace(server=server))
        app = wizard("run", session=Session(run=stage.folder))
        async with app.run_test(size=(120, 24)) as pilot:
            shown = await until(pilot, "RUNNING")
            assert ("localhost" if "://" in server else "docs-0314/qdrant") in shown.split("\n")[0]
