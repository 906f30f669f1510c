"""Multivectors: when it fits, and what its plan makes of the answers."""

from __future__ import annotations

import pytest

from qdrant_model_migration.advice.estimate import estimate
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.advice.model_rows import describe, model_rows
from qdrant_model_migration.advice.questions import BY_KEY
from qdrant_model_migration.embedders import ModelChoice, Reach
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.strategies import by_name, strategies
from support.surveys import ANSWERS, COLBERT, as_answer, docs, fact, server

MULTIVECTORS = by_name("multivectors")
LATE = {
    **ANSWERS,
    "change": "second",
    "model": as_answer(COLBERT),
    "vector_names": {"new": "late", "old": "dense"},
    "many_for": "rerank",
    "in_place": "new",
}


@pytest.mark.parametrize(
    ("given", "word", "reason"),
    [
        (LATE, "first", "the present vector finds, the new ones put in order"),
        ({**LATE, "change": "model", "both": "always"}, "first",
         "the present vector finds, the new ones put in order"),
        ({**LATE, "change": "model", "both": "no"}, "possible",
         "beside the present vector, to put results in order"),
        ({**ANSWERS, "change": "second"}, "ruled out", "the model makes one vector for a text"),
        ({"change": "second"}, "open", "decided by the model"),
        ({**LATE, "many_for": "apart"}, "first",
         "a collection of their own puts in order what is found"),
        ({**LATE, "many_for": "apart", "change": "model", "both": "no"}, "first",
         "a collection of their own puts in order what is found"),
        ({**LATE, "text": {"fields": []}}, "ruled out", "the texts are gone"),
        ({**LATE, "change": "keywords"}, "ruled out", "only keyword search is added"),
    ],
)  # fmt: skip
def test_it_fits_where_the_model_makes_many_vectors(given, word, reason):
    found = MULTIVECTORS.fit(docs(), given)
    assert (found.word, found.reason) == (word, reason)


def test_where_they_replace_the_dense_vector_they_get_a_collection_of_their_own():
    given = {**LATE, "change": "model", "both": "no"}
    assert by_name("blue_green").fit(docs(), given).word == "first"
    assert by_name("side_by_side").fit(docs(), LATE).word == "ruled out"
    for calculated in ("linear_map", "map_queries"):
        found = by_name(calculated).fit(docs(), given | {"accuracy": "approximate"})
        assert (found.word, found.decided_by) == ("ruled out", "model")


def test_for_ordering_they_lie_on_disk_without_an_index_and_are_asked_second():
    plan = make_plan(docs(), LATE, MULTIVECTORS, speed=None)
    assert plan.move is not None
    assert plan.after is not None
    kept, new = plan.move.vectors
    assert (kept.name, new.name, new.kind) == ("dense", "late", "multivector")
    assert new.params["on_disk"] is True
    assert new.params["hnsw_config"] == {"m": 0}
    assert [leg.using for leg in plan.after.legs] == ["dense", "late"]
    assert plan.after.rerank == 100
    probes = [step for step in plan.steps if step.name() == "probe_search"]
    assert [(p.collection, p.vector, p.moment) for p in probes] == [
        (plan.move.source, "", "before"),
        (plan.move.target, "dense", "after"),
    ]


def test_in_a_collection_of_their_own_they_stand_beside_the_present_one():
    plan = make_plan(docs(), {**LATE, "many_for": "apart"}, MULTIVECTORS, speed=None)
    assert plan.move is not None
    assert plan.before is not None
    assert plan.after is not None
    source, target = plan.move.source, plan.move.target
    (new,) = plan.move.vectors
    assert (new.name, new.kind, plan.move.payload) == ("late", "multivector", False)
    assert new.params["on_disk"] is True
    assert new.params["hnsw_config"] == {"m": 0}
    assert plan.after.collections == (source, target)
    assert [(leg.using, leg.second) for leg in plan.after.legs] == [("", None), ("late", target)]
    assert plan.after.legs[0] == plan.before.legs[0], "what finds today finds then"
    assert plan.after.rerank == 100
    assert source in plan.never_touched
    assert plan.alias is None, "none is made, and none is switched"
    probes = [step for step in plan.steps if step.name() == "probe_search"]
    assert [(p.collection, p.vector) for p in probes] == [(source, "")] * 2
    written = {step.text(plan.move).writes_to for step in plan.steps}
    assert written == {"nothing", "new collection"}
    told = " ".join(line for step in plan.steps for line in step.text(plan.move).details)
    assert "without payload" in told
    assert "From then on it writes both" in told


