"""Many vectors for a text go the whole way: beside the dense one to put its results in order, or in
a collection of their own; planned, run while an application writes, verified, switched, taken back
and cleaned up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.advice import ModelChoice, answer_all
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.embedders import ModelRef, Reach, open_embedder
from qdrant_model_migration.engine import change_lines, view
from qdrant_model_migration.pipeline.sameness import same_payload, same_vector
from qdrant_model_migration.plan import Acceptance, Plan, load_plan, save_plan
from qdrant_model_migration.qdrant import Qdrant
from qdrant_model_migration.quality.searcher import Searcher
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey import survey
from support.late_model import late_kind
from support.world import everything

from .conftest import POINTS, Place, document
from .trips import add, assert_made, drops_vectors, switch, to_the_cutover, write_meanwhile

PLACES = ["local", "fake 1.18.3", "fake 1.19.0", pytest.param("real", marks=pytest.mark.server)]
pytestmark = pytest.mark.parametrize("place", PLACES, indirect=True)


@pytest.fixture
def late(tmp_path: Path) -> Iterator[ModelRef]:
    with late_kind(tmp_path / "kinds") as model:
        yield model


def plan_for(place: Place, late: ModelRef, strategy: str, **answers: Any) -> Plan:
    with place.open() as qdrant:
        found = survey(qdrant, place.collection)
    given = {
        "change": "second" if strategy == "multivectors" else "model",
        "model": late.model_dump(mode="json", exclude_defaults=True),
        "target": f"{place.collection}_new",
        "proof": {"kind": "made up", "title_field": "title"},
        **answers,
    }
    complete = answer_all(found, given, [ModelChoice(late, Reach("here"))])
    plan = make_plan(found, complete, by_name(strategy), speed=None)
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    return plan.model_copy(update={"accepted": accepted, "practice": False})


BESIDE = {"many_for": "rerank", "vector_names": {"new": "late", "old": "dense"}}
ALONE = document(17)
WORDS = " ".join(ALONE["text"].split()[1:11])
"""Ten words that no other document has all of: which one comes first is no matter of ties."""


def by_dense_alone(plan: Plan, qdrant: Qdrant) -> Searcher:
    dense, _ = plan.after.legs
    alone = plan.after.model_copy(update={"legs": (dense,), "rerank": None})
    searcher = alone.searcher(qdrant, open_embedder)
    assert searcher is not None
    return searcher


def test_they_put_in_order_what_the_dense_vector_finds(
    place: Place, late: ModelRef, tmp_path: Path
) -> None:
    target = f"{place.collection}_new"
    plan = plan_for(place, late, "multivectors", **BESIDE)
    save_plan(plan, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == plan
    folder = to_the_cutover(plan)
    seen = view(folder)
    assert seen.verdict is not None
    assert seen.verdict["judgement"], "the whole search is measured, finding and ordering"
    with place.open() as qdrant:
        params = qdrant.config(target).vectors()["late"]
        assert params["multivector_config"] == {"comparator": "max_sim"}
        if qdrant.capabilities.settings:
            assert params["on_disk"] is True
            assert params["hnsw_config"]["m"] == 0
            for moment in ("before", "after"):
                assert seen.facts[f"search_{moment}"]["milliseconds"] > 0
            assert set(seen.facts["probed"]) == {""}, "the same vectors search before and after"
        lines = change_lines.lines(seen.facts["application_changes"], "Python")
        (search,) = (line for line in lines if line.startswith("+ ") and "query_points" in line)
        assert 'models.Prefetch(query=vector, using="dense", limit=100)' in search
        assert 'query=vector_2, using="late"' in search
        whole, alone = plan.after.searcher(qdrant, open_embedder), by_dense_alone(plan, qdrant)
        assert whole is not None
        (wanted,) = [p.id for p in everything(qdrant, target).values() if p.payload == ALONE]
        first = whole.search(WORDS).hits[0]
        assert (first.id, first.score) == (wanted, pytest.approx(10.0, abs=0.05)), "all its words"
        assert alone.search(WORDS).hits[0].id != wanted, "it has found it, and not put it first"
    write_meanwhile(place)
    switch(folder)
    assert_made(place, target, "late", model=late)
    with place.open() as qdrant:
        old, new = everything(qdrant, place.collection), everything(qdrant, target)
        assert qdrant.aliases()[place.alias] == target
    assert new.keys() == old.keys()
    assert len(new) == POINTS
    assert all(same_payload(old[i].payload, new[i].payload) for i in old)
    assert all(same_vector(old[i].vectors.get(""), new[i].vectors.get("dense")) for i in old)
    add(folder, "rollback")
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(target)


def test_they_are_added_in_place(place: Place, late: ModelRef) -> None:
    names = {"many_for": "rerank", "vector_names": {"new": "late"}}
    folder = to_the_cutover(plan_for(place, late, "multivectors", in_place="in place", **names))
    write_meanwhile(place)
    switch(folder)
    assert_made(place, place.collection, "late", model=late)
    with place.open() as qdrant:
        if qdrant.capabilities.settings:
            assert qdrant.config(place.collection).vectors()["late"]["hnsw_config"]["m"] == 0
    add(folder, "rollback")
    if drops_vectors(place):
        add(folder, "cleanup")
        with place.open() as qdrant:
            assert "late" not in qdrant.config(place.collection).vectors()


def test_they_get_a_collection_of_their_own(place: Place, late: ModelRef) -> None:
    target = f"{place.collection}_new"
    plan = plan_for(place, late, "blue_green")
    assert "W06" not in plan.must_accept, "nothing stands beside them"
    folder = to_the_cutover(plan)
    seen = view(folder)
    assert seen.verdict is not None
    assert seen.verdict["judgement"]
    write_meanwhile(place)
    switch(folder)
    assert_made(place, target, "", model=late)
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == target
        assert qdrant.config(target).vectors()[""]["multivector_config"]
    add(folder, "rollback")
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert len(everything(qdrant, place.collection)) == POINTS
