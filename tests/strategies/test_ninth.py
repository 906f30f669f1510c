"""One more strategy is one more file: it is asked, warned of, drawn and planned like the others."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import qdrant_model_migration as house
from qdrant_model_migration.advice import (
    BY_KEY,
    advise,
    answer_all,
    declared,
    make_plan,
    map_lines,
    warnings_for,
)
from qdrant_model_migration.plan import load_plan, save_plan
from qdrant_model_migration.strategies import Strategy, strategies
from support.ninth import ninth_strategy
from support.surveys import docs

ALONE = docs(raw={"params": {"sharding_method": "custom"}})
"""What the others cannot copy yet, so that whatever is asked is asked for the new one."""

SHORTER = {"change": "shorter"}


@pytest.fixture
def fold(tmp_path: Path) -> Iterator[Strategy]:
    with ninth_strategy(tmp_path) as strategy:
        yield strategy


@pytest.mark.usefixtures("fold")
def test_it_is_asked_the_questions_of_its_facets_and_no_others():
    states = {s.question.key: s.state for s in advise(ALONE, SHORTER).standings}
    skipped = {key for key, state in states.items() if state == "skip"}
    assert set(states) - skipped == {
        "change", "name", "target", "writes", "vector_name", "proof", "pace",
    }  # fmt: skip
    assert "later" not in states.values()  # it can be run, so what it is asked counts


def test_it_is_recommended_warned_of_and_planned(fold, tmp_path):
    complete = answer_all(ALONE, SHORTER, [])
    advice = advise(ALONE, complete)
    assert advice.next is None
    assert advice.recommended is fold
    plan = make_plan(ALONE, complete, fold, speed=None)
    assert (plan.strategy, plan.title) == ("fold", "Fold")
    assert plan.move.vectors[0].params["size"] == 192
    assert plan.estimate.memory_bytes.likely
    save_plan(plan, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == plan
    shown = {w.id for w in warnings_for(ALONE, complete, fold, plan)}
    assert shown == {"W01", "W09", "W20", "W21", "W32", "W33"}


def test_a_name_for_the_new_vector_is_warned_of(fold):
    shown = {w.id for w in warnings_for(ALONE, {**SHORTER, "vector_name": "half"}, fold)}
    assert "W04" in shown


def test_it_stands_on_the_map_under_other_ways(fold):
    lines = map_lines(ALONE, advise(ALONE, SHORTER))
    other, leaf = lines[-2:]
    assert (other.label, other.depth, other.walked) == ("other ways", 1, True)
    assert (leaf.label, leaf.title, leaf.sign, leaf.here) == (fold.subtitle, "Fold", "✓", True)
    away = map_lines(docs(), advise(docs(), {"change": "model"}))
    assert not any(line.walked for line in away[-2:])
    assert away[-1].sign == "✗"


def test_without_it_the_map_has_no_other_ways():
    lines = map_lines(ALONE, advise(ALONE, SHORTER))
    assert "other ways" not in [line.label for line in lines]


def test_every_question_and_warning_that_is_named_exists():
    own = {one.id for one in declared() if one.own}
    named = {id_ for strategy in strategies() for id_ in strategy.warns}
    assert own <= named <= {one.id for one in declared()}
    assert {key for strategy in strategies() for key in strategy.asks} <= BY_KEY.keys()
    for question in BY_KEY.values():
        assert any(question.matters_to(strategy) for strategy in strategies()), question.key


def test_no_name_of_a_strategy_stands_outside_its_room_and_the_map():
    """Another room may have a file of the same name, as the step that a strategy is called by."""
    names = {strategy.name for strategy in strategies()}
    root = Path(house.__file__).parent
    found = [
        f"{path.relative_to(root)}:{node.lineno}: {node.value}"
        for path in root.rglob("*.py")
        if path != root / "advice" / "tree.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and node.value in names
        and not (path.parent / f"{node.value}.py").exists()
    ]
    assert found == []
