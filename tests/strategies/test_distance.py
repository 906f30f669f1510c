"""The distance of a vector that takes another one's place, or stands beside it: one rule."""

from __future__ import annotations

from typing import Any

import pytest

from qdrant_model_migration.advice import BY_KEY, answer_all, make_plan, warnings_for
from qdrant_model_migration.embedders import ModelRef, server_model
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey.facts import Survey, VectorFact, WrittenBy
from support.surveys import ANSWERS, BGE_BASE, NOMIC, ORIGINALS, as_answer, docs, fact

RAW = BGE_BASE.model_copy(
    update={"name": "my/own", "model_file": "m.onnx", "pooling": "mean", "normalise": False}
)
WAYS: dict[str, dict[str, Any]] = {
    "blue_green": {},
    "side_by_side": {"change": "second", "vector_names": {"new": "new", "old": "old"}},
    "dense_to_hybrid": {"keywords": "yes"},
    "rebuild_from_source": ORIGINALS,
    "linear_map": {"accuracy": "approximate"},
}


def compared_by(distance: str) -> Survey:
    raw = {"size": 384, "distance": distance}
    old = VectorFact(name="", kind="dense", size=384, distance=distance, raw=raw)
    return docs(vectors=fact((old,)))


def planned(way: str, now: str, model: ModelRef, **more: Any) -> tuple[str, bool]:
    """The distance of the new vector, and whether W34 warns of it."""
    survey = compared_by(now)
    given = {**ANSWERS, **WAYS.get(way, {}), "model": as_answer(model), **more}
    answers = answer_all(survey, given, ())
    plan = make_plan(survey, answers, by_name(way), speed=None)
    assert plan.move is not None
    made = next(v for v in plan.move.vectors if v.kind == "dense" and v.origin.carries is None)
    said = [one.id for one in warnings_for(survey, answers, by_name(way))]
    return made.params["distance"], "W34" in said


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("distance", "model", "new"),
    [
        ("Dot", BGE_BASE, "Dot"),
        ("Euclid", BGE_BASE, "Euclid"),
        ("Cosine", BGE_BASE, "Cosine"),
        ("Manhattan", BGE_BASE, "Cosine"),
        ("Dot", NOMIC, "Cosine"),
        ("Dot", NOMIC.cut_to(256), "Dot"),
        ("Dot", RAW.model_copy(update={"normalise": True}), "Dot"),
        ("Dot", RAW, "Cosine"),
    ],
)
def test_a_distance_is_kept_where_all_vectors_are_of_length_one(
    way: str, distance: str, model: ModelRef, new: str
) -> None:
    assert planned(way, distance, model) == (new, distance != new)


@pytest.mark.parametrize("way", WAYS)
def test_where_the_order_would_change_it_is_kept_only_if_somebody_wants_that(way: str) -> None:
    assert planned(way, "Dot", RAW, distance="own") == ("Cosine", True)
    assert planned(way, "Dot", RAW, distance="keep") == ("Dot", False)
    assert planned(way, "Manhattan", RAW, distance="keep") == ("Cosine", True), "never offered"


def test_of_a_model_at_the_server_nobody_knows_so_it_is_asked() -> None:
    theirs = server_model("sentence-transformers/all-minilm-l6-v2", 384)
    assert planned("server_inference", "Dot", theirs) == ("Cosine", True)
    assert planned("server_inference", "Dot", theirs, distance="keep") == ("Dot", False)
    survey, distance = compared_by("Dot"), BY_KEY["distance"]
    assert distance.applies(survey, {**ANSWERS, "model": as_answer(theirs)})
    taken = {**ANSWERS, "model": as_answer(BGE_BASE), "query_side": "server"}
    assert distance.applies(survey, taken), "the server's model of that name"


def test_cut_vectors_are_of_length_one_whatever_the_model_makes() -> None:
    survey = compared_by("Dot").model_copy(update={"old_model": fact(NOMIC)})
    whole = survey.dense[0].model_copy(update={"size": 768})
    survey = survey.model_copy(update={"vectors": fact((whole,))})
    theirs = server_model(NOMIC.name, 768, matryoshka=(256,))
    for old in (NOMIC, theirs):
        survey = survey.model_copy(update={"old_model": fact(old)})
        given = {**ANSWERS, "change": "shorter", "model": as_answer(old.cut_to(256))}
        answers = answer_all(survey, given, ())
        plan = make_plan(survey, answers, by_name("truncate"), speed=None)
        assert plan.move is not None
        assert plan.move.vectors[0].params["distance"] == "Dot"
        assert "W34" not in [one.id for one in warnings_for(survey, answers, by_name("truncate"))]


def test_the_question_is_asked_only_where_it_decides() -> None:
    asked, distance = compared_by("Dot"), BY_KEY["distance"]
    given = {"change": "model", "model": as_answer(NOMIC)}
    assert [option.label for option in distance.options(asked, given)] == [
        "By Cosine, as the model is meant", "By Dot, as today", "I do not know",
    ]  # fmt: skip
    assert distance.suggest(asked, given).value == "own"
    for survey, answers in (
        (asked, {**given, "model": as_answer(BGE_BASE)}),
        (compared_by("Cosine"), given),
        (compared_by("Manhattan"), given),
        (asked, {"change": "compression"}),
    ):
        assert not distance.applies(survey, answers)


def test_the_products_that_refuse_another_distance_are_named_with_their_setting() -> None:
    by = fact(WrittenBy(names=("langchain",), sure=True), "sample")
    survey = compared_by("Dot").model_copy(update={"written_by": by})
    answers = {**ANSWERS, "model": as_answer(NOMIC)}
    assert "LangChain (Python) compares the distance when it starts" in (
        BY_KEY["distance"].text(survey, answers).help
    )
    (said,) = [w for w in warnings_for(survey, answers, by_name("blue_green")) if w.id == "W34"]
    assert said.severity == "must"
    assert (
        "When it starts, LangChain (Python) compares it, and refuses the new collection."
        in said.text
    )
    assert "change distance of QdrantVectorStore (LangChain (Python)) with the switch" in said.todo
