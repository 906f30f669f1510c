"""The kinds are known by their files, and by nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from pydantic import ValidationError

import qdrant_model_migration as house
from qdrant_model_migration.embedders import ModelRef, kinds, model_by_name
from qdrant_model_migration.embedders.errors import ModelUnknown

MAKES_THEM = "sandbox"
"""This room makes practice models and says so."""


def test_the_kinds_are_the_files_of_their_folder() -> None:
    folder = Path(house.__file__).parent / "embedders" / "kinds"
    files = {path.stem for path in folder.iterdir()} - {"__init__", "__pycache__"}
    assert set(kinds()) == files == {"fastembed", "practice"}


def test_a_kind_that_is_not_known_is_said_with_those_that_are() -> None:
    with pytest.raises(ValidationError, match="fastembed or practice"):
        ModelRef(kind="carrier pigeon", name="a/b", dimensions=8)


def test_a_kind_before_the_name_means_a_model_of_that_kind_alone() -> None:
    name = "BAAI/bge-small-en-v1.5"
    assert model_by_name(f"fastembed:{name}") == model_by_name(name)
    with pytest.raises(ModelUnknown, match=f"called practice:{name}"):
        model_by_name(f"practice:{name}")


def test_no_room_tells_kinds_apart_by_their_names() -> None:
    """Neither by comparing a model's kind, nor by making a model of one."""
    root = Path(house.__file__).parent
    found = [
        f"{path.relative_to(root)}:{node.lineno}"
        for path in root.rglob("*.py")
        if path.relative_to(root).parts[0] not in ("embedders", MAKES_THEM)
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Constant) and node.value == "fastembed")
        or (isinstance(node, ast.Compare) and "kind" in _attributes(node) and _names(node))
        or (isinstance(node, ast.keyword) and node.arg == "kind" and _names(node.value))
    ]
    assert found == []


def test_in_their_room_only_their_own_files_name_them() -> None:
    root = Path(house.__file__).parent / "embedders"
    for path in root.glob("*.py"):
        constants = {n.value for n in ast.walk(ast.parse(path.read_text()))
                     if isinstance(n, ast.Constant)}  # fmt: skip
        assert not constants & kinds().keys(), path.name


def _attributes(node: ast.AST) -> set[str]:
    return {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}


def _names(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Constant) and one.value in kinds() for one in ast.walk(node))
