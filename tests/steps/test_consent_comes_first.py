"""A gate is asked for without a look at the points, and what follows a consent is said on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.errors import CleanupRefused
from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.cleanup import Cleanup
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.gate import Gate, Waiting
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.step import Step
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.verify import Verify
from support.fake_qdrant import FakeQdrant
from support.world import World, a_move, old_point

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


def switched(world: World) -> World:
    world.consents["cutover"] = {"alias": "docs"}
    Cutover(alias="docs").apply(world)
    Sweep().apply(world)
    return world


def asked(step: Step, world: World, fake: FakeQdrant) -> Gate:
    """The gate of a step; no request for it is about points."""
    fake.requests.clear()
    with pytest.raises(Waiting) as waiting:
        step.apply(world)
    assert [r.path for r in fake.requests if "/points" in r.path] == []
    return waiting.value.gate


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
    with pytest.raises(CleanupRefused, match="1 point changed in it"):
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
