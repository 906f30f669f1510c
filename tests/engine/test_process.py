"""The engine as a process: it outlives its window, can be killed anywhere, and keeps secrets."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from qdrant_model_migration.embedders import keys_of, server_model
from qdrant_model_migration.engine import Watch, give_consent, lock, process, start, steer, view
from qdrant_model_migration.engine.errors import EngineDidNotStart, RunBusy, RunIsOver
from qdrant_model_migration.engine.journal import Journal
from support import stand_in
from support.waiting import until

Spawn = Callable[..., subprocess.Popen[bytes]]
KEY = 'sk-planted-Ünïcode"key\\tail-zq9xw'


def ended(run: Path) -> bool:
    return not lock.is_held(run)


def test_a_started_run_goes_on_without_the_one_who_started_it(
    run: Path, environment: dict[str, str]
) -> None:
    """The window is a process of its own here, and it is gone before the run has ended."""
    script = (
        "import sys; from pathlib import Path; from qdrant_model_migration.engine import process\n"
        "process.engine_command = lambda folder, extra, given: "
        "[sys.executable, '-m', 'support.engine_process', str(folder)]\n"
        "process.start(Path(sys.argv[1]))"
    )
    env = {**os.environ, **environment, "FAKE_JOB": "forever"}
    subprocess.run([sys.executable, "-c", script, str(run)], env=env, check=True, timeout=60)
    found = view(run)
    assert found.live
    (note,) = until(lambda: [e for e in view(run).events if e.kind == "note"])
    assert note.data["sid"] != os.getsid(0)  # closing the terminal does not reach it
    steer(run, "stop")
    until(lambda: view(run).state == "stopped")
    until(lambda: ended(run))


def test_start_returns_when_the_run_is_open_and_not_before(
    run: Path, environment: dict[str, str]
) -> None:
    start(run, environment)
    assert view(run).session == 1
    until(lambda: view(run).state == "done")
    assert (run / "target.txt").read_text().split() == [str(n) for n in range(300)]


def test_a_gate_is_opened_from_outside_and_the_run_started_again(
    run: Path, environment: dict[str, str]
) -> None:
    env = {**environment, "FAKE_JOB": "gate"}
    start(run, env)
    until(lambda: view(run).state == "waiting")
    give_consent(run, "cutover", {"alias": "docs"})
    start(run, env)
    until(lambda: view(run).state == "done")
    start(run, env, extra="rollback")
    until(lambda: view(run).state == "waiting")
    assert view(run).session == 3


def test_a_run_that_is_going_is_not_started_again(run: Path, environment: dict[str, str]) -> None:
    env = {**environment, "FAKE_JOB": "forever"}
    start(run, env)
    with pytest.raises(RunBusy):
        start(run, env)
    steer(run, "stop")
    until(lambda: ended(run))


def test_a_run_that_is_over_is_not_started(run: Path, environment: dict[str, str]) -> None:
    journal = Journal(run / "journal.db")
    journal.enter("cleaned up")
    journal.close()
    for extra in (None, "rollback"):
        with pytest.raises(RunIsOver, match="cleaned up"):
            start(run, environment, extra=extra)


def test_an_engine_that_dies_at_once_is_reported_and_not_waited_for(
    run: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        process,
        "engine_command",
        lambda folder, extra, given: [sys.executable, "-c", "raise SystemExit('last words')"],
    )
    with pytest.raises(EngineDidNotStart, match=r"engine\.log"):
        start(run, environment)
    assert "last words" in (run / "engine.log").read_text()
    assert "last words" not in str(view(run).error)


def test_the_command_line_of_the_engine_names_the_run_and_nothing_secret(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QDRANT_API_KEY", KEY)
    command = process.engine_command(run, "rollback")
    assert command[1:] == [
        "-m", "qdrant_model_migration", "engine", str(run), "--extra", "rollback",
    ]  # fmt: skip


def test_an_engine_gets_of_the_models_keys_those_that_its_own_models_need(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed: list[dict[str, str]] = []

    def popen(command: list[str], *, env: dict[str, str], **_: object) -> None:
        passed.append(env)
        raise OSError("enough is seen")

    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.setenv("QDRANT_API_KEY", "of-another-server")
    monkeypatch.setenv("STAND_IN_KEY", stand_in.KEY)
    model = {"kind": "stand_in", "name": stand_in.NAME, "dimensions": 32}
    with stand_in.stand_in_kind(tmp_path / "kinds"):
        for given in (None, {"old_model": model}):
            with pytest.raises(EngineDidNotStart):
                start(run, {"QDRANT_API_KEY": KEY}, extra="verify", given=given)
    assert [env.get("STAND_IN_KEY") for env in passed] == [None, stand_in.KEY]
    assert [env["QDRANT_API_KEY"] for env in passed] == [KEY, KEY]


def test_the_key_of_a_provider_reaches_an_engine_only_by_who_starts_it(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent to the run's server, so it is given as that one's key is."""
    passed: list[dict[str, str]] = []

    def popen(command: list[str], *, env: dict[str, str], **_: object) -> None:
        passed.append(env)
        raise OSError("enough is seen")

    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai-1")
    monkeypatch.setenv("COHERE_API_KEY", "of-cohere-2")
    model = server_model("openai/text-embedding-3-small", 1536)
    given = {"old_model": model.model_dump(mode="json")}
    for env in ({}, keys_of([model])):
        with pytest.raises(EngineDidNotStart):
            start(run, env, extra="verify", given=given)
    assert [env.get("OPENAI_API_KEY") for env in passed] == [None, "sk-of-openai-1"]
    assert [env.get("COHERE_API_KEY") for env in passed] == [None, None]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_the_run_cleanly(run: Path, spawn: Spawn, number: signal.Signals) -> None:
    child = spawn(run, "forever")
    until(lambda: view(run).state == "running")
    child.send_signal(number)
    assert child.wait(30) == 130
    found = view(run)
    assert found.state == "stopped"
    assert found.events[-1].text.startswith("Stopped.")


