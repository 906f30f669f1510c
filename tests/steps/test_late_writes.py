"""Writes at the worst moments: between a scan and its mend, across the switch, during the sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from qdrant_model_migration.qdrant import Point, PointId
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.routes.copy.last_look import last_look
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.steps.verify import Verify
from support.fake_qdrant import FakeQdrant
from support.world import NEW, HashModel, World, everything, old_point

SOURCE, TARGET = "/collections/docs_old/points", "/collections/docs_new/points"


@pytest.fixture(params=["1.16.3", "1.18.3"])
def fake(request: pytest.FixtureRequest) -> Iterator[FakeQdrant]:
    with FakeQdrant(version=request.param) as fake:
        yield fake


def new_point(number: int, text: str) -> Point:
    return Point(number, {"text": text}, {"": HashModel(NEW).embed([text], "passage").vectors[0]})


def write(fake: FakeQdrant, collection: str, *points: Point) -> None:
    """As the application does, past the run and its hooks."""
    from qdrant_model_migration.qdrant.points import point_to_json

    body = {"points": [point_to_json(point) for point in points]}
    fake.call("PUT", f"/collections/{collection}/points", body)


def delete(fake: FakeQdrant, collection: str, *numbers: int) -> None:
    fake.call("POST", f"/collections/{collection}/points/delete", {"points": [*numbers]})


def just_before_the_mend(fake: FakeQdrant, act: Callable[[], object]) -> None:
    """The old collection is read by id to make points again; `act` is what happens just before."""
    fake.before(f"{SOURCE}$", lambda _: act(), method="POST", times=1)


def switch(world: World) -> None:
    Verify().apply(world)
    world.consents["cutover"] = {"alias": "docs"}
    Cutover(switch=Aliases(alias="docs")).apply(world)


def texts(world: World, collection: str = "docs_new") -> dict[PointId, str]:
    return {i: p.payload["text"] for i, p in everything(world.qdrant, collection).items()}


def test_an_edit_between_scan_and_mend_and_one_more_before_the_sweep_arrives(
    world: World, fake: FakeQdrant
) -> None:
    write(fake, "docs_old", old_point(3, "first edit"))
    just_before_the_mend(fake, lambda: write(fake, "docs_old", old_point(3, "second edit")))
    route_of(world.move).catch_up(world, most=1)
    assert texts(world)[3] == "second edit"
    world.qdrant.switch_alias("docs", "docs_new")
    write(fake, "docs_old", old_point(3, "third edit"))
    Sweep().apply(world)
    assert texts(world)[3] == "third edit"
    assert world.conflicts == frozenset()


def test_a_point_deleted_after_its_mend_does_not_come_back(world: World, fake: FakeQdrant) -> None:
    write(fake, "docs_old", old_point(3, "first edit"), old_point(900, "new"))
    just_before_the_mend(
        fake, lambda: write(fake, "docs_old", old_point(3, "second"), old_point(900, "newer"))
    )
    route_of(world.move).catch_up(world, most=1)
    world.qdrant.switch_alias("docs", "docs_new")
    delete(fake, "docs_old", 3, 900)
    Sweep().apply(world)
    assert texts(world).keys() == set(range(40)) - {3}
    assert world.conflicts == frozenset()


def test_a_point_made_again_before_its_mend_and_deleted_later_is_no_fault(
    world: World, fake: FakeQdrant
) -> None:
    """It stands in the new collection, so the ledger must have it, or verify finds it extra."""
    delete(fake, "docs_old", 5)
    just_before_the_mend(fake, lambda: write(fake, "docs_old", old_point(5, "made again")))
    route_of(world.move).catch_up(world, most=1)
    assert texts(world)[5] == "made again"
    delete(fake, "docs_old", 5)
    Verify().apply(world)
    verdict = world.kept["verdict"]
    assert verdict["word"] == "INCONCLUSIVE", verdict
    checks = {check["name"]: check for check in verdict["integrity"]["checks"]}
    assert checks["Late writes"]["found"] == 1


def test_what_the_application_writes_while_the_sweep_writes_stays(
    world: World, fake: FakeQdrant
) -> None:
    """Between the sweep's last look at the new collection and its own write."""
    switch(world)
    write(fake, "docs_old", old_point(3, "old side"), old_point(4, "old side"))
    delete(fake, "docs_old", 6)

    def the_application() -> None:
        write(fake, "docs_new", new_point(3, "new side"), new_point(6, "new side"))
        delete(fake, "docs_new", 4)

    fake.before(TARGET, lambda _: the_application(), times=1,
                when=lambda r: r.method == "PUT" or r.path.endswith("/delete"))  # fmt: skip
    Sweep().apply(world)
    found = texts(world)
    assert found[3] == "new side"
    assert found[6] == "new side"
    # Below 1.17 an upsert cannot spare what is gone.
    if world.qdrant.capabilities.insert_only == "update_mode":
        assert 4 not in found
        assert world.conflicting.keys() == {3, 4, 6}
    assert texts(world, "docs_old")[3] == "old side"


