"""Where things may be named: each kind of later change stays one file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import qdrant_model_migration as house

ROOT = Path(house.__file__).parent


def named(path: Path) -> Iterator[tuple[int, str]]:
    """Every name that a file uses, imports or asks for."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.ImportFrom | ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)


def where(names: set[str], *, outside: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in ROOT.rglob("*.py")
        if not path.is_relative_to(ROOT / outside)
        for line, name in named(path)
        if name in names
    ]


def test_only_the_origins_tell_the_ways_apart_in_which_a_vector_is_made() -> None:
    classes = {kind.__name__ for kind in _origins()}
    assert {"Keep", "Embed", "Cut"} <= classes
    assert where(classes, outside="pipeline/origins") == []


def test_no_way_of_making_a_vector_is_told_by_its_word() -> None:
    words = {kind.model_fields["how"].default for kind in _origins()}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in ROOT.rglob("*.py")
        if not path.is_relative_to(ROOT / "pipeline/origins")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Attribute)
        and node.left.attr == "how"
        and any(isinstance(c, ast.Constant) and c.value in words for c in node.comparators)
    ]
    assert found == []


def test_no_room_tells_kinds_of_embedders_apart_by_their_names() -> None:
    """Neither by comparing a model's kind, nor by making a model of one, nor by an open one."""
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in ROOT.rglob("*.py")
        if not path.is_relative_to(ROOT / "embedders/kinds")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Constant) and node.value == "fastembed")
        or (isinstance(node, ast.Compare) and ".kind" in ast.unparse(node) and _of_a_kind(node))
        or (isinstance(node, ast.keyword) and node.arg == "kind" and _of_a_kind(node.value))
    ]
    assert found == []
    assert where({"FastEmbedder", "PracticeEmbedder"}, outside="embedders/kinds") == []


def _of_a_kind(node: ast.AST) -> bool:
    from qdrant_model_migration.embedders import kinds

    return any(isinstance(one, ast.Constant) and one.value in kinds() for one in ast.walk(node))


def _origins() -> list[type]:
    from qdrant_model_migration.pipeline.origins import Origin

    return Origin.__subclasses__()


def test_no_name_of_a_strategy_stands_outside_its_room_and_the_map() -> None:
    """Another room may have a file of the same name, as the step that a strategy is called by."""
    from qdrant_model_migration.strategies import strategies

    names = {strategy.name for strategy in strategies()}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value}"
        for path in ROOT.rglob("*.py")
        if path != ROOT / "advice" / "tree.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and node.value in names
        and not (path.parent / f"{node.value}.py").exists()
    ]
    assert found == []


def test_only_routes_and_the_making_of_a_new_collection_know_that_there_may_be_two() -> None:
    """A file that asks the move for its source and its target assumes two collections."""
    allowed = [ROOT / "steps" / name for name in ("routes", "switches/aliases.py", "mark.py")]
    making = ("create_collection.py", "clone_collection.py", "clone_snapshot.py")
    allowed += [ROOT / "steps" / name for name in making]
    found = []
    for room in ("steps", "engine", "quality", "plain", "tui", "pages", "commands"):
        for path in (ROOT / room).rglob("*.py"):
            asked = {
                node.attr
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name | ast.Attribute)
                and "move" in (getattr(node.value, "id", ""), getattr(node.value, "attr", ""))
            }
            if {"source", "target"} <= asked and not any(path.is_relative_to(a) for a in allowed):
                found.append(str(path.relative_to(ROOT)))
    assert found == []
