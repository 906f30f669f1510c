"""Texts to fit practice models on, and a download folder of its own for every test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from qdrant_model_migration.embedders import fit

_ANIMALS = ("cat", "dog", "horse", "sparrow", "salmon", "beetle", "spider", "whale")
_DOINGS = ("sleeps", "hunts", "swims", "jumps", "climbs", "hides", "drinks", "sings")
_PLACES = ("forest", "river", "garden", "mountain", "kitchen", "harbour", "meadow", "desert")


@pytest.fixture(scope="session")
def texts() -> Sequence[str]:
    """300 short texts that share words in a regular way."""
    return [
        f"the {_ANIMALS[n % 8]} {_DOINGS[n // 8 % 8]} near the {_PLACES[(n // 64 + n) % 8]} "
        f"and the {_ANIMALS[(n * 5 + 3) % 8]} {_DOINGS[(n * 3 + n // 7) % 8]} number{n % 50}"
        for n in range(300)
    ]


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory, texts: Sequence[str]) -> Path:
    """A folder with both practice models, made once. Tests must not change it."""
    models = tmp_path_factory.mktemp("practice")
    for name in ("practice/words-128", "practice/subwords-256"):
        fit(name, texts, models)
    return models


@pytest.fixture(autouse=True)
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of downloaded models, empty, so that no test sees those of this machine."""
    folder = tmp_path / "downloads"
    monkeypatch.setenv("FASTEMBED_CACHE_PATH", str(folder))
    return folder
