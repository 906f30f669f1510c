"""Killed or refused between two writes around the switch, and what the next session makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.ledger import Ledger
from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.qdrant import Address, Point, PointId, open_qdrant
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.cleanup import Cleanup
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.discard import Discard
from qdrant_model_migration.steps.errors import CleanupRefused, OldEmptied
from qdrant_model_migration.steps.gate import Waiting
from qdrant_model_migration.steps.rollback import Rollback
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.routes.copy.last_look import last_look
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.steps.verify import Verify
from support.fake_qdrant import FakeQdrant
from support.world import (
    NEW,
    HashModel,
    World,
    a_move,
    everything,
    keeping,
    new_model,
    old_point,
)


class Killed(BaseException):
    """kill -9, as far as a step can feel it."""


@pytest.fixture
def fake() -> Iterator[FakeQdrant]:
    with FakeQdrant() as fake:
        yield fake


def new_point(number: int, text: str) -> Point:
    return Point(number, {"text": text}, {"": HashModel(NEW).embed([text], "passage").vectors[0]})


def cutover(world: World) -> None:
    world.consents["cutover"] = {"alias": "docs"}
    Cutover(switch=Aliases(alias="docs")).apply(world)


def switched(world: World) -> None:
    Verify().apply(world)
    cutover(world)
    Sweep().apply(world)


def assert_vectors(world: World) -> None:
    """Each point of the new collection has the vector of its present text."""
    for point in everything(world.qdrant, "docs_new").values():
        expected = HashModel(NEW).embed([point.payload["text"]], "passage").vectors[0]
        assert point.vectors, point.id
        np.testing.assert_allclose(point.vectors[""], expected, atol=1e-5)


def texts(world: World, collection: str = "docs_new") -> dict[PointId, str]:
    return {i: p.payload["text"] for i, p in everything(world.qdrant, collection).items()}


def made_again_before_the_switch(world: World, *numbers: int) -> None:
    """They change often; after the last catch-up the last look inserts them without a vector."""
    Verify().apply(world)
    world.qdrant.delete("docs_old", list(numbers))
    route_of(world.move).catch_up(world, most=1)
    world.qdrant.insert("docs_old", [old_point(n, f"made again {n}", seen=0) for n in numbers])
    last_look(world)
    world.qdrant.switch_alias("docs", "docs_new")


def test_what_the_application_changes_before_the_sweep_gets_the_vector_of_its_own_text(
    world: World, fake: FakeQdrant
) -> None:
    made_again_before_the_switch(world, 3, 4, 5, 6)
    path = "/collections/docs_new/points/payload"
    fake.call("POST", path, {"points": [3], "payload": {"seen": 1}})
    fake.call("POST", path, {"points": [4], "payload": {"text": "another text"}})
    fake.call("POST", path, {"points": [5], "payload": {"seen": 1}})
    world.qdrant.upsert("docs_old", [old_point(5, "changed there, too")])
    world.qdrant.delete("docs_new", [6])
    Sweep().apply(world)
    assert_vectors(world)
    assert texts(world)[3] == "made again 3"
    assert texts(world)[4] == "another text"
    assert texts(world)[5] == "made again 5"
    assert 6 not in texts(world)
    assert world.conflicting.keys() == {5}


def test_what_both_sides_have_deleted_before_the_sweep_is_no_conflict(world: World) -> None:
    made_again_before_the_switch(world, 3)
    world.qdrant.delete("docs_old", [3])
    world.qdrant.delete("docs_new", [3])
    Sweep().apply(world)
    assert 3 not in texts(world)
    assert not world.conflicting


@pytest.mark.parametrize("how", [Killed, QmmError])
def test_what_the_last_look_left_unfinished_gets_its_vector_though_the_switch_failed(
    world: World, monkeypatch: pytest.MonkeyPatch, how: type[BaseException]
) -> None:
    Verify().apply(world)
    world.qdrant.delete("docs_old", [3, 4])

    def made_again_meanwhile(ctx: World) -> None:
        world.qdrant.insert("docs_old", [old_point(n, f"made again {n}") for n in (3, 4)])
        last_look(ctx)
        raise how("", "", "") if how is QmmError else how

    with monkeypatch.context() as patched:
        patched.setattr("qdrant_model_migration.steps.routes.copy.last_look", made_again_meanwhile)
        with pytest.raises(how):
            cutover(world)
    cutover(world)
    Sweep().apply(world)
    assert texts(world)[3] == "made again 3"
    assert_vectors(world)
    assert not world.conflicting


def test_a_damaged_list_of_them_is_written_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    Verify().apply(world)
    world.qdrant.delete("docs_old", [3])
    CatchUp().apply(world)
    world.qdrant.insert("docs_old", [old_point(3, "made again")])
    last_look(world)
    (world.folder / "ledger.db").write_bytes(b"{" * 9_000)
    cutover(world)
    assert_vectors(world)


def test_what_a_broken_sweep_had_replaced_and_the_application_then_deleted_stays_away(
    world: World, fake: FakeQdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One without every vector is written in two requests; a resume must not insert it again."""
    switched(world)
    world.qdrant.upsert("docs_old", [old_point(3, "")])
    world.qdrant.upsert("docs_old", [old_point(39, "late")])

    def kill(*_: object) -> None:
        assert texts(world)[3] == ""
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "replace", kill)
        with pytest.raises(Killed):
            Sweep().apply(world)
    world.qdrant.delete("docs_new", [3])
    Sweep().apply(world)
    assert 3 not in texts(world)
    assert world.conflicting.keys() == {3}
    assert texts(world)[39] == "late"


