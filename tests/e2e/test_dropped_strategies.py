"""Strategies of other kinds, each dropped in as one file, go the whole way: planned, run with an
application that writes meanwhile, verified, switched, taken back and cleaned up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.embedders import model_by_name
from qdrant_model_migration.engine import view
from qdrant_model_migration.plan import load_plan
from support.dropped_strategies import dropped
from support.world import everything

from .conftest import POINTS, Place, document
from .trips import (
    EVERYWHERE,
    add,
    added_in_place,
    assert_carried,
    assert_made,
    drops_vectors,
    plan_for,
    switch,
    take_back,
    take_back_in_place,
    to_the_cutover,
    write_meanwhile,
)

pytestmark = EVERYWHERE


@pytest.fixture(autouse=True)
def _dropped(tmp_path: Path) -> Iterator[None]:
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
    assert_carried(place, kept)
    with place.open() as qdrant:
        said = qdrant.config(target).metadata["qmm_models"]
    made_by = model_by_name("counted:counted/words") if vector == "words" else None
    assert_made(place, target, vector, model=made_by)
    assert said[kept]["name"] == place.models.old.name
    assert said[vector]["name"] != said[kept]["name"]
    take_back(place, folder)


def test_a_vector_is_added_in_place_and_follows_what_is_written(place: Place) -> None:
    plan = plan_for(place, "here", "model")
    folder = added_in_place(place, plan)
    with place.open() as qdrant:
        said = qdrant.config(place.collection).metadata["qmm_models"]
    assert said[""]["name"] == place.models.old.name
    assert said["new"]["name"] == place.models.new.name
    take_back_in_place(place, folder, plan)


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
    take_back(place, folder)


def test_a_run_that_is_given_up_takes_its_vector_along(place: Place) -> None:
    if not drops_vectors(place):
        return
    folder = to_the_cutover(plan_for(place, "here", "model"))
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
