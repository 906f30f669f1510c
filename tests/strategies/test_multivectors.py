"""Multivectors: when it fits, and what its plan makes of the answers."""

from __future__ import annotations

import pytest

from qdrant_model_migration.advice.estimate import estimate
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.advice.model_rows import describe, model_rows
from qdrant_model_migration.embedders import ModelChoice, Reach
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.strategies import by_name
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
