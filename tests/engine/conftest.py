"""A folder of runs, deeds for fake steps, and the engine as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.engine import process
from qdrant_model_migration.steps import StepContext
from support import fake_run

TESTS = Path(__file__).parents[1]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def run(runs: Path) -> Path:
    """A run folder that nobody has started."""
    return fake_run.make_run(runs)


@pytest.fixture
def deed() -> Iterator[Callable[[str, Callable[[StepContext], None]], fake_run.Fake]]:
    """A step that does what the test says."""
    before = dict(fake_run.DEEDS)

    def make(name: str, does: Callable[[StepContext], None]) -> fake_run.Fake:
        fake_run.DEEDS[name] = does
        return fake_run.Fake(step=name, does=name)

    yield make
    fake_run.DEEDS.clear()
    fake_run.DEEDS.update(before)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What an engine process with fake steps needs; start() launches that one."""
    monkeypatch.setattr(
        process,
        "engine_command",
        lambda folder, extra, given=None: [
            sys.executable,
            "-m",
            "support.engine_process",
            str(folder),
            *(["--extra", extra] if extra else []),
        ],
    )
    path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    return {"PYTHONPATH": path, "FAKE_JOB": "fill"}


@pytest.fixture
def spawn(environment: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """An engine process that the test holds by its hand; none outlives the test."""
    begun: list[subprocess.Popen[bytes]] = []

    def begin(folder: Path, job: str = "fill", **env: str) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            process.engine_command(folder, None),
            env={**os.environ, **environment, "FAKE_JOB": job, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        begun.append(child)
        return child

    yield begin
    for child in begun:
        child.kill()
        child.communicate()
