"""A gate is asked for without a look at the points, and what follows a consent is said on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.errors import Stopped
from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.steps.adopt_alias import AdoptAlias
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.cleanup import Cleanup
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.discard import Discard
from qdrant_model_migration.steps.errors import AliasMoved, CleanupRefused, NothingToRollBack
from qdrant_model_migration.steps.gate import Gate, Waiting
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.keep_or_undo import KeepOrUndo
from qdrant_model_migration.steps.requantize import Requantize
from qdrant_model_migration.steps.rollback import Rollback
from qdrant_model_migration.steps.step import Step
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.steps.verify import Verify
from support.fake_qdrant import FakeQdrant
from support.world import World, a_move, everything, old_point

POINTS = 40


@pytest.fixture
def fake() -> Iterator[FakeQdrant]:
    with FakeQdrant(version="1.18.3") as fake:
        yield fake


@pytest.fixture
def world(fake: FakeQdrant, tmp_path: Path) -> Iterator[World]:
    """At the cutover: everything is copied, caught up with and verified."""
    with open_qdrant(Address(url=fake.url, folder=None)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs_old", [old_point(n, f"text number {n}") for n in range(POINTS)])
        qdrant.switch_alias("docs", "docs_old")
        world = World(qdrant, tmp_path, a_move())
        for step in (CreateCollection(), Backfill(), CatchUp(), Index(), Verify()):
            step.apply(world)
        yield world


SWITCH = "/collections/aliases"


def switched(world: World) -> World:
    world.consents["cutover"] = {"alias": "docs"}
    Cutover(switch=Aliases(alias="docs")).apply(world)
    Sweep().apply(world)
    return world


def asked(step: Step, world: World, fake: FakeQdrant) -> Gate:
    """The gate of a step; no request for it is about points."""
    fake.requests.clear()
    with pytest.raises(Waiting) as waiting:
        step.apply(world)
    assert [r.path for r in fake.requests if "/points" in r.path] == []
    return waiting.value.gate


def told_before_the_switch(fake: FakeQdrant, at: int = 0) -> list[str]:
    """Paths of the requests up to a switch of an alias, by default the first one."""
    paths = [request.path for request in fake.requests]
    return paths[: [n for n, path in enumerate(paths) if path == SWITCH][at]]


def test_a_rollback_switches_before_it_reads_anything(world: World, fake: FakeQdrant) -> None:
    gate = asked(Rollback(), switched(world), fake)
    assert any("counted after the switch" in line for line in gate.says)
    fake.requests.clear()
    world.consents["rollback"] = {"alias": "docs"}
    Rollback().apply(world)
    assert told_before_the_switch(fake) == ["/aliases", "/collections/docs_old/exists", "/aliases"]
    assert world.kept["left_behind"] == {"inserted": 0, "edited": 0, "deleted": 0}
    assert world.progressed[-1] == (POINTS, POINTS)


def test_no_pause_lies_between_the_last_look_at_the_alias_and_the_switch(
    world: World, fake: FakeQdrant
) -> None:
    breaths: list[str] = []
    world.on_breath = lambda: breaths.append(fake.requests[-1].path)
    world.consents["cutover"] = {"alias": "docs"}
    Cutover(switch=Aliases(alias="docs")).apply(world)
    assert breaths
    assert "/aliases" not in breaths
    assert told_before_the_switch(fake, at=1)[-1] == "/aliases"


def test_an_alias_that_somebody_moves_in_a_pause_is_left_alone(
    world: World, fake: FakeQdrant
) -> None:
    fake.call("PUT", "/collections/other", {"vectors": {"size": 8, "distance": "Cosine"}})
    world.on_breath = lambda: fake.state.aliases.update(docs="other")
    world.consents["cutover"] = {"alias": "docs"}
    with pytest.raises(AliasMoved, match="docs points to other"):
        Cutover(switch=Aliases(alias="docs")).apply(world)
    assert fake.state.aliases == {"docs": "other"}
    assert world.consents == {}


def test_the_cutover_reads_both_sides_once_after_the_consent_and_has_said_so(
    world: World, fake: FakeQdrant
) -> None:
    gate = asked(Cutover(switch=Aliases(alias="docs")), world, fake)
    assert any("read once more: 40 points, about 1 s;" in line for line in gate.says)
    world.qdrant.upsert("docs_old", [old_point(3, "late")])
    fake.requests.clear()
    world.consents["cutover"] = {"alias": "docs"}
    Cutover(switch=Aliases(alias="docs")).apply(world)
    scrolls = [path for path in told_before_the_switch(fake) if path.endswith("/scroll")]
    assert sorted(scrolls) == [f"/collections/docs_{side}/points/scroll" for side in ("new", "old")]
    assert told_before_the_switch(fake)[-1] == "/aliases"


def test_a_second_pass_follows_a_first_one_that_had_much_to_make(
    world: World, fake: FakeQdrant
) -> None:
    world.qdrant.upsert("docs_old", [old_point(n, "late") for n in range(30)])
    fake.requests.clear()
    world.consents["cutover"] = {"alias": "docs"}
    Cutover(switch=Aliases(alias="docs")).apply(world)
    paths = told_before_the_switch(fake)
    assert paths.count("/collections/docs_old/points/scroll") == 2


@pytest.mark.parametrize("trouble", ["stop", "no ledger", "server"])
def test_a_count_that_cannot_be_made_does_not_spoil_the_rollback(
    world: World, fake: FakeQdrant, trouble: str
) -> None:
    def stop() -> None:
        if fake.state.aliases["docs"] == "docs_old":
            raise Stopped

    switched(world)
    if trouble == "stop":
        world.on_breath = stop
    elif trouble == "no ledger":
        (world.folder / "ledger.db").unlink()
    else:
        fake.fail(path="/collections/docs_new/points/scroll", status=507, error="full")
    world.consents["rollback"] = {"alias": "docs"}
    Rollback().apply(world)
    assert fake.state.aliases == {"docs": "docs_old"}
    assert world.kept["rolled_back"]["to"] == "docs_old"
    assert world.kept["left_behind"] is None
    assert "were not counted" in world.said[-1]


def test_a_rollback_that_was_killed_while_it_counted_goes_on_counting(
    world: World, fake: FakeQdrant
) -> None:
    def die() -> None:
        if fake.state.aliases["docs"] == "docs_old":
            raise KeyboardInterrupt

    switched(world)
    world.on_breath = die
    world.consents["rollback"] = {"alias": "docs"}
    with pytest.raises(KeyboardInterrupt):
        Rollback().apply(world)
    assert world.kept["rolled_back"]["to"] == "docs_old"
    world.on_breath = None
    Rollback().apply(world)
    assert world.kept["left_behind"] == {"inserted": 0, "edited": 0, "deleted": 0}


def test_a_second_rollback_says_that_it_is_done(world: World) -> None:
    switched(world)
    world.consents["rollback"] = {"alias": "docs"}
    Rollback().apply(world)
    with pytest.raises(NothingToRollBack, match="docs answers from docs_old again") as told:
        Rollback().apply(world)
    assert "rolled back already" in str(told.value)


def test_cleanup_is_asked_for_before_the_old_collection_is_read(
    world: World, fake: FakeQdrant
) -> None:
    gate = asked(Cleanup(), switched(world), fake)
    assert any("read once more first (40 points, about 1 s)" in line for line in gate.says)
    world.consents["cleanup"] = {"collection": "docs_old"}
    Cleanup().apply(world)
    assert set(fake.state.collections) == {"docs_new"}


def test_a_consent_to_delete_is_spent_by_what_was_found(world: World, fake: FakeQdrant) -> None:
    switched(world)
    world.qdrant.upsert("docs_old", [old_point(3, "written by the old name")])
    world.consents["cleanup"] = {"collection": "docs_old"}
    there = everything(world.qdrant, "docs_new")[3]
    world.qdrant.upsert("docs_new", [there._replace(payload={"text": "and by the new one"})])
    with pytest.raises(CleanupRefused, match="1 more point changed on both sides"):
        Cleanup().apply(world)
    assert world.consents == {}
    asked(Cleanup(), world, fake)


def test_an_alias_that_comes_while_the_old_collection_is_read_keeps_it(
    world: World, fake: FakeQdrant
) -> None:
    switched(world)
    world.consents["cleanup"] = {"collection": "docs_old"}
    fake.before(
        "/collections/docs_old/points/scroll",
        lambda _: fake.state.aliases.update(another="docs_old"),
        times=1,
    )
    with pytest.raises(CleanupRefused, match="another still points to it"):
        Cleanup().apply(world)
    assert "docs_old" in fake.state.collections


@pytest.mark.parametrize(
    "step",
    [
        AdoptAlias(alias="docs_live", collection="docs_old"),
        Requantize(collection="docs_old", quantization={"scalar": {"type": "int8"}}),
        KeepOrUndo(collection="docs_old"),
        Discard(),
    ],
)
def test_no_other_gate_reads_points_either(world: World, fake: FakeQdrant, step: Step) -> None:
    asked(step, world, fake)
