"""Cloned by the server: where it is offered, and what the plan of each way makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from qdrant_model_migration.advice import ModelChoice, advise, answer_all
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.embedders import Reach
from qdrant_model_migration.plan import Plan
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey.facts import Survey, VectorFact
from support.surveys import ANSWERS, BGE_BASE, COLBERT, as_answer, docs, fact, server

GB = 1_000_000_000
NAMED = (VectorFact(name="text", kind="dense", size=384, distance="Cosine"),)
SECOND = {
    "change": "second",
    "model": as_answer(BGE_BASE),
    "vector_names": {"new": "bge", "old": ""},
}


def large(**changes: Any) -> Survey:
    return docs(**{"alone": fact(True), "payload_bytes": fact(9 * GB), **changes})


def plan(survey: Survey, strategy: str, **given: Any) -> Plan:
    models = [ModelChoice(model, Reach("here")) for model in (BGE_BASE, COLBERT)]
    answers = answer_all(survey, {"copied_by": "server", **given}, models)
    return make_plan(survey, answers, by_name(strategy), speed=None)


def because(survey: Survey, plan: Plan) -> tuple[str, ...]:
    return by_name(plan.strategy).because(survey, plan.answers)


def steps(plan: Plan) -> list[str]:
    return [step.name() for step in plan.steps]


@pytest.mark.parametrize(
    ("survey", "state"),
    [
        (large(), "next"),
        (large(payload_bytes=fact(GB // 2)), "found"),
        (large(alone=fact(False)), "skip"),
        (docs(payload_bytes=fact(9 * GB)), "skip"),
        (large(capabilities=server(1, 18, 0)), "skip"),
        (large(raw={"params": {"sharding_method": "custom"}}), "skip"),
    ],
)
def test_it_is_asked_for_where_much_travels_and_one_computer_has_all(
    survey: Survey, state: str
) -> None:
    given = {k: v for k, v in ANSWERS.items() if k != "proof"}
    standings = advise(survey, given).standings
    found = next(one for one in standings if one.question.key == "copied_by")
    assert found.state == ("here" if state == "next" else state)


def test_without_an_answer_nothing_is_cloned() -> None:
    asked = next(one.question for one in advise(large(), ANSWERS).standings if one.state == "here")
    assert asked.key == "copied_by"
    assert asked.suggest(large(), ANSWERS).value == "program"
    told = asked.text(large(), ANSWERS)
    assert "9.0 GB" in told.why, "what would travel; the vector that is replaced would not"
    assert "room" in told.help
    cloned = asked.options(large(), ANSWERS)[1]
    assert "18.4 GB" in cloned.note
    assert "the old vector stays" in cloned.note


def test_both_vectors_stand_beside_each_other_in_a_clone() -> None:
    made = plan(large(), "side_by_side", **SECOND)
    assert made.move is not None
    assert made.move.cloned
    assert [v.name for v in made.move.vectors] == ["", "bge"]
    assert "clone_collection" in steps(made)
    assert "create_collection" not in steps(made)
    assert any("itself" in reason for reason in because(large(), made))


def test_a_vector_that_gets_a_name_is_copied_point_by_point() -> None:
    named = {**SECOND, "vector_names": {"new": "bge", "old": "minilm"}}
    made = plan(large(), "side_by_side", **named)
    assert made.move is not None
    assert not made.move.cloned
    assert "create_collection" in steps(made)
    question = next(
        one.question for one in advise(large(), SECOND).standings
        if one.question.key == "vector_names"
    )  # fmt: skip
    assert "clone" in question.text(large(), {"change": "second"}).help


def test_keyword_vectors_are_added_to_a_clone() -> None:
    made = plan(large(), "dense_to_hybrid", change="keywords")
    assert made.move is not None
    assert made.move.cloned
    assert [v.name for v in made.move.new_vectors] == ["bm25"]
    both = plan(large(), "dense_to_hybrid", change="model", keywords="yes")
    assert both.move is not None
    assert both.move.cloned
    assert [v.name for v in both.move.vectors] == ["", "bge_base_en_v1_5", "bm25"]
    assert both.after is not None
    assert [leg.using for leg in both.after.legs] == ["bge_base_en_v1_5", "bm25"]


@pytest.mark.parametrize("vectors", [docs().vectors.value, NAMED])
def test_where_one_model_replaces_another_the_old_vector_stays_beside_it(vectors: Any) -> None:
    survey = large(vectors=fact(vectors))
    made = plan(survey, "blue_green", change="model", both="no", keywords="no")
    assert made.move is not None
    assert made.move.cloned
    (old,) = vectors
    assert made.move.kept == {old.name: old.name}
    assert [v.name for v in made.move.new_vectors] == ["bge_base_en_v1_5"]
    assert made.after is not None
    assert [leg.using for leg in made.after.legs] == ["bge_base_en_v1_5"]
    assert any("the old vector stays" in reason for reason in because(survey, made))
    (clone,) = (step for step in made.steps if step.name() == "clone_collection")
    assert "Drop vector" in clone.text(made.move).details[-1]


def test_a_way_that_does_not_ask_for_it_does_not_clone() -> None:
    made = plan(large(), "multivectors", **{**SECOND, "model": as_answer(COLBERT)})
    assert made.move is not None
    assert not made.move.cloned


def test_the_snapshot_counts_in_the_room_that_is_promised() -> None:
    cloned = plan(large(), "side_by_side", **SECOND).estimate.disk_bytes
    copied = plan(large(), "side_by_side", **{**SECOND, "copied_by": "program"})
    assert cloned.high == copied.estimate.disk_bytes.high + large().bytes
    assert "snapshot" in cloned.how


def test_many_vectors_for_a_text_stay_in_a_collection_of_their_own() -> None:
    many = as_answer(COLBERT)
    made = plan(large(), "blue_green", change="model", model=many, both="no", keywords="no")
    assert made.move is not None
    assert not made.move.cloned
    assert not made.move.kept
