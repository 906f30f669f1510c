"""One more strategy is one more file: it is asked, warned of, drawn and planned like the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.advice import (
    BY_KEY,
    advise,
    answer_all,
    declared,
    make_plan,
    map_lines,
    warnings_for,
)
from qdrant_model_migration.plan import Plan, load_plan, save_plan
from qdrant_model_migration.strategies import by_name, strategies
from support.dropped_strategies import FILES, dropped
from support.surveys import ANSWERS, docs

SURVEY = docs()
CHANGES = {"beside": "model", "words_too": "keywords", "here": "model", "from_rows": "model"}


@pytest.fixture(autouse=True)
def _dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ROWS", str(tmp_path / "rows.jsonl"))
    with dropped(tmp_path / "dropped"):
        yield


def given(name: str) -> dict[str, Any]:
    return answer_all(SURVEY, {**ANSWERS, "change": CHANGES[name]}, [])


def planned(name: str) -> Plan:
    return make_plan(SURVEY, given(name), by_name(name), speed=None)


@pytest.mark.parametrize("name", FILES)
def test_it_is_planned_with_what_it_costs_and_its_plan_is_a_file(name: str, tmp_path: Path) -> None:
    plan = planned(name)
    assert (plan.strategy, plan.title) == (name, by_name(name).title)
    memory = plan.estimate.memory_bytes
    assert (memory.likely is None) == memory.how.startswith("not known")
    assert all(step.text(plan.move).title for step in plan.steps)
    save_plan(plan, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == plan


@pytest.mark.parametrize("name", FILES)
def test_it_stands_on_the_map_under_other_ways(name: str) -> None:
    lines = map_lines(SURVEY, advise(SURVEY, {"change": CHANGES[name]}))
    (leaf,) = [line for line in lines if line.title == by_name(name).title]
    assert (leaf.label, leaf.sign) == (by_name(name).subtitle, "✓")


def test_it_is_asked_and_warned_of_by_its_facets() -> None:
    states = {s.question.key for s in advise(SURVEY, given("beside")).standings}
    assert {"text", "model", "target", "proof"} <= states
    plans = {name: planned(name) for name in FILES}
    shown = {
        name: {w.id for w in warnings_for(SURVEY, given(name), by_name(name), plan)}
        for name, plan in plans.items()
    }
    builds = {"W32", "W33"}  # a new collection, and its alias
    assert builds <= shown["beside"]
    assert builds <= shown["from_rows"]
    assert not builds & shown["here"]


def test_words_of_a_plan_in_place_speak_of_no_second_collection() -> None:
    plan = planned("here")
    assert plan.move is not None
    said = " ".join(" ".join((text.title, text.writes_to, *text.details)) for text in (
        step.text(plan.move) for step in plan.steps
    ))  # fmt: skip
    assert "new collection" not in said
    assert "both collections" not in said
    assert plan.move.label == "docs_minilm: new"


def test_every_question_and_warning_that_is_named_exists() -> None:
    own = {one.id for one in declared() if one.own}
    named = {id_ for strategy in strategies() for id_ in strategy.warns}
    assert own <= named <= {one.id for one in declared()}
    assert {key for strategy in strategies() for key in strategy.asks} <= BY_KEY.keys()
    for question in BY_KEY.values():
        assert any(question.matters_to(strategy) for strategy in strategies()), question.key