@pytest.mark.parametrize("request_number", [1, 2])
def test_a_point_that_lacks_a_vector_and_is_deleted_while_the_sweep_writes_it_stays_away(
    world: World, fake: FakeQdrant, request_number: int
) -> None:
    """The model makes no vector of its late text, so the one of before has to go."""
    switch(world)
    fake.state.collections["docs_new"].points.mark_all_indexed()
    write(fake, "docs_old", old_point(3, ""), old_point(4, ""))
    writes: list[str] = []

    def the_application(_: object) -> None:
        writes.append("one of the sweep")
        if len(writes) == request_number:
            delete(fake, "docs_new", 4)

    fake.before(TARGET, the_application, times=2,
                when=lambda r: r.method == "PUT" or r.path.endswith("/delete"))  # fmt: skip
    Sweep().apply(world)
    found = everything(world.qdrant, "docs_new")
    assert (found[3].payload["text"], found[3].vectors) == ("", {})
    # Below 1.17 an upsert cannot spare what is gone.
    if world.qdrant.capabilities.insert_only == "update_mode":
        assert 4 not in found
        assert world.conflicting.keys() == {4}


def test_a_conflict_stays_listed_until_both_sides_agree(world: World, fake: FakeQdrant) -> None:
    switch(world)
    write(fake, "docs_old", old_point(3, "old side"))
    delete(fake, "docs_old", 4)
    write(fake, "docs_new", new_point(3, "new side"), new_point(4, "new side"))
    Sweep().apply(world)
    Sweep().apply(world)
    assert texts(world)[3] == "new side"
    assert {p: row[:2] for p, row in world.conflicting.items()} == {
        3: ("written", "written"),
        4: ("deleted", "written"),
    }
    write(fake, "docs_old", old_point(3, "new side"))
    Sweep().apply(world)
    assert world.conflicting.keys() == {4}
    assert world.dead == {}


def test_a_point_made_on_both_sides_and_then_deleted_in_the_new_one_stays_away(
    world: World, fake: FakeQdrant
) -> None:
    switch(world)
    write(fake, "docs_old", old_point(900, "old side"), old_point(901, "old side"))
    write(fake, "docs_new", new_point(900, "new side"), new_point(901, "new side"))
    Sweep().apply(world)
    assert world.conflicting.keys() == {900, 901}
    delete(fake, "docs_new", 900)
    delete(fake, "docs_old", 901)
    Sweep().apply(world)
    assert 900 not in texts(world)
    assert texts(world)[901] == "new side"
    assert {p: row[:2] for p, row in world.conflicting.items()} == {900: ("written", "deleted")}
    delete(fake, "docs_old", 900)
    Sweep().apply(world)
    assert not world.conflicting
    write(fake, "docs_old", old_point(900, "made anew"))
    Sweep().apply(world)
    assert texts(world)[900] == "made anew"


def test_a_sweep_where_strict_mode_forbids_filters_deletes_all_the_same(
    world: World, fake: FakeQdrant
) -> None:
    switch(world)
    strict = {"enabled": True, "unindexed_filtering_update": False}
    world.qdrant.patch("docs_new", {"strict_mode_config": strict})
    delete(fake, "docs_old", 4)
    write(fake, "docs_old", old_point(5, "late"))
    Sweep().apply(world)
    assert 4 not in texts(world)
    assert texts(world)[5] == "late"


def test_a_clean_pass_shows_how_far_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qdrant_model_migration.pipeline.in_slice.MOST", 10)
    for step in (CatchUp(), Sweep()):
        world.progressed.clear()
        step.apply(world)
        assert {(10, 40), (20, 40), (30, 40), (40, 40)} <= set(world.progressed)


def test_a_point_made_after_the_last_catch_up_and_deleted_after_the_switch_stays_away(
    world: World, fake: FakeQdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The application makes and deletes the same few ids again and again."""
    Verify().apply(world)
    delete(fake, "docs_old", 3, 4)
    write(fake, "docs_old", old_point(7, "edited"))

    def after_the_catch_up(ctx: World) -> None:
        write(fake, "docs_old", *(old_point(n, f"made again {n}") for n in (3, 4)))
        delete(fake, "docs_old", 7)
        last_look(ctx)

    monkeypatch.setattr("qdrant_model_migration.steps.routes.copy.last_look", after_the_catch_up)
    world.consents["cutover"] = {"alias": "docs"}
    Cutover(switch=Aliases(alias="docs")).apply(world)
    assert texts(world).keys() == texts(world, "docs_old").keys()
    delete(fake, "docs_new", 3)
    Sweep().apply(world)
    found = everything(world.qdrant, "docs_new")
    assert found.keys() == set(range(40)) - {3, 7}
    assert found[4].payload["text"] == "made again 4"
    expected = HashModel(NEW).embed(["made again 4"], "passage").vectors[0]
    np.testing.assert_allclose(found[4].vectors[""], expected, atol=1e-5)
    assert not world.conflicting
