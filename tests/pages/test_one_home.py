"""What a stage says is written in its own file; no face has words of it, or a screen beside it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from qdrant_model_migration.pages.stages import stages
from qdrant_model_migration.tui.screens import SCREENS

SOURCE = Path(__file__).parents[2] / "src/qdrant_model_migration"
DRAWN = {"run"}
"""What a screen draws by itself, from the words of its page."""
FACES = [path for face in ("tui", "plain", "commands") for path in (SOURCE / face).rglob("*.py")]


def sentences(path: Path) -> set[str]:
    """Its texts of four words and more, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return {
        node.value.strip()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docs
        and len(node.value.split()) >= 4
    }


@pytest.mark.parametrize("name", stages())
def test_no_face_has_a_file_or_a_sentence_of_a_stage(name: str) -> None:
    if name not in DRAWN:
        assert name not in SCREENS
        assert not (SOURCE / f"tui/screens/{name}.py").exists()
    own = sentences(SOURCE / f"pages/stages/{name}.py")
    assert own
    for face in FACES:
        assert not own & sentences(face), face
