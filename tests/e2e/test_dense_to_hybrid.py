"""Dense to hybrid, whole: a sparse vector in a new collection, together with another model, or in
place; run while an application writes, verified, switched, taken back and cleaned up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.embedders import ModelRef, open_embedder
from qdrant_model_migration.engine import change_lines, run_here, view
from qdrant_model_migration.pipeline.sameness import same_payload, same_vector
from qdrant_model_migration.plan import Plan
from qdrant_model_migration.qdrant import Point
from qdrant_model_migration.quality import both_sides
from qdrant_model_migration.quality.errors import SideNotKnown
from qdrant_model_migration.survey import survey
from qdrant_model_migration.survey.facts import Fact
from support.world import everything

from . import trips
from .conftest import POINTS, Place, document, ident
from .trips import (
    DELETED,
    EDITED,
    add,
    assert_made,
    drops_vectors,
    switch,
    to_the_cutover,
    write_meanwhile,
)

PLACES = ["local", "fake 1.18.3", "fake 1.19.0", pytest.param("real", marks=pytest.mark.server)]
pytestmark = pytest.mark.parametrize("place", PLACES, indirect=True)

CODED, FILLER = ident(10), ident(9)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qdrant_model_migration.steps.readiness.POLL_SECONDS", 0.0)


def plan_for(place: Place, change: str = "keywords", **answers: Any) -> Plan:
    wanted = {"keywords": "yes", "both": "no"} if change == "model" else {}
    return trips.plan_for(place, "dense_to_hybrid", change, **wanted, **answers)


def of_words(plan: Plan) -> ModelRef:
    assert plan.after is not None
    model = plan.after.legs[1].model
    assert model is not None
    return model


def with_a_code_and_a_wordless_text(place: Place) -> None:
    """One text gets a code that is nowhere else; in one of signs alone BM25 finds no word."""
    made = open_embedder(place.models.old).embed(["a", "b"], "passage").vectors
    texts = {CODED: f"{document(10)['text']} XR2047", FILLER: "..."}
    with place.open() as qdrant:
        qdrant.upsert(
            place.collection,
            [
                Point(i, document(10) | {"text": text}, {"": vector})
                for (i, text), vector in zip(texts.items(), made, strict=True)
            ],
        )


def test_a_sparse_vector_in_a_new_collection(place: Place) -> None:
    with_a_code_and_a_wordless_text(place)
    target = f"{place.collection}_new"
    plan = plan_for(place)
    folder = to_the_cutover(plan)
    assert view(folder).dead_letters == 3, "two without a text, one without a word"
    write_meanwhile(place)
    switch(folder)
    with place.open() as qdrant:
        old, new = everything(qdrant, place.collection), everything(qdrant, target)
        assert qdrant.aliases()[place.alias] == target
        config = qdrant.config(target)
        hits = qdrant.search_fused(target, *_asked(plan, "xr2047"), limit=3)
    assert config.sparse()["bm25"]["modifier"] == "idf"
    assert "" in config.vectors()
    assert new.keys() == old.keys()
    assert len(new) == POINTS
    assert all(same_payload(old[i].payload, new[i].payload) for i in old)
    assert all(same_vector(old[i].vectors.get(""), new[i].vectors.get("")) for i in old)
    assert_made(place, target, "bm25", model=of_words(plan))
    said = config.metadata["qmm_models"]
    assert said[""]["name"] == place.models.old.name
    assert dict(said["bm25"]["options"])["avg_len"] == dict(of_words(plan).options)["avg_len"]
    assert CODED in {hit.id for hit in hits}
    add(folder, "rollback")
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(target)
        assert len(everything(qdrant, place.collection)) == POINTS


def _asked(plan: Plan, text: str) -> tuple[list[Any], Any]:
    from qdrant_model_migration.qdrant import Query

    assert plan.after is not None
    return [
        Query(leg.using, open_embedder(leg.model).embed([text], "query").vectors[0])
        for leg in plan.after.legs
        if leg.model is not None
    ], plan.after.fusion


def test_hybrid_is_measured_against_dense_alone_by_words_and_by_meaning(place: Place) -> None:
    with_a_code_and_a_wordless_text(place)
    plan = plan_for(place, proof={"kind": "made up", "title_field": "title"})
    seen = view(to_the_cutover(plan))
    verdict = seen.verdict
    assert verdict is not None
    parts = {part["part"]: part for part in verdict["judgement"]["parts"]}
    assert parts.keys() == {"exact words", "meaning"}
    assert parts["exact words"]["new"] > parts["exact words"]["old"]
    other = verdict["judgement"]["measures"][-1]
    assert other["name"] == "recall@10, merged by score (dbsf)"
    assert f"Merged by score (dbsf) the same searches find {other['new']:.3f}" in verdict["todo"]


def test_where_the_old_model_is_not_known_nothing_is_claimed(place: Place) -> None:
    with place.open() as qdrant:
        found = survey(qdrant, place.collection)
    unknown = found.model_copy(update={"old_model": Fact(), "old_models": {}})
    plan = trips.planned(place, unknown, "dense_to_hybrid", "keywords", proof={"kind": "made up"})
    folder = to_the_cutover(plan)
    verdict = view(folder).verdict
    assert verdict is not None
    assert verdict["unjudged"] == "old model not known"
    assert plan.before is not None
    assert plan.after is not None
    with place.open() as qdrant, pytest.raises(SideNotKnown, match="the unnamed vector"):
        both_sides(qdrant, plan.before, plan.after)


def test_together_with_a_new_model_in_one_run(place: Place) -> None:
    target = f"{place.collection}_new"
    plan = plan_for(place, change="model", fusion="dbsf")
    folder = to_the_cutover(plan)
    write_meanwhile(place)
    switch(folder)
    with place.open() as qdrant:
        old, new = everything(qdrant, place.collection), everything(qdrant, target)
    assert new.keys() == old.keys()
    assert_made(place, target, "")
    assert_made(place, target, "bm25", model=of_words(plan))
    lines = change_lines.lines(view(folder).facts["application_changes"], "Python")
    assert any("Fusion.DBSF" in line and 'using="bm25"' in line for line in lines)
    add(folder, "rollback")
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection
    add(folder, "cleanup")


@pytest.mark.parametrize("change", ["keywords", "model"])
def test_in_place(place: Place, change: str) -> None:
    with place.open() as qdrant:
        before = everything(qdrant, place.collection)
    plan = plan_for(place, change=change, in_place="in place")
    assert plan.move is not None
    assert plan.move.in_place
    folder = to_the_cutover(plan)
    added = {vector.name: vector.model for vector in plan.move.vectors}
    assert len(added) == (1 if change == "keywords" else 2)
    write_meanwhile(place)
    switch(folder)
    for name, model in added.items():
        assert model is not None
        assert_made(place, place.collection, name, model=model)
    with place.open() as qdrant:
        points = everything(qdrant, place.collection)
        config = qdrant.config(place.collection)
    assert config.sparse()["bm25"]["modifier"] == "idf"
    for i in before.keys() - {EDITED, DELETED}:
        assert same_payload(points[i].payload, before[i].payload)
        assert same_vector(points[i].vectors.get(""), before[i].vectors.get(""))
    add(folder, "rollback")
    if not drops_vectors(place):
        assert run_here(folder, extra="cleanup") == 4
        assert "1.19" in str(view(folder).error)
        return
    add(folder, "cleanup")
    with place.open() as qdrant:
        config = qdrant.config(place.collection)
        after = everything(qdrant, place.collection)
    assert not added.keys() & {*config.vectors(), *config.sparse()}
    assert all(same_vector(points[i].vectors.get(""), after[i].vectors.get("")) for i in points)


def test_its_plan_is_a_file(place: Place, tmp_path: Path) -> None:
    from qdrant_model_migration.plan import load_plan, save_plan

    for answers in ({}, {"change": "model"}, {"in_place": "in place"}):
        plan = plan_for(place, **answers)
        save_plan(plan, tmp_path / "plan.yaml")
        assert load_plan(tmp_path / "plan.yaml") == plan
