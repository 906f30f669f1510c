"""An application without an alias goes the whole way: one that changes the name itself, and one
that can use no other name than the one it has, for which the old collection has to go."""

from __future__ import annotations

from typing import Any

import pytest

from qdrant_model_migration.engine import run_here, view
from qdrant_model_migration.pipeline.sameness import same_payload
from qdrant_model_migration.plan import Plan
from qdrant_model_migration.qdrant import Point, Qdrant
from qdrant_model_migration.steps.switches.takes_name import TakesName
from support.world import everything

from .conftest import POINTS, Place
from .trips import EVERYWHERE, add, assert_made, consent, plan_for, to_the_cutover, write_meanwhile

pytestmark = EVERYWHERE


def planned(place: Place, kind: str) -> Plan:
    plan = plan_for(place, "blue_green", "model", name={"kind": kind})
    assert plan.alias is None
    assert "W05" in plan.must_accept
    return plan


def write(place: Place) -> None:
    """By the name that the application uses: the collection's own."""
    write_meanwhile(place, place.collection)


def assert_all_there(before: dict[Any, Point], place: Place, name: str) -> None:
    with place.open() as qdrant:
        new = everything(qdrant, name)
    assert new.keys() == before.keys()
    assert all(same_payload(new[i].payload, before[i].payload) for i in before)
    assert_made(place, name, "")


class Killed(BaseException):
    pass


def killed(*_: Any) -> None:
    raise Killed


def read(place: Place) -> dict[Any, Point]:
    with place.open() as qdrant:
        return everything(qdrant, place.collection)


def test_the_application_changes_the_name_itself(place: Place) -> None:
    target = f"{place.collection}_new"
    folder = to_the_cutover(planned(place, "changes"))
    asked = view(folder).gate
    assert asked is not None
    assert "change the collection name in your application" in asked["title"]
    write(place)  # not all of it is changed yet
    with place.open() as qdrant:
        aliases = place.aliases(qdrant)
    consent(folder, "cutover")
    assert run_here(folder) == 0, view(folder).error
    assert_all_there(read(place), place, target)
    with place.open() as qdrant:
        assert place.aliases(qdrant) == aliases, "nothing changes on the server"
    rows = {row["what"]: row for row in view(folder).facts["application_changes"]}
    assert rows["collection name"]["new"] == target
    add(folder, "rollback")
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(target)
        assert len(everything(qdrant, place.collection)) == POINTS


def test_the_new_collection_takes_the_name_of_the_old_one(place: Place) -> None:
    target = f"{place.collection}_new"
    plan = planned(place, "takes over")
    assert place.collection not in plan.never_touched
    assert "sweep" not in [step.name() for step in plan.steps]
    folder = to_the_cutover(plan)
    asked = view(folder).gate
    assert asked is not None
    assert f"DELETE {place.collection}" in asked["title"]
    assert any(ask["expect"] == place.collection for ask in asked["asks"])
    write(place)
    before = read(place)
    consent(folder, "cutover")
    assert run_here(folder) == 0, view(folder).error
    assert_all_there(before, place, place.collection)
    with place.open() as qdrant:
        assert place.collection not in qdrant.collections()
        assert qdrant.aliases()[place.collection] == target
        assert (view(folder).facts.get("snapshot") or {}).get("name") or (
            not qdrant.capabilities.snapshots
        )
    assert run_here(folder, extra="rollback") == 4
    assert "was deleted" in f"{view(folder).error}"
    run_here(folder, extra="cleanup")
    with place.open() as qdrant:
        assert len(everything(qdrant, place.collection)) == POINTS, "there is nothing to clean up"


def test_what_is_still_written_to_is_not_deleted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = to_the_cutover(planned(place, "takes over"))
    if place.address.folder is not None:
        pytest.skip("only the engine may open the folder while it runs")
    go = TakesName.go

    def written_meanwhile(self: TakesName, *given: Any) -> None:
        write(place)
        go(self, *given)

    monkeypatch.setattr(TakesName, "go", written_meanwhile)
    consent(folder, "cutover")
    assert run_here(folder) == 4
    assert "somebody writes to it" in f"{view(folder).error}"
    with place.open() as qdrant:
        assert place.collection in qdrant.collections()
    monkeypatch.undo()
    before = read(place)
    assert run_here(folder) in (0, 3), view(folder).error
    if (gate := view(folder).gate) is not None and gate["name"] == "cutover":
        consent(folder, "cutover")
        assert run_here(folder) == 0, view(folder).error
    assert_all_there(before, place, place.collection)


