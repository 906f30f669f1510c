"""Dense to hybrid, whole: a sparse vector in a new collection, together with another model, or in
place; run while an application writes, verified, switched, taken back and cleaned up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.embedders import ModelRef, open_embedder
from qdrant_model_migration.engine import change_lines, view
from qdrant_model_migration.plan import Plan
from qdrant_model_migration.qdrant import Point
from qdrant_model_migration.quality import both_sides
from qdrant_model_migration.quality.errors import SideNotKnown
from qdrant_model_migration.survey import survey
from qdrant_model_migration.survey.facts import Fact

from . import trips
from .conftest import Place, document, ident
from .trips import (
    EVERYWHERE,
    added_in_place,
    assert_carried,
    assert_made,
    switch,
    take_back,
    take_back_in_place,
    to_the_cutover,
    write_meanwhile,
)

pytestmark = EVERYWHERE

CODED, FILLER = ident(10), ident(9)


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
    assert_carried(place, "")
    with place.open() as qdrant:
        config = qdrant.config(target)
        hits = qdrant.search_fused(target, *_asked(plan, "xr2047"), limit=3)
    assert config.sparse()["bm25"]["modifier"] == "idf"
    assert "" in config.vectors()
    assert_made(place, target, "bm25", model=of_words(plan))
    said = config.metadata["qmm_models"]
    assert said[""]["name"] == place.models.old.name
    assert dict(said["bm25"]["options"])["avg_len"] == dict(of_words(plan).options)["avg_len"]
    assert CODED in {hit.id for hit in hits}
    take_back(place, folder)


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
    assert_carried(place)
    assert_made(place, target, "")
    assert_made(place, target, "bm25", model=of_words(plan))
    lines = change_lines.lines(view(folder).facts["application_changes"], "Python")
    assert any("Fusion.DBSF" in line and 'using="bm25"' in line for line in lines)
    take_back(place, folder)


@pytest.mark.parametrize(("change", "vectors"), [("keywords", 1), ("model", 2)])
def test_in_place(place: Place, change: str, vectors: int) -> None:
    plan = plan_for(place, change=change, in_place="in place")
    assert plan.move is not None
    assert len(plan.move.vectors) == vectors
    folder = added_in_place(place, plan)
    with place.open() as qdrant:
        config = qdrant.config(place.collection)
    assert config.sparse()["bm25"]["modifier"] == "idf"
    take_back_in_place(place, folder, plan)


def test_its_plan_is_a_file(place: Place, tmp_path: Path) -> None:
    from qdrant_model_migration.plan import load_plan, save_plan

    for answers in ({}, {"change": "model"}, {"in_place": "in place"}):
        plan = plan_for(place, **answers)
        save_plan(plan, tmp_path / "plan.yaml")
        assert load_plan(tmp_path / "plan.yaml") == plan