def test_a_collection_of_their_own_rules_out_what_takes_the_place_of_the_present_one():
    given = {**LATE, "many_for": "apart", "change": "model", "both": "no", "keywords": "yes"}
    for strategy in {one.name for one in strategies()} - {"multivectors"}:
        assert by_name(strategy).fit(docs(), given).word == "ruled out", strategy


@pytest.mark.parametrize(
    ("given", "suggested"),
    [
        ({"change": "second"}, "apart"),
        ({"change": "model", "both": "test"}, "apart"),
        ({"change": "model", "both": "no"}, "rerank"),
    ],
)
def test_a_collection_of_their_own_is_suggested_where_the_present_vector_is_to_stay(
    given, suggested
):
    answers = {**LATE, **given}
    assert BY_KEY["many_for"].suggest(docs(), answers).value == suggested
    settled = {**answers, "many_for": "apart"}
    asked = {key for key in ("name", "target", "writes", "in_place")
             if BY_KEY[key].applies(docs(), settled)}  # fmt: skip
    assert asked == {"target"}, "no alias is switched, and nothing is added in place"


def test_their_room_is_that_of_the_vectors_alone():
    survey = docs(points=fact(1_000), payload_bytes=fact(5_000_000_000))
    plan = make_plan(survey, {**LATE, "many_for": "apart"}, MULTIVECTORS, speed=None)
    told = estimate(survey, plan, Speed(10.0, "", 250.0)).disk_bytes
    assert told.low == 1_000 * 250 * 128 * 4
    assert "without payload" in told.how


def test_to_be_searched_they_are_indexed_and_asked_alone():
    plan = make_plan(docs(), {**LATE, "many_for": "search"}, MULTIVECTORS, speed=None)
    assert plan.move is not None
    assert plan.after is not None
    params = plan.move.vectors[1].params
    assert "on_disk" not in params
    assert "hnsw_config" not in params
    assert [leg.using for leg in plan.after.legs] == ["late"]
    assert plan.after.rerank is None


def test_an_old_server_gets_a_new_collection():
    old = docs(capabilities=server(1, 17, 1))
    plan = make_plan(old, {**LATE, "in_place": "in place"}, MULTIVECTORS, speed=None)
    assert plan.move is not None
    assert not plan.move.in_place


def test_their_room_goes_by_the_tokens_that_the_model_counts():
    survey = docs(points=fact(1_000))
    plan = make_plan(survey, LATE, MULTIVECTORS, speed=None)
    told = estimate(survey, plan, Speed(10.0, "", 250.0)).disk_bytes
    dense = 1_000 * 384 * 4
    assert told.likely is not None
    assert told.low is not None
    assert told.low >= 1_000 * 250 * 128 * 4 + dense
    assert "1,000 x 250 tokens (as the model counts them, on a sample) x 128 x 4 bytes" in told.how


def test_the_list_of_models_says_the_room_for_this_collection():
    survey = docs(points=fact(1_000))
    (row,) = model_rows(survey, {"change": "model"}, [ModelChoice(COLBERT, Reach("here"))])
    said = dict(describe(survey, {}, row, Speed(10.0, "", 250.0)))["Size"]
    assert "1,000 x 250 tokens (as the model counts them, on a sample) x 128 x 4 bytes" in said
    assert "128 MB" in said
    assert "now 1.5 MB" in said
