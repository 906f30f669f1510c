"""The distance of a vector that takes another one's place: kept where it ranks the same."""

from __future__ import annotations

import pytest

from qdrant_model_migration.advice import make_plan, warnings_for
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey.facts import VectorFact
from support.surveys import ANSWERS, BGE_BASE, NOMIC, as_answer, docs, fact


@pytest.mark.parametrize(
    ("distance", "model", "new"),
    [
        ("Dot", BGE_BASE, "Dot"),
        ("Euclid", BGE_BASE, "Euclid"),
        ("Cosine", BGE_BASE, "Cosine"),
        ("Manhattan", BGE_BASE, "Cosine"),
        ("Dot", NOMIC, "Cosine"),
        ("Dot", NOMIC.cut_to(256), "Dot"),
        ("Dot", BGE_BASE.model_copy(update={"name": "my/own", "model_file": "m.onnx"}), "Dot"),
    ],
)
def test_a_distance_is_kept_where_all_vectors_are_of_length_one(
    distance: str, model: ModelRef, new: str
) -> None:
    old = VectorFact(name="", kind="dense", size=384, distance=distance)
    survey = docs(vectors=fact((old,)))
    answers = {**ANSWERS, "model": as_answer(model)}
    plan = make_plan(survey, answers, by_name("blue_green"), speed=None)
    assert plan.move is not None
    assert [v.params["distance"] for v in plan.move.vectors] == [new]
    said = [one.id for one in warnings_for(survey, answers, by_name("blue_green"))]
    assert ("W34" in said) is (distance != new)