def test_a_sweep_that_is_killed_before_it_takes_vectors_of_before_takes_them_when_it_goes_on(
    fake: FakeQdrant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One point has lost its text, one a copied vector; both are written over where they stand."""
    params = {"size": 2, "distance": "Dot"}
    made = TargetVector(name="new", params={"size": 12, "distance": "Dot"}, origin=new_model())
    move = a_move(vectors=(made, keeping("copied", params)))
    with open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"copied": params}})
        before = [Point(n, {"text": f"text {n}"}, {"copied": [1.0, n]}) for n in (1, 2)]
        qdrant.insert("docs_old", before)
        qdrant.switch_alias("docs", "docs_old")
        world = World(qdrant, tmp_path, move)
        for step in (CreateCollection(), Backfill(), CatchUp()):
            step.apply(world)
        fake.state.collections["docs_new"].points.mark_all_indexed()
        qdrant.switch_alias("docs", "docs_new")
        qdrant.delete("docs_old", [1, 2])
        late = [Point(1, {"text": ""}, {"copied": [1.0, 1]}), Point(2, {"text": "late"}, {})]
        qdrant.insert("docs_old", late)

        def kill(*_: object) -> None:
            raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(type(qdrant), "unset_vectors", kill)
            with pytest.raises(Killed):
                Sweep().apply(world)
        assert everything(qdrant, "docs_new")[1].vectors.keys() == {"new", "copied"}
        Sweep().apply(world)
        assert not world.conflicting
        found = everything(qdrant, "docs_new")
        assert found[1].vectors.keys() == {"copied"}
        assert found[2].vectors.keys() == {"new"}
        assert found[2].payload == {"text": "late"}


@pytest.mark.parametrize("later", [["later 3", "later 4"], ["text 3", "text 4"]])
def test_what_the_old_side_changes_again_or_back_after_a_broken_sweep_is_carried_over_too(
    world: World, monkeypatch: pytest.MonkeyPatch, later: list[str]
) -> None:
    """What a sweep had written before it broke is not taken for the application's own."""
    switched(world)
    qdrant = world.qdrant
    qdrant.upsert("docs_old", [old_point(3, "late"), old_point(50, "made late")])
    qdrant.delete("docs_old", [4])

    def kill(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "replace", kill)
        with pytest.raises(Killed):
            Sweep().apply(world)
    assert texts(world).keys() == {*range(40), 50} - {4}
    as_it_is_now = dict(zip((3, 4, 50), [*later, "later 50"], strict=True))
    qdrant.upsert("docs_old", [old_point(n, text) for n, text in as_it_is_now.items()])
    Sweep().apply(world)
    assert not world.conflicting
    assert texts(world) == texts(world, "docs_old")
    assert_vectors(world)


def test_versions_that_nobody_was_asked_about_do_not_go_after_a_kill(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    switched(world)
    world.qdrant.upsert("docs_old", [old_point(3, "old side")])
    world.qdrant.upsert("docs_new", [new_point(3, "new side")])
    with pytest.raises(Waiting) as waiting:
        Cleanup().apply(world)
    assert {ask.key for ask in waiting.value.gate.asks} == {"collection"}
    world.consents["cleanup"] = {"collection": "docs_old"}

    def kill(ctx: object, gate: str) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(World, "spend", kill)
        with pytest.raises(Killed):
            Cleanup().apply(world)
    assert world.conflicting.keys() == {3}
    with pytest.raises(CleanupRefused):
        Cleanup().apply(world)
    assert texts(world, "docs_old")[3] == "old side"
    with pytest.raises(Waiting) as waiting:
        Cleanup().apply(world)
    assert {ask.key for ask in waiting.value.gate.asks} == {"collection", "conflicts"}
    world.consents["cleanup"] = {"collection": "docs_old", "conflicts": "yes"}
    Cleanup().apply(world)
    assert not world.qdrant.exists("docs_old")


@pytest.mark.parametrize("remake", [False, True])
def test_an_old_collection_that_was_emptied_takes_nothing_out_of_the_new_one(
    world: World, remake: bool
) -> None:
    """Made anew by an application that finds it gone, or emptied by hand."""
    switched(world)
    world.qdrant.delete("docs_old", list(range(35)))
    if remake:
        world.qdrant.delete_collection("docs_old")
        world.qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
    with pytest.raises(OldEmptied):
        Sweep().apply(world)
    with pytest.raises(Waiting):
        Cleanup().apply(world)
    world.consents["cleanup"] = {"collection": "docs_old"}
    with pytest.raises(OldEmptied):
        Cleanup().apply(world)
    assert texts(world).keys() == set(range(40))
    assert not world.conflicting
    # Deleted on purpose: whoever deletes them in the new one, too, can go on.
    world.qdrant.delete("docs_new", list(range(40 if remake else 35)))
    world.consents["cleanup"] = {"collection": "docs_old"}
    Cleanup().apply(world)
    assert texts(world).keys() == (set() if remake else set(range(35, 40)))


def test_cleanup_after_a_rollback_leaves_a_collection_alone_that_another_has_made(
    world: World,
) -> None:
    switched(world)
    world.consents["rollback"] = {"alias": "docs"}
    Rollback().apply(world)
    world.qdrant.delete_collection("docs_new")
    world.qdrant.create_collection("docs_new", {"vectors": {"size": 8, "distance": "Cosine"}})
    world.consents["cleanup"] = {"collection": "docs_new"}
    with pytest.raises(CleanupRefused):
        Cleanup().apply(world)
    assert world.qdrant.exists("docs_new")


def stopped(world: World) -> None:
    raise Killed


def test_a_cleanup_that_was_stopped_and_rolled_back_asks_anew_for_the_other_collection(
    world: World,
) -> None:
    switched(world)
    world.consents["cleanup"] = {"collection": "docs_old"}
    world.on_breath = lambda: stopped(world)
    with pytest.raises(Killed):
        Cleanup().apply(world)
    world.on_breath = None
    world.consents["rollback"] = {"alias": "docs"}
    Rollback().apply(world)
    with pytest.raises(Waiting) as waiting:
        Cleanup().apply(world)
    assert [ask.expect for ask in waiting.value.gate.asks] == ["docs_new"]
    assert world.qdrant.exists("docs_new")


def test_a_discard_that_had_nothing_to_delete_asks_anew_where_there_is_something(
    world: World,
) -> None:
    world.consents["discard"] = {"sure": "yes"}
    with pytest.raises(Waiting):
        Discard().apply(world)
    assert world.qdrant.exists("docs_new")


def test_a_discard_that_was_killed_after_it_deleted_says_what_it_has_deleted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.consents["discard"] = {"collection": "docs_new"}
    with monkeypatch.context() as patched:
        patched.setattr(world, "say", lambda *_: stopped(world))
        with pytest.raises(Killed):
            Discard().apply(world)
    assert not world.qdrant.exists("docs_new")
    Discard().apply(world)
    assert world.kept["discarded"] == "docs_new"


def test_a_consent_that_was_given_on_a_go_is_none_to_a_switch_without_proof(world: World) -> None:
    Verify().apply(world)
    world.kept["verdict"]["word"] = "GO"
    step = Cutover(switch=Aliases(alias="docs"))
    with pytest.raises(Waiting) as waiting:
        step.apply(world)
    assert "without_proof" not in {ask.key for ask in waiting.value.gate.asks}
    world.consents["cutover"] = {"alias": "docs"}
    world.on_breath = lambda: stopped(world)
    with pytest.raises(Killed):
        step.apply(world)
    world.on_breath = None
    Verify(again=True).apply(world)
    with pytest.raises(Waiting) as waiting:
        step.apply(world)
    assert "without_proof" in {ask.key for ask in waiting.value.gate.asks}
    world.consents["cutover"] = {"alias": "docs", "without_proof": "without proof"}
    step.apply(world)
    assert world.qdrant.aliases()["docs"] == "docs_new"


def test_a_rollback_says_how_many_points_it_goes_back_to(world: World) -> None:
    """An old collection that somebody emptied is no way back, and looks like one by its name."""
    switched(world)
    world.qdrant.delete("docs_old", list(range(39)))
    with pytest.raises(Waiting) as waiting:
        Rollback().apply(world)
    assert waiting.value.gate.says[1] == "After    docs → docs_old   (1 point)"
