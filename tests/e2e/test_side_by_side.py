"""Side by side: vectors of both models in one collection, new or as it stands; somebody writes."""

from __future__ import annotations

import pytest

from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.engine import change_lines, create_run, run_here, view
from qdrant_model_migration.pipeline.sameness import same_payload, same_vector
from qdrant_model_migration.quality import both_sides
from support.world import everything

from .conftest import Place
from .trips import (
    PLACES,
    add,
    added_in_place,
    assert_carried,
    assert_made,
    consent,
    plan_for,
    switch,
    take_back,
    take_back_in_place,
    to_the_cutover,
    write_meanwhile,
)

IN_PLACE = {"vector_names": {"new": "new_model"}, "in_place": "in place"}
NAMES = {"new": "new_model", "old": "old_model"}
pytestmark = pytest.mark.parametrize("place", ["fake 1.16.3", *PLACES], indirect=True)


def test_both_models_answer_in_a_new_collection(place: Place) -> None:
    target = f"{place.collection}_new"
    plan = plan_for(place, "side_by_side", "second", vector_names=NAMES, in_place="new")
    folder = to_the_cutover(plan)
    with place.open() as qdrant:
        before, after = both_sides(qdrant, plan.before, plan.after)
        assert before is not None
        assert after is not None
        assert before.search("payload", 3)
        assert after.search("payload", 3), "both can be searched before anything is switched"
    write_meanwhile(place)
    switch(folder)
    assert_carried(place, "old_model")
    with place.open() as qdrant:
        said = qdrant.config(target).metadata["qmm_models"]
    assert_made(place, target, "new_model")
    assert said["old_model"]["name"] == place.models.old.name
    assert said["new_model"]["name"] == place.models.new.name
    lines = "\n".join(change_lines.lines(change_lines.of(view(folder).facts), "Python"))
    assert "+ <your client>.query_points" in lines
    assert 'using="new_model"' in lines
    meaning = dict(change_lines.meaning(change_lines.of(view(folder).facts)))
    assert "old_model" in meaning["Old model"], "how the old model is searched from then on"
    take_back(place, folder)


def test_a_vector_without_a_name_may_stay_so_where_the_server_can(place: Place) -> None:
    plan_named = {"vector_names": {"new": "new_model", "old": ""}, "in_place": "new"}
    with place.open() as qdrant:
        can = qdrant.capabilities.add_vector and not qdrant.capabilities.local
    if not can:
        with pytest.raises(BadAnswer, match="The old vector needs a name"):
            plan_for(place, "side_by_side", "second", **plan_named)
        return
    folder = to_the_cutover(plan_for(place, "side_by_side", "second", **plan_named))
    switch(folder)
    with place.open() as qdrant:
        old, new = everything(qdrant, place.collection), everything(qdrant, place.alias)
        assert set(qdrant.config(place.alias).vectors()) == {"", "new_model"}
        asked = next(point.vectors[""] for point in old.values() if "" in point.vectors)
        before = qdrant.search(place.collection, list(asked), using="", limit=5)
        assert qdrant.search(place.alias, list(asked), using="", limit=5) == before
    assert all(same_vector(old[i].vectors.get(""), new[i].vectors.get("")) for i in old)
    meaning = dict(change_lines.meaning(change_lines.of(view(folder).facts)))
    assert "without using" in meaning["Old model"]


def test_the_new_vector_is_added_in_place_and_follows_what_is_written(place: Place) -> None:
    with place.open() as qdrant:
        if not qdrant.capabilities.add_vector:
            return
    plan = plan_for(place, "side_by_side", "second", **IN_PLACE)
    folder = added_in_place(place, plan)
    with place.open() as qdrant:
        said = qdrant.config(place.collection).metadata["qmm_models"]
    assert said[""]["name"] == place.models.old.name
    assert said["new_model"]["name"] == place.models.new.name
    take_back_in_place(place, folder, plan)


def test_before_a_collection_is_changed_a_snapshot_is_made_once(place: Place) -> None:
    with place.open() as qdrant:
        if not (qdrant.capabilities.add_vector and qdrant.capabilities.snapshots):
            return
        there = qdrant.snapshots(place.collection)
    folder = to_the_cutover(plan_for(place, "side_by_side", "second", **IN_PLACE))
    assert run_here(folder) == 3, "resumed"
    saved = view(folder).facts["snapshot"]
    with place.open() as qdrant:
        new = [one for one in qdrant.snapshots(place.collection) if one not in there]
    assert [one.name for one in new] == [saved["name"]]


def test_without_room_for_a_snapshot_a_person_decides(place: Place) -> None:
    if place.fake is None or place.fake.version < "1.18":
        return
    full = place.fake.fail(
        method="POST", path="/snapshots$", times=None, status=500, error="No space left on device"
    )
    folder = create_run(plan_for(place, "side_by_side", "second", **IN_PLACE))
    assert run_here(folder) == 3
    gate = view(folder).gate
    assert gate is not None
    assert gate["name"] == "snapshot"
    assert "disk is full" in gate["says"][0]
    with place.open() as qdrant:
        assert set(qdrant.config(place.collection).vectors()) == {""}, "nothing is changed yet"
    full.remove()
    assert run_here(folder) == 3, "there is room again"
    assert view(folder).gate["name"] == "cutover"
    assert view(folder).facts["snapshot"]["name"]


def test_going_on_without_a_snapshot_is_a_consent(place: Place) -> None:
    if place.fake is None or place.fake.version < "1.18":
        return
    place.fake.fail(method="POST", path="/snapshots$", times=None, status=403, error="Forbidden")
    folder = create_run(plan_for(place, "side_by_side", "second", **IN_PLACE))
    assert run_here(folder) == 3
    consent(folder, "snapshot")
    assert run_here(folder) == 3
    assert view(folder).gate["name"] == "cutover"
    assert view(folder).facts["snapshot"] == {"name": None}


def test_after_the_test_the_old_vector_is_taken_out(place: Place) -> None:
    target = f"{place.collection}_new"
    plan = plan_for(place, "side_by_side", "second", vector_names=NAMES, in_place="new")
    switch(to_the_cutover(plan))
    both = place._replace(collection=target)
    with place.open() as qdrant:
        before = everything(qdrant, target)
    plan = plan_for(both, "drop_vector", "drop", drop="old_model")
    folder = to_the_cutover(plan)
    seen = view(folder)
    assert seen.verdict is not None
    assert seen.verdict["word"] == "GO"
    assert [ask["key"] for ask in seen.gate["asks"]] == ["alias"], "no query changes"
    switch(folder)
    with place.open() as qdrant:
        assert set(qdrant.config(place.alias).vectors()) == {"new_model"}
        after = everything(qdrant, place.alias)
        said = qdrant.config(place.alias).metadata
    assert after.keys() == before.keys()
    for i, was in before.items():
        assert same_payload(was.payload, after[i].payload)
        assert same_vector(was.vectors.get("new_model"), after[i].vectors.get("new_model"))
    assert said["qmm_models"] == {"new_model": said["qmm_models"]["new_model"]}
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(target)
