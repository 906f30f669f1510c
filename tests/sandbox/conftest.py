"""A prepared sandbox of 160 real documents, made once, and copies of it that tests may change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from qdrant_model_migration.qdrant import Qdrant, open_qdrant
from qdrant_model_migration.sandbox import Document, Sandbox, gather

POINTS = 160


@pytest.fixture(scope="session")
def documents() -> Sequence[Document]:
    """This Python's own."""
    return gather()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, documents: Sequence[Document]) -> Sandbox:
    """Not to be changed."""
    sandbox = Sandbox(tmp_path_factory.mktemp("sandbox") / "practice")
    sandbox.prepare(POINTS, documents=documents)
    return sandbox


@pytest.fixture
def sandbox(prepared: Sandbox, tmp_path: Path) -> Sandbox:
    """A copy; its collection still names the models of the original, which are the same."""
    copy = Sandbox(tmp_path / "practice")
    shutil.copytree(prepared.folder, copy.folder)
    return copy


@pytest.fixture
def qdrant(sandbox: Sandbox) -> Iterator[Qdrant]:
    """The copy's Qdrant, open."""
    with open_qdrant(sandbox.address) as opened:
        yield opened
