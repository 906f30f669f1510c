"""The registry: strategies are the files of their folder; one more file is one more strategy."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

import pytest

import qdrant_model_migration.strategies as room
from qdrant_model_migration.advice import advise
from qdrant_model_migration.errors import UsageError
from qdrant_model_migration.strategies.answered.said import way_back, what
from support.surveys import docs

_NEW = """
from qdrant_model_migration.strategies.strategy import Fit, Strategy

class Teleport(Strategy):
    name = "teleport"
    title = "Teleport"
    order = 1

    def fit(self, survey, answers):
        return Fit("first", "fits everything", "survey")

    def because(self, survey, answers):
        return ("it fits everything",)
"""


def test_every_name_is_its_file_and_every_title_its_name():
    files = {path.stem for path in Path(room.__file__).parent.glob("*.py")}
    for strategy in room.strategies():
        assert strategy.name in files
        assert strategy.title.lower().replace("-", " ") == strategy.name.replace("_", " ")
        assert strategy.subtitle
        assert strategy.what.endswith(".")
        assert strategy.never.endswith(".")
        assert not strategy.way_back.endswith(".")


@pytest.mark.parametrize("kind", [None, "changes", "takes over"])
@pytest.mark.parametrize("in_place", ["new", "in place"])
def test_no_way_speaks_of_an_alias_or_a_copy_that_there_is_not(kind, in_place):
    answers = {"name": {"kind": kind} if kind else {"alias": "docs"}, "in_place": in_place}
    for strategy in room.strategies():
        said = f"{what(strategy, answers)} {way_back(strategy, answers)}"
        assert "{" not in said
        if kind:
            assert "alias" not in said or strategy.name in ("map_queries", "requantize"), said
        if in_place == "in place" and "adds" in strategy.facets:
            assert "copied" not in said
            assert "alias" not in said


def test_what_is_deleted_is_said_at_once():
    takes_over = {"name": {"kind": "takes over"}}
    assert "until it is deleted" in what(room.by_name("blue_green"), takes_over)
    assert "until the alias is switched" in what(room.by_name("blue_green"), {})


@pytest.mark.parametrize(
    ("file", "row"), [("README.md", "| **{}** |"), ("docs/strategies.md", "| [{}](#")]
)
def test_every_way_has_its_row_in_the_tables(file, row):
    """So that none comes in, or goes, unseen."""
    lines = iter(_read(file).splitlines())
    next(line for line in lines if line.startswith("| strategy |"))
    rows = list(takewhile(lambda line: line.startswith("|"), lines))[1:]
    for strategy in room.strategies():
        start = row.format(strategy.title)
        assert any(line.startswith(start) for line in rows), f"{start} is missing in {file}"
    assert len(rows) == len(room.strategies()), f"{file} has a row too many"


def _read(file):
    return (Path(__file__).parents[2] / file).read_text(encoding="utf-8")


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(UsageError, match=r"no strategy teleport\. Known are: .*blue_green"):
        room.by_name("teleport")


def test_a_new_strategy_is_one_new_file(tmp_path, monkeypatch):
    (tmp_path / "teleport.py").write_text(_NEW)
    monkeypatch.setattr(room, "__path__", [*room.__path__, str(tmp_path)])
    room.strategies.cache_clear()
    try:
        assert advise(docs(), {}).recommended.title == "Teleport"
    finally:
        monkeypatch.undo()
        room.strategies.cache_clear()