def test_an_old_one_that_was_emptied_takes_nothing_with_it(place: Place) -> None:
    folder = to_the_cutover(planned(place, "takes over"))
    before = read(place)
    with place.open() as qdrant:
        qdrant.delete(place.collection, list(before))
    consent(folder, "cutover")
    for _ in range(2):
        assert run_here(folder) == 4
        assert "0 points by now" in f"{view(folder).error}"
        assert_all_there(before, place, f"{place.collection}_new")
    with place.open() as qdrant:
        assert place.collection in qdrant.collections()
        qdrant.upsert(place.collection, list(before.values()))
    assert run_here(folder) == 0, view(folder).error
    assert_all_there(before, place, place.collection)


def test_one_that_somebody_else_has_deleted_leaves_its_name(place: Place) -> None:
    folder = to_the_cutover(planned(place, "takes over"))
    before = read(place)
    asked = view(folder).gate
    assert asked is not None
    assert any(f"none: {place.collection} is deleted" in line for line in asked["says"])
    with place.open() as qdrant:
        qdrant.delete_collection(place.collection)
    assert run_here(folder) == 3, view(folder).error
    asked = view(folder).gate
    assert asked is not None
    assert any("is gone already" in line for line in asked["says"])
    consent(folder, "cutover")
    assert run_here(folder) == 0, view(folder).error
    assert_all_there(before, place, place.collection)


def test_killed_between_the_two_it_goes_on(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = to_the_cutover(planned(place, "takes over"))
    before = read(place)

    consent(folder, "cutover")
    with monkeypatch.context() as patch:
        patch.setattr(Qdrant, "switch_alias", killed)
        with pytest.raises(Killed):
            run_here(folder)
    with place.open() as qdrant:
        assert not qdrant.exists(place.collection)
    assert run_here(folder) == 0, view(folder).error
    assert_all_there(before, place, place.collection)


def test_one_that_the_application_makes_anew_between_the_two_empties_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many applications do when they start and find no collection of their name."""
    folder = to_the_cutover(planned(place, "takes over"))
    if place.address.folder is not None:
        pytest.skip("only the engine may open the folder while it runs")
    before, target = read(place), f"{place.collection}_new"
    delete = Qdrant.delete_collection

    def made_anew(qdrant: Qdrant, collection: str) -> None:
        delete(qdrant, collection)
        size = place.models.old.dimensions
        vectors = {"size": size, "distance": "Cosine"}
        qdrant.create_collection(collection, {"vectors": vectors})

    consent(folder, "cutover")
    with monkeypatch.context() as patch:
        patch.setattr(Qdrant, "delete_collection", made_anew)
        assert run_here(folder) == 4
    for _ in range(2):
        assert "a collection of that name since" in f"{view(folder).error}"
        assert_all_there(before, place, target)
        assert run_here(folder) == 4
    assert run_here(folder, extra="verify", given={"again": True}) == 4, "reads both sides"
    assert run_here(folder, extra="discard") == 4
    assert_all_there(before, place, target)
    with place.open() as qdrant:
        qdrant.delete_collection(place.collection)
    assert run_here(folder) == 0, view(folder).error
    assert_all_there(before, place, place.collection)


def test_killed_before_the_deletion_it_is_judged_anew_and_goes_on(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = to_the_cutover(planned(place, "takes over"))

    consent(folder, "cutover")
    with monkeypatch.context() as patch:
        patch.setattr(Qdrant, "delete_collection", killed)
        with pytest.raises(Killed):
            run_here(folder)
    before = read(place)
    assert run_here(folder, extra="verify", given={"again": True}) == 0, view(folder).error
    assert_all_there(before, place, place.collection)


def test_a_last_copy_is_not_discarded(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = to_the_cutover(planned(place, "takes over"))
    before = read(place)

    consent(folder, "cutover")
    with monkeypatch.context() as patch:
        patch.setattr(Qdrant, "switch_alias", killed)
        with pytest.raises(Killed):
            run_here(folder)
    assert run_here(folder, extra="discard") == 4
    assert "would be the last copy" in f"{view(folder).error}"
    assert_all_there(before, place, f"{place.collection}_new")
    assert run_here(folder) == 0, view(folder).error
    assert_all_there(before, place, place.collection)
