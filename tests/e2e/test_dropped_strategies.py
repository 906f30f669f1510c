"""Strategies of other kinds, each dropped in as one file, go the whole way: planned, run with an
application that writes meanwhile, verified, switched, taken back and cleaned up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.embedders import model_by_name
from qdrant_model_migration.engine import run_here, view
from qdrant_model_migration.pipeline.sameness import same_payload, same_vector
from qdrant_model_migration.plan import load_plan
from support.dropped_strategies import dropped
from support.world import everything

from .conftest import POINTS, Place, document
from .trips import (
    ADDED,
    DELETED,
    EDITED,
    add,
    assert_made,
    drops_vectors,
    plan_for,
    switch,
    to_the_cutover,
    write_meanwhile,
)

PLACES = ["local", "fake 1.18.3", "fake 1.19.0", pytest.param("real", marks=pytest.mark.server)]
pytestmark = pytest.mark.parametrize("place", PLACES, indirect=True)


@pytest.fixture(autouse=True)
def _dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("qdrant_model_migration.steps.readiness.POLL_SECONDS", 0.0)
    with dropped(tmp_path / "dropped"):
        yield


@pytest.mark.parametrize(
    ("strategy", "change", "vector", "kept"),
    [("beside", "model", "new", "old"), ("words_too", "keywords", "words", "meaning")],
)
def test_one_more_vector_in_a_new_collection(
    place: Place, strategy: str, change: str, vector: str, kept: str
) -> None:
    target = f"{place.collection}_new"
    folder = to_the_cutover(plan_for(place, strategy, change))
    write_meanwhile(place)
    switch(folder)
    with place.open() as qdrant:
        old, new = everything(qdrant, place.collection), everything(qdrant, target)
        assert qdrant.aliases()[place.alias] == target
        said = qdrant.config(target).metadata["qmm_models"]
    assert new.keys() == old.keys()
    assert len(new) == POINTS
    assert all(same_payload(old[i].payload, new[i].payload) for i in old)
    assert all(same_vector(old[i].vectors.get(""), new[i].vectors.get(kept)) for i in old)
    made_by = model_by_name("counted:counted/words") if vector == "words" else None
    assert_made(place, target, vector, model=made_by)
    assert said[kept]["name"] == place.models.old.name
    assert said[vector]["name"] != said[kept]["name"]
    add(folder, "rollback")
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(target)
        assert len(everything(qdrant, place.collection)) == POINTS


def test_a_vector_is_added_in_place_and_follows_what_is_written(place: Place) -> None:
    with place.open() as qdrant:
        before = everything(qdrant, place.collection)
    plan = plan_for(place, "here", "model")
    assert plan.move is not None
    assert plan.move.in_place
    folder = to_the_cutover(plan)
    assert_made(place, place.collection, "new")
    write_meanwhile(place)
    switch(folder)
    assert_made(place, place.collection, "new")
    with place.open() as qdrant:
        points = everything(qdrant, place.collection)
        assert qdrant.aliases()[place.alias] == place.collection
        said = qdrant.config(place.collection).metadata["qmm_models"]
    assert said[""]["name"] == place.models.old.name
    assert said["new"]["name"] == place.models.new.name
    assert points.keys() == before.keys() - {DELETED} | {ADDED}
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
        assert "new" not in qdrant.config(place.collection).vectors()
        after = everything(qdrant, place.collection)
    assert all(same_payload(points[i].payload, after[i].payload) for i in points)
    assert all(same_vector(points[i].vectors.get(""), after[i].vectors.get("")) for i in points)


def test_a_new_collection_from_the_rows_of_a_file(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"id": n, "body": f"row {n}: {document(n)['text']}", "n": n} for n in range(300)]
    rows[7]["body"] = " "
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    monkeypatch.setenv("ROWS", str(path))
    target = f"{place.collection}_new"
    folder = to_the_cutover(plan_for(place, "from_rows", "model"))
    asked = view(folder).gate
    assert asked is not None
    assert not any("read once more" in line for line in asked["says"]), "a file is not followed"
    switch(folder)
    with place.open() as qdrant:
        new = everything(qdrant, target)
        assert qdrant.aliases()[place.alias] == target
    assert {i: p.payload for i, p in new.items()} == {row["id"]: row for row in rows}
    assert_made(place, target, "", "body")
    assert view(folder).dead_letters == 1
    add(folder, "rollback")
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection
    add(folder, "cleanup")


def test_a_run_that_is_given_up_takes_its_vector_along(place: Place) -> None:
    folder = to_the_cutover(plan_for(place, "here", "model"))
    if not drops_vectors(place):
        return
    add(folder, "discard")
    with place.open() as qdrant:
        assert "new" not in qdrant.config(place.collection).vectors()
        assert len(everything(qdrant, place.collection)) == POINTS


def test_its_plan_is_a_file_like_the_others(place: Place, tmp_path: Path) -> None:
    from qdrant_model_migration.plan import save_plan

    for strategy, change in (("beside", "model"), ("words_too", "keywords"), ("here", "model")):
        plan = plan_for(place, strategy, change)
        save_plan(plan, tmp_path / f"{strategy}.yaml")
        assert load_plan(tmp_path / f"{strategy}.yaml") == plan
