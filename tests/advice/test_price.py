"""The price of every way: from its plan, or reckoned without one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from qdrant_model_migration.advice import answer_all, make_plan, price, price_note
from qdrant_model_migration.advice.estimate import estimate, reckoned
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.strategies import by_name, strategies
from qdrant_model_migration.survey.facts import VectorFact
from support.surveys import (
    ANSWERS,
    NOMIC,
    any_answers,
    any_survey,
    as_answer,
    docs,
    fact,
)

SPEED = Speed(58.0, "tried")
BESIDE = VectorFact(name="title", kind="dense", size=384, distance="Cosine")
BLUE_GREEN = by_name("blue_green")


@pytest.mark.parametrize(
    "vectors", [docs().dense, (*docs().dense, BESIDE)], ids=["one", "one kept"]
)
def test_without_a_plan_it_is_reckoned_as_with_one(vectors: tuple[VectorFact, ...]) -> None:
    raw = [v.model_copy(update={"raw": {"size": v.size, "on_disk": True}}) for v in vectors]
    survey = docs(vectors=fact(tuple(raw)))
    answers = {**ANSWERS, "replace": ""}
    plan = make_plan(survey, answers, BLUE_GREEN, speed=SPEED)
    planned, without = estimate(survey, plan, SPEED), reckoned(survey, answers, BLUE_GREEN, SPEED)
    assert without.seconds == planned.seconds
    assert without.disk_bytes == planned.disk_bytes
    assert without.memory_bytes == planned.memory_bytes
    assert without.usd == planned.usd


def test_it_comes_from_the_plan_where_that_can_be_made() -> None:
    cost = price(docs(), ANSWERS, BLUE_GREEN, speed=SPEED)
    assert cost.planned
    assert cost.cost == make_plan(docs(), ANSWERS, BLUE_GREEN, speed=SPEED).estimate
    assert cost.written == 120_482
    assert [one.id for one in cost.risks] == ["W12"]


@pytest.mark.parametrize("accuracy", ["approximate", "queries"])
def test_a_map_takes_the_time_of_its_sample_and_says_where_it_is_not_known(accuracy: str) -> None:
    answers = {**ANSWERS, "accuracy": accuracy, "bridge": {"kind": "stay"}}
    way = {"approximate": "linear_map", "queries": "map_queries"}[accuracy]
    known = make_plan(docs(), answers, by_name(way), speed=SPEED).estimate.seconds
    assert known.likely is not None
    assert known.likely > 172
    assert known.how.startswith("10,000 sampled texts at 58 a second")
    not_known = make_plan(docs(), answers, by_name(way), speed=None).estimate.seconds
    assert "sample" in not_known.how


def test_another_compression_writes_no_point_and_embeds_nothing() -> None:
    answers = {
        "change": "compression",
        "quantization": {"vector": None, "kind": "scalar", "always_ram": True},
        "search_params": {"rescore": "default", "oversampling": 1.0},
    }
    cost = price(docs(), answers, by_name("requantize"), usd=5.0)
    assert (cost.written, cost.cost.usd) == (0, 0.0)
    assert "W27" in {one.id for one in cost.risks}


def test_shortened_vectors_cost_no_embedding_and_some_quality() -> None:
    vector = docs().dense[0].model_copy(update={"size": 768, "raw": {"size": 768}})
    survey = docs(vectors=fact((vector,)), old_model=fact(NOMIC))
    answers = {**ANSWERS, "change": "shorter", "model": as_answer(NOMIC.cut_to(256))}
    cut = price(survey, answers, by_name("truncate"), speed=Speed(0.001), usd=5.0)
    assert cut.planned
    assert cut.cost.seconds.likely == pytest.approx(120_482 / 7_800, rel=0.05)
    assert cut.cost.usd == 0.0
    assert "W09" in {one.id for one in cut.risks}


@pytest.mark.parametrize(
    ("bytes_a_point", "length"), [(1_200, 512), (12_000, 256)], ids=["vectors", "payload"]
)
def test_what_is_larger_takes_longer_to_write(bytes_a_point: int, length: int) -> None:
    def seconds(bytes_a_point: int, length: int) -> float:
        vector = docs().dense[0].model_copy(update={"size": 768, "raw": {"size": 768}})
        survey = docs(
            vectors=fact((vector,)),
            old_model=fact(NOMIC),
            payload_bytes=fact(120_482 * bytes_a_point),
        )
        answers = {**ANSWERS, "change": "shorter", "model": as_answer(NOMIC.cut_to(length))}
        return price(survey, answers, by_name("truncate")).cost.seconds.likely or 0.0

    assert seconds(bytes_a_point, length) > 1.2 * seconds(1_200, 256)


def test_a_typed_price_is_for_the_tokens_of_all_texts() -> None:
    cost = price(docs(), ANSWERS, BLUE_GREEN, usd=2.0)
    assert cost.cost.usd == pytest.approx((120_482 - 118) * 181 * 2.0 / 1e6)


@settings(max_examples=60, deadline=None)
@given(survey=any_survey, answers=any_answers)
def test_every_way_has_a_price_whatever_is_known(survey, answers) -> None:  # type: ignore[no-untyped-def]
    for strategy in strategies():
        cost = price(survey, answers, strategy, speed=SPEED)
        for part in (cost.cost.seconds, cost.cost.disk_bytes, cost.cost.memory_bytes):
            assert part.likely is None or part.likely >= 0
        assert cost.written is None or cost.written >= 0


def test_a_model_is_said_to_run_here_only_where_one_runs() -> None:
    two = docs(vectors=fact((*docs().dense, BESIDE)))
    here, meant = "the model runs on this computer", {**ANSWERS, "replace": ""}
    ways = {
        "drop_vector": ({"change": "drop", "drop": "title"}, ""),
        "blue_green": (meant, here),
        "linear_map": ({**meant, "accuracy": "approximate"}, here),
    }
    for name, (answers, said) in ways.items():
        plan = make_plan(two, answer_all(two, answers, []), by_name(name), speed=None)
        assert price_note(plan) == said
