"""A small practice sandbox, a session over made-up facts, and an environment of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import pytest

from qdrant_model_migration.advice import ModelChoice, WhatIf, imagine
from qdrant_model_migration.embedders import ModelRef, Reach
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import models
from qdrant_model_migration.sandbox import Sandbox
from support.script import SPOKEN

POINTS = 150


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is read from or written to the person's own folders."""
    for name in ("QDRANT_URL", "QDRANT_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("DATA", "STATE", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def all_asked() -> Iterator[None]:
    """A script that was not played to its end is a prompt that never came."""
    SPOKEN.clear()
    yield
    left = [line[0] for talk in SPOKEN for line in talk.script.lines]
    assert not left, f"never asked: {left}"


@pytest.fixture
def sandbox(home: Path, practice_of: Callable[[int], Path]) -> Sandbox:
    """Small, at its usual place."""
    made = Sandbox()
    copytree(practice_of(POINTS), made.folder)
    return made


HERE = ModelRef(
    kind="fastembed", name="test/english-768", dimensions=768, max_tokens=512, languages=("en",)
)
AWAY = ModelRef(
    kind="fastembed",
    name="test/far-away",
    dimensions=1024,
    max_tokens=512,
    languages=("en",),
    size_bytes=10**9,
)
SPARSE = ModelRef(kind="fastembed", name="test/words", dimensions=0, vector="sparse")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Session]:
    """A session that has come to the questions. what_if: the facts it stands on."""
    rows = (
        ModelChoice(HERE, Reach("here")),
        ModelChoice(AWAY, Reach("fetch", AWAY.size_bytes)),
        ModelChoice(SPARSE, Reach("here")),
    )
    monkeypatch.setattr(models, "choices", lambda _: rows)

    def made(**what_if: object) -> Session:
        found = imagine(WhatIf(**what_if))  # type: ignore[arg-type]
        return Session(
            address=found.address, collection=found.collection, survey=found, explore=True
        )

    return made
