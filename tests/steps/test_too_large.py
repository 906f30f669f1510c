"""A point that no request can carry: it is listed, the others are copied, and the run
is not proved until it fits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.pipeline import slices
from qdrant_model_migration.pipeline.make import TOO_LARGE
from qdrant_model_migration.qdrant import Address, Patience, open_qdrant
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.errors import NotWritten
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.routes import route_of
from support.fake_qdrant import FakeQdrant, Front
from support.world import World, a_move, old_point

SMALL = Front(body_bytes=200_000, cuts=True)


@pytest.fixture
def fake() -> Iterator[FakeQdrant]:
    """20 points of 10 kB, and number 7 of 300 kB, before a proxy that cuts what is large."""
    with FakeQdrant() as made:
        with open_qdrant(Address(url=made.url)) as qdrant:
            qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
            points = [old_point(n, f"text {n}", scan="x" * 10_000) for n in range(20)]
            points[7] = old_point(7, "text 7", scan="x" * 300_000)
            qdrant.insert("docs_old", points)
        made.front = SMALL
        yield made


@pytest.fixture
def world(fake: FakeQdrant, tmp_path: Path) -> Iterator[World]:
    patience = Patience(total_s=20.0, first_wait_s=0.001, longest_wait_s=0.002)
    with open_qdrant(Address(url=fake.url), patience=patience) as qdrant:
        yield World(qdrant, tmp_path, a_move())


def test_a_point_that_never_fits_is_listed_and_missed(fake: FakeQdrant, world: World) -> None:
    for step in (CreateCollection(), Backfill(), CatchUp(), Index()):
        step.apply(world)
    assert world.qdrant.count("docs_new") == 19
    assert world.dead == {7: TOO_LARGE}
    (ids,) = [c for c in route_of(world.move).check(world, 5) if c.name == "Each id once"]
    assert not ids.ok
    assert ids.note == "1 point is missing"
    fake.front = Front()  # somebody raised the limit
    world.qdrant._limits._body_bytes = 24_000_000  # a run that is resumed begins anew
    CatchUp().apply(world)
    assert world.qdrant.count("docs_new") == 20
    assert not world.dead


def test_one_that_grows_after_verify_is_not_switched_away_from(
    fake: FakeQdrant, world: World
) -> None:
    """It was taken out of the new collection, the switch came, and Clean up took the last copy."""
    fake.front = Front()
    for step in (CreateCollection(), Backfill(), CatchUp(), Index()):
        step.apply(world)
    route = route_of(world.move)
    with open_qdrant(Address(url=fake.url)) as application:
        application.upsert("docs_old", [old_point(3, "text 3", scan="y" * 300_000)])
    fake.front = SMALL
    route.catch_up(world, most=1, anew=True)
    with pytest.raises(NotWritten, match="Without 1 of its points docs_new is not switched to"):
        route.last_look(world)
    (ids,) = [c for c in route.check(world, 5) if c.name == "Each id once"]
    assert ids.note == "1 point is missing", "no late write: nobody else took it out"
    fake.front = Front()
    world.qdrant._limits._body_bytes = 24_000_000
    route.catch_up(world, most=1, anew=True)
    route.last_look(world)
    assert world.qdrant.count("docs_new") == 20


def test_a_slice_of_large_points_is_done_in_parts(
    fake: FakeQdrant, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slices, "MOST_BYTES", 50_000)
    fake.front = Front()
    CreateCollection().apply(world)
    Backfill().apply(world)
    assert world.qdrant.count("docs_new") == 20
    assert sum(text.startswith("Slice ") for text in world.said) >= 4
