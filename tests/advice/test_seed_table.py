"""What the source text says is all there: each sentence has its row in docs/strategies.md, and each
row names a home and a test that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from qdrant_model_migration.advice import BY_KEY, declared

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/qdrant_model_migration"
SECTION = "## What the source says"
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


class Row(NamedTuple):
    heading: str
    sentence: str
    home: str
    tests: str


def sentences() -> list[tuple[str, str]]:
    """Each sentence of the source text, and what it stands under."""
    heading, found = "", []
    for line in (Path(__file__).parent / "source_text.md").read_text("utf-8").splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line and heading:
            found.append((heading, line))
    return found


def rows() -> list[Row]:
    text = (ROOT / "docs/strategies.md").read_text("utf-8")
    heading, found = "", []
    for line in text[text.index(f"\n{SECTION}\n") :].splitlines():
        if line.startswith("### "):
            heading = line.removeprefix("### ")
        elif line.startswith("| ") and not line.startswith("| it says"):
            found.append(Row(heading, *(cell.strip() for cell in line.strip("|").split("|"))))
    return found


ROWS = rows()


def test_each_sentence_is_a_row_in_its_order() -> None:
    assert len(sentences()) == 54
    assert [(row.heading, row.sentence) for row in ROWS] == sentences()


def test_it_is_the_last_section() -> None:
    text = (ROOT / "docs/strategies.md").read_text("utf-8")
    assert re.findall(r"^## .*", text, re.MULTILINE)[-1] == SECTION


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.sentence[:40])
def test_where_it_lives_exists(row: Row) -> None:
    files = re.findall(r"`([\w/]+\.py)`", row.home)
    warnings = re.findall(r"W\d\d", row.home)
    questions = re.findall(r"question `(\w+)`", row.home)
    assert files or warnings or questions
    assert [file for file in files if not (SOURCE / file).is_file()] == []
    assert set(warnings) <= {one.id for one in declared()}
    assert set(questions) <= BY_KEY.keys()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.sentence[:40])
def test_what_shows_it_exists(row: Row) -> None:
    named = TEST.findall(row.tests)
    assert named
    assert TEST.sub("", row.tests).strip(", ") == ""
    for file, test in named:
        assert test in names_in(file), f"{file} has no {test}"


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[:5] == "test_"
    )
