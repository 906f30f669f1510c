"""A whole trip by hand: planned, run to the cutover, switched, taken back; somebody writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from qdrant_model_migration.advice import ModelChoice, answer_all
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.embedders import ModelRef, Reach, open_embedder
from qdrant_model_migration.engine import create_run, give_consent, run_here, view
from qdrant_model_migration.pipeline.sameness import same_vector
from qdrant_model_migration.plan import Acceptance, Plan
from qdrant_model_migration.qdrant import Point
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey import survey
from qdrant_model_migration.survey.facts import Survey
from support.world import everything

from .conftest import Place, document, ident

EDITED, DELETED, ADDED = ident(3), ident(4), 9001


def plan_for(place: Place, strategy: str, change: str, **answers: Any) -> Plan:
    with place.open() as qdrant:
        found = survey(qdrant, place.collection)
    return planned(place, found, strategy, change, **answers)


def planned(place: Place, found: Survey, strategy: str, change: str, **answers: Any) -> Plan:
    model = place.models.new.model_dump(mode="json", exclude_defaults=True)
    given = {"change": change, "target": f"{place.collection}_new", "proof": {"kind": "later"}}
    if change != "keywords":
        given["model"] = model
    models = [ModelChoice(place.models.new, Reach("here"))]
    complete = answer_all(found, {**given, **answers}, models)
    plan = make_plan(found, complete, by_name(strategy), speed=None)
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    return plan.model_copy(update={"accepted": accepted, "practice": False})


def to_the_cutover(plan: Plan) -> Path:
    folder = create_run(plan)
    assert run_here(folder) == 3, view(folder).error
    seen = view(folder)
    assert seen.gate is not None
    assert seen.gate["name"] == "cutover"
    assert seen.verdict is not None
    assert all(check["ok"] is not False for check in seen.verdict["integrity"]["checks"])
    return folder


def consent(folder: Path, gate: str) -> None:
    """Everything that the gate asks for, as it asks for it."""
    asked = view(folder).gate
    assert asked is not None
    assert asked["name"] == gate
    given = {ask["key"]: ask["expect"] or "yes" for ask in asked["asks"]}
    give_consent(folder, gate, given)


def switch(folder: Path) -> None:
    consent(folder, "cutover")
    assert run_here(folder) == 0, view(folder).error


def add(folder: Path, step: str) -> None:
    assert run_here(folder, extra=step) == 3, view(folder).error
    consent(folder, step)
    assert run_here(folder, extra=step) == 0, view(folder).error


def drops_vectors(place: Place) -> bool:
    with place.open() as qdrant:
        return qdrant.capabilities.drop_vector


def write_meanwhile(place: Place) -> None:
    """One text is edited, one point deleted, one added, by the old model."""
    embedder = open_embedder(place.models.old)
    edited = document(3) | {"text": "another text altogether"}
    made = embedder.embed([edited["text"], document(9001)["text"]], "passage").vectors
    with place.open() as qdrant:
        qdrant.upsert(place.alias, [Point(EDITED, edited, {"": made[0]})])
        qdrant.upsert(place.alias, [Point(ADDED, document(9001), {"": made[1]})])
        qdrant.delete(place.alias, [DELETED])


def assert_made(
    place: Place,
    collection: str,
    vector: str,
    field: str = "text",
    model: ModelRef | None = None,
) -> None:
    """Each point has the vector that the (new) model makes of the text that it has now."""
    model = model or place.models.new
    with place.open() as qdrant:
        points = everything(qdrant, collection)
    texts = {i: t for i, p in points.items() if (t := p.payload.get(field) or "").strip(" .")}
    vectors = open_embedder(model).embed(list(texts.values()), "passage").vectors
    made = dict(zip(texts, vectors, strict=True))
    assert {i for i, point in points.items() if vector in point.vectors} == made.keys()
    for i, right in made.items():
        stored = points[i].vectors[vector]
        if model.vector == "sparse":
            assert same_vector(stored, right, 1e-3)
        else:
            np.testing.assert_allclose(np.asarray(stored), np.asarray(right), atol=2e-3)
