"""Fixtures that every room's tests may ask for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

from support.fake_qdrant import FakeQdrant

# How long an example takes says nothing here: other tests run beside it. The same code is tried on
# the same examples, so that a change is judged by itself; `--hypothesis-profile=search` looks for
# new ones.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
settings.load_profile("repeatable")

MEMORY, ROOM = Path("/dev/shm"), 4 * 1024**3  # bytes


def pytest_configure() -> None:
    """What tests write lies in memory where there is room: journals wait for each write else."""
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.fixture
def fake_qdrant() -> Iterator[FakeQdrant]:
    """A fresh fake server of version 1.18.3 without keys; make others with `FakeQdrant(...)`."""
    with FakeQdrant() as fake:
        yield fake


@pytest.fixture(scope="session")
def practice_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """The folder of the practice Qdrant as it is made with so many points. Only to be copied."""
    from qdrant_model_migration.sandbox import Sandbox

    @cache
    def folder(points: int) -> Path:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("practice")))
            made = Sandbox()
            made.prepare(points)
            return made.folder

    return folder


@pytest.fixture
def forked_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines are processes of their own, begun without importing everything again."""
    from support.forked import ensure_running, launch

    ensure_running()  # before an app has taken the streams that it passes on
    monkeypatch.setattr("qdrant_model_migration.engine.process._launch", launch)


@pytest.fixture(scope="session", autouse=True)
def no_state_of_this_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is remembered from run to run, and practice, stand in folders of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_STATE_HOME", "XDG_DATA_HOME"):
            patch.setenv(name, str(tmp_path_factory.mktemp(name.lower())))
        yield
