"""The kinds are known by their files, and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

import qdrant_model_migration as house
from qdrant_model_migration.embedders import ModelRef, kinds, model_by_name
from qdrant_model_migration.embedders.errors import ModelUnknown


def test_the_kinds_are_the_files_of_their_folder() -> None:
    folder = Path(house.__file__).parent / "embedders" / "kinds"
    files = {path.stem for path in folder.iterdir()} - {"__init__", "__pycache__"}
    assert set(kinds()) == files == {"fastembed", "practice", "practice_late", "server"}


def test_a_kind_that_is_not_known_is_said_with_those_that_are() -> None:
    with pytest.raises(ValidationError, match="fastembed, practice, practice_late or server"):
        ModelRef(kind="carrier pigeon", name="a/b", dimensions=8)


def test_a_kind_before_the_name_means_a_model_of_that_kind_alone() -> None:
    name = "BAAI/bge-small-en-v1.5"
    assert model_by_name(f"fastembed:{name}") == model_by_name(name)
    with pytest.raises(ModelUnknown, match=f"called practice:{name}"):
        model_by_name(f"practice:{name}")
