"""A whole trip by hand: planned, run to the cutover, switched, taken back; somebody writes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.advice import ModelChoice, answer_all, read_named
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.embedders import ModelRef, Reach, open_embedder
from qdrant_model_migration.engine import create_run, give_consent, run_here, view
from qdrant_model_migration.pipeline.sameness import same_payload, same_vector
from qdrant_model_migration.plan import Acceptance, Plan
from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey import survey
from qdrant_model_migration.survey.facts import Survey
from support.world import everything

from .conftest import POINTS, Place, document, ident

EDITED, DELETED, ADDED = ident(3), ident(4), 9001
PLACES = ["local", "fake 1.18.3", "fake 1.19.0", pytest.param("real", marks=pytest.mark.server)]
EVERYWHERE = pytest.mark.parametrize("place", PLACES, indirect=True)


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
    complete = answer_all(found, read_named({**given, **answers}), models)
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


def take_back(place: Place, folder: Path) -> None:
    """Rolled back and cleaned up: the old collection answers again, the new one is gone."""
    add(folder, "rollback")
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(f"{place.collection}_new")
        assert len(everything(qdrant, place.collection)) == POINTS


def write_meanwhile(place: Place, name: str = "") -> None:
    """One text is edited, one point deleted, one added, by the old model; name: the alias."""
    name = name or place.alias
    embedder = open_embedder(place.models.old)
    edited = document(3) | {"text": "another text altogether"}
    made = embedder.embed([edited["text"], document(9001)["text"]], "passage").vectors
    with place.open() as qdrant:
        qdrant.upsert(name, [Point(EDITED, edited, {"": made[0]})])
        qdrant.upsert(name, [Point(ADDED, document(9001), {"": made[1]})])
        qdrant.delete(name, [DELETED])


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


def assert_carried(place: Place, kept: str | None = None) -> None:
    """The new collection answers; it has each point that the old one has now, as it is there.
    kept: what the vector that had no name is called there."""
    target = f"{place.collection}_new"
    with place.open() as qdrant:
        old, new = everything(qdrant, place.collection), everything(qdrant, target)
        assert qdrant.aliases()[place.alias] == target
    assert new.keys() == old.keys()
    assert len(new) == POINTS
    assert all(same_payload(old[i].payload, new[i].payload) for i in old)
    if kept is not None:
        assert all(same_vector(old[i].vectors.get(""), new[i].vectors.get(kept)) for i in old)


def added_in_place(place: Place, plan: Plan) -> Path:
    """A plan that gives the collection itself more vectors, run to its end: they follow what the
    application writes meanwhile, and all else stays as it is."""
    assert plan.move is not None
    assert plan.move.in_place
    with place.open() as qdrant:
        before = everything(qdrant, place.collection)
    folder = to_the_cutover(plan)
    _assert_added(place, plan)
    write_meanwhile(place)
    switch(folder)
    _assert_added(place, plan)
    with place.open() as qdrant:
        now = everything(qdrant, place.collection)
        assert qdrant.aliases()[place.alias] == place.collection
    assert now.keys() == before.keys() - {DELETED} | {ADDED}
    _assert_same(before, now, before.keys() - {EDITED, DELETED})
    return folder


def _assert_added(place: Place, plan: Plan) -> None:
    assert plan.move is not None
    assert plan.move.vectors
    for vector in plan.move.vectors:
        assert vector.model is not None
        assert_made(place, place.collection, vector.name, model=vector.model)


def take_back_in_place(place: Place, folder: Path, plan: Plan) -> None:
    """Rolled back and cleaned up: what was added is gone, and nothing else; where the server
    cannot take a vector out, that is said."""
    assert plan.move is not None
    with place.open() as qdrant:
        before = everything(qdrant, place.collection)
    add(folder, "rollback")
    if not drops_vectors(place):
        assert run_here(folder, extra="cleanup") == 4
        assert "1.19" in str(view(folder).error)
        return
    add(folder, "cleanup")
    with place.open() as qdrant:
        config = qdrant.config(place.collection)
        now = everything(qdrant, place.collection)
    assert not {v.name for v in plan.move.vectors} & {*config.vectors(), *config.sparse()}
    assert now.keys() == before.keys()
    _assert_same(before, now, before.keys())


def _assert_same(
    before: dict[PointId, Point], now: dict[PointId, Point], points: Collection[PointId]
) -> None:
    for i in points:
        assert same_payload(now[i].payload, before[i].payload)
        assert same_vector(now[i].vectors.get(""), before[i].vectors.get(""))


def suggested(place: Place, collection: str, **given: Any) -> Plan:
    """Blue-green to the new model, all else as it is suggested for this collection."""
    with place.open() as qdrant:
        found = survey(qdrant, collection, old_model=place.models.old)
    given = {
        "change": "model",
        "model": place.models.new.model_dump(mode="json", exclude_defaults=True),
        "proof": {"kind": "later"},
        **given,
    }
    answers = answer_all(found, read_named(given), [ModelChoice(place.models.new, Reach("here"))])
    plan = make_plan(found, answers, by_name("blue_green"), speed=None)
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    return plan.model_copy(update={"accepted": accepted, "practice": False})


def whole_way(plan: Plan) -> Path:
    folder = create_run(plan)
    while run_here(folder) == 3:
        gate = view(folder).gate
        assert gate is not None
        consent(folder, gate["name"])
    assert view(folder).state == "done", view(folder).error
    return folder
