"""A run that is going is paused and goes on by commands; `resume` says why it is not for that."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration import cli
from qdrant_model_migration.engine import process, start, steer, view
from support import fake_run
from support.waiting import until

TESTS = Path(__file__).parents[1]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A run whose engine, a process, works until it is stopped."""
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
    monkeypatch.setattr(
        process,
        "engine_command",
        lambda folder, extra, given: [sys.executable, "-m", "support.engine_process", str(folder)],
    )
    path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    folder = fake_run.make_run(tmp_path / "runs")
    start(folder, {"PYTHONPATH": path, "FAKE_JOB": "forever"})
    until(lambda: view(folder).state == "running")
    yield folder
    if view(folder).live:
        steer(folder, "stop")
        until(lambda: not view(folder).live)


def qmm(*arguments: str) -> int:
    return cli.run(list(arguments))


def test_a_run_is_paused_and_goes_on(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert qmm("pause", run.name) == 0
    assert f"Next: qmm continue {run.name}" in capsys.readouterr().out
    until(lambda: view(run).state == "paused")
    assert qmm("pause", run.name) == 0
    assert "paused already" in capsys.readouterr().out
    assert qmm("resume", run.name) == 2
    said = capsys.readouterr().err
    assert f"{run.name} is paused, not stopped." in said
    assert f"qmm continue {run.name} goes on with it." in said
    assert qmm("continue", run.name) == 0
    assert f"{run.name} goes on." in capsys.readouterr().out
    until(lambda: view(run).state == "running")
    assert qmm("continue", run.name) == 0
    assert f"{run.name} was not paused." in capsys.readouterr().out


def test_resume_says_that_a_run_is_just_being_stopped(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = view(run)._replace(state="stopping")

    class Look(process.Watch):
        def look(self) -> object:  # type: ignore[override]
            return seen

    monkeypatch.setattr(process, "Watch", Look)
    assert qmm("resume", run.name) == 2
    said = capsys.readouterr().err
    assert f"{run.name} is being stopped." in said
    assert f"qmm status {run.name}" in said


def test_a_window_that_is_left_says_that_the_run_goes_on_only_while_it_does(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from qdrant_model_migration.commands import follow

    def ctrl_c(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(follow.time, "sleep", ctrl_c)
    assert qmm("attach", run.name) == 0
    assert (
        f"The run goes on. It is shown again by: qmm attach {run.name}" in capsys.readouterr().out
    )

    def ctrl_c_at_the_end(seconds: float) -> None:
        steer(run, "stop")
        monkeypatch.undo()
        monkeypatch.setenv("QMM_RUN_DIR", str(run.parent))
        until(lambda: not view(run).live)
        raise KeyboardInterrupt

    monkeypatch.setattr(follow.time, "sleep", ctrl_c_at_the_end)
    assert qmm("attach", run.name) == 130
    said = capsys.readouterr()
    assert "goes on" not in said.out + said.err
    assert "Stopped." in said.out


def test_a_run_that_is_not_going_cannot_be_paused(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steer(run, "stop")
    until(lambda: not view(run).live)
    for verb in ("pause", "continue"):
        assert qmm(verb, run.name) == 2
        said = capsys.readouterr().err
        assert f"nothing to {verb}" in said
        assert f"qmm resume {run.name} goes on with it." in said