def test_a_killed_run_is_interrupted_and_its_last_moment_is_known(run: Path, spawn: Spawn) -> None:
    child = spawn(run, "forever")
    until(lambda: (view(run).steps or [None])[0] and view(run).state == "running")
    until(lambda: (view(run).steps[0].done or 0) > 3)
    child.kill()
    child.wait()
    found = view(run)
    assert (found.state, found.live) == ("interrupted", False)
    assert found.since == found.heard
    assert (found.steps[0].done or 0) > 3
    assert found.steps[0].state == " "


def test_killed_at_any_instruction_and_resumed_it_ends_as_if_nothing_had_happened(
    run: Path, spawn: Spawn
) -> None:
    chance = random.Random(7)
    kill_at = [chance.randint(150, 6000) for _ in range(6)]
    for calls in [*kill_at, 60_000]:  # the last one falls into the writing of the report
        assert spawn(run, KILL_AT=str(calls)).wait(60) == -signal.SIGKILL
        assert view(run).state in ("starting", "interrupted")
    assert spawn(run).wait(60) == 0
    found = view(run)
    assert found.state == "done"
    assert [step.state for step in found.steps] == ["done"] * 3
    assert sorted(map(int, (run / "target.txt").read_text().split())) == list(range(300))
    assert found.steps[0].done == 300


def test_a_run_is_seen_from_another_process_while_it_works(run: Path, spawn: Spawn) -> None:
    spawn(run, "forever")
    with closing(Watch(run)) as watch:
        until(lambda: watch.look().state == "running")
        first = until(lambda: watch.look().steps[0].done)
        until(lambda: (watch.look().steps[0].done or 0) > first)
        assert watch.look().live


@pytest.mark.parametrize("job", ["loud", "broken"])
def test_the_key_stands_in_no_file_of_the_run(run: Path, spawn: Spawn, job: str) -> None:
    child = spawn(run, job, QDRANT_API_KEY=KEY)
    out, _ = child.communicate(timeout=60)
    assert child.returncode == 4
    raw = [out, *(path.read_bytes() for path in run.rglob("*") if path.is_file())]
    assert len(raw) > 5
    for content in raw:
        assert b"sk-planted" not in content
        assert b"zq9xw" not in content
    if job == "loud":
        assert any("the key is [key]" in event.text for event in view(run).events)
