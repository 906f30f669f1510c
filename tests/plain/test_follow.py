"""Watching a run: what is said of it, and the menu that Ctrl+C opens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from qdrant_model_migration.engine import run_here, view
from qdrant_model_migration.engine.new_run import make_folder
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.plain import run_plain
from qdrant_model_migration.plain.follow import _line, follow
from qdrant_model_migration.plain.run import take_up
from qdrant_model_migration.plain.trip import _taken_up
from qdrant_model_migration.steps import StepContext
from support.fake_run import DEEDS, AskFirst, Fake, card, job
from support.screens import a_run
from support.script import Spoken


class Engine:
    """An engine in a thread whose one step lasts until it is told to end."""

    def __init__(self, runs: Path) -> None:
        self.told = threading.Event()
        self.folder = make_folder(card(), lambda path: path.write_text("plan"), runs)
        DEEDS["until told"] = self._until_told
        self._thread = threading.Thread(
            target=run_here,
            args=(self.folder,),
            kwargs={"job_of": job(Fake(does="until told"))},
        )

    def _until_told(self, ctx: StepContext) -> None:
        ctx.progress(63_220, 120_482)
        while not self.told.wait(0.01):
            ctx.breathe()

    def begin(self) -> None:
        self._thread.start()
        _until(lambda: view(self.folder).state == "running")

    def end(self) -> None:
        self.told.set()
        self._thread.join(20)
        assert not self._thread.is_alive()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path / "runs")
    made.begin()
    yield made
    made.end()


def _until(true: Callable[[], bool]) -> None:
    patience = time.monotonic() + 20
    while not true():
        assert time.monotonic() < patience
        time.sleep(0.01)


class Pauses:
    """Stands in for time.sleep: each call takes the next deed; after the last it only waits."""

    def __init__(self, *deeds: Callable[[], None]) -> None:
        self._deeds = list(deeds)

    def __call__(self, seconds: float) -> None:
        if self._deeds:
            self._deeds.pop(0)()
        time.sleep(0.01)


def interrupt() -> None:
    raise KeyboardInterrupt


def test_stop_in_the_menu_stops_the_run_cleanly(engine: Engine) -> None:
    talk = Spoken(("Number", "3"))
    seen = follow(talk, engine.folder, sleep=Pauses(interrupt))
    assert seen.state == "stopped"
    assert "3. Stop the run safely" in talk.flat


def test_leaving_the_window_leaves_the_run_at_work(engine: Engine) -> None:
    seen = follow(Spoken(("Number", "4")), engine.folder, sleep=Pauses(interrupt))
    assert seen.live
    assert view(engine.folder).state == "running"


def test_ctrl_c_in_the_menu_leaves_the_run_at_work(engine: Engine) -> None:
    def again() -> str:
        raise KeyboardInterrupt

    assert follow(Spoken(("Number", again)), engine.folder, sleep=Pauses(interrupt)).live


def test_pause_and_continue(engine: Engine) -> None:
    def until_paused() -> None:
        _until(lambda: view(engine.folder).state == "paused")

    def until_running() -> None:
        _until(lambda: view(engine.folder).state == "running")

    talk = Spoken(("Number", "1"), ("Number", "1"))
    pauses = Pauses(interrupt, until_paused, interrupt, until_running, engine.told.set)
    assert follow(talk, engine.folder, sleep=pauses).state == "done"
    assert "1. Pause" in talk.flat
    assert "1. Continue" in talk.flat
    assert "Nothing is read or written." in talk.flat


def test_every_half_minute_a_line_says_how_far_it_is(engine: Engine) -> None:
    def until_counted() -> None:
        _until(lambda: view(engine.folder).steps[0].done == 63_220)

    now = iter(range(0, 10**6, 31))
    follow(
        talk := Spoken(),
        engine.folder,
        sleep=Pauses(until_counted, lambda: None, engine.told.set),
        clock=lambda: next(now),
    )
    assert "Running, step 1 of 1, Fake. 63,220 of 120,482 points, 52 percent" in talk.flat
    assert "Next line in 30 seconds. Ctrl+C: menu." in talk.flat
    assert "Done. Next line" not in talk.flat


def test_a_gate_left_shut_ends_with_3_and_the_next_command(tmp_path: Path) -> None:
    folder = make_folder(card(), lambda path: path.write_text("plan"), tmp_path / "runs")
    assert run_here(folder, job_of=job(AskFirst())) == 3
    talk = Spoken(("Type docs", "dcos"), ("Type docs", ""), ("leave it waiting", ""))
    assert take_up(talk, Session(run=folder)) == 3
    assert "You typed 'dcos'; it has to be docs." in talk.flat
    assert f"Next: qmm resume {folder.name}" in talk.flat
    assert view(folder).state == "waiting"


def test_the_key_of_the_environment_is_used_for_its_own_server_alone(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder(card(), lambda path: path.write_text("plan"), home / "runs")
    monkeypatch.setenv("QDRANT_API_KEY", "secret")
    monkeypatch.setenv("QDRANT_URL", "http://10.0.0.9:6333")
    asked = Spoken(("API key of http://localhost:6333", "another"))
    assert _taken_up(asked, folder).key == SecretStr("another")
    monkeypatch.setenv("QDRANT_URL", "http://localhost:6333")
    assert _taken_up(Spoken(), folder).key == SecretStr("secret")


def test_an_unfinished_run_is_offered_first_and_its_key_asked_for(home: Path) -> None:
    folder = make_folder(card(), lambda path: path.write_text("plan"), home / "runs")
    run_here(folder, job_of=job(AskFirst()))
    talk = Spoken(
        ("Type a number", "5"),
        ("API key of", ""),
        ("Type docs", ""),
        ("leave it waiting", ""),
    )
    assert run_plain(talk=talk) == 3
    assert f"5. {folder.name}," in talk.flat
    assert "state waits: " in talk.flat


def test_lines_say_why_it_is_slow_or_pauses_by_itself(tmp_path: Path) -> None:
    why = "a test search takes 38 ms, 12 ms before"
    slow = _line(a_run(tmp_path, slowed={"share": 0.5, "why": why}))
    assert slow.endswith(f" left. Slowed down: {why}.")
    held = _line(a_run(tmp_path, "paused", held=why))
    assert held.startswith(f"Paused: {why}. ")
    assert held.endswith(" It goes on by itself when searches are quick again.")
    stopping = _line(a_run(tmp_path, "stopping", stop_within=3.2))
    assert stopping.startswith("Stopping: finishing what is on its way, up to 4 s.")
