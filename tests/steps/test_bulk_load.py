"""How the server is spared while much is written to it, as the source text says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.pipeline.move import Load
from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.strategies.moving import load_of
from support.fake_qdrant import FakeQdrant
from support.surveys import docs
from support.world import World, a_move, old_point

POINTS = 300
USUAL = 10_000


@pytest.fixture
def fake() -> Iterator[FakeQdrant]:
    with FakeQdrant(version="1.18.3") as fake:
        yield fake


@pytest.fixture
def world(fake: FakeQdrant, tmp_path: Path) -> Iterator[World]:
    with open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs_old", [old_point(n, f"text {n}") for n in range(POINTS)])
        yield World(qdrant, tmp_path, a_move(load=Load(batch=64, streams=2, slice=128)))


def threshold(world: World) -> Any:
    return world.qdrant.config("docs_new").raw["optimizer_config"]["indexing_threshold"]


def test_no_index_is_built_while_points_are_loaded_and_the_threshold_is_put_back(
    world: World,
) -> None:
    CreateCollection().apply(world)
    Backfill().apply(world)
    assert threshold(world) == 0
    Index().apply(world)
    assert threshold(world) == USUAL


def test_vectors_that_are_made_anew_are_not_read(world: World, fake: FakeQdrant) -> None:
    CreateCollection().apply(world)
    seen = len(fake.requests)
    Backfill().apply(world)
    read = [r.body for r in list(fake.requests)[seen:] if r.path.endswith("/points/scroll")]
    assert {body["with_vector"] for body in read} == {False}


def test_points_are_written_in_pieces_that_leave_alone_what_is_there(
    world: World, fake: FakeQdrant
) -> None:
    CreateCollection().apply(world)
    seen = len(fake.requests)
    Backfill().apply(world)
    path = "/collections/docs_new/points"
    written = [r for r in list(fake.requests)[seen:] if (r.method, r.path) == ("PUT", path)]
    assert {r.body["update_mode"] for r in written} == {"insert_only"}
    assert max(len(r.body["points"]) for r in written) == 64
    assert sum(len(r.body["points"]) for r in written) == POINTS


@pytest.mark.parametrize(("pace", "streams"), [("gently", 1), ("normally", 2), ("fast", 4)])
def test_each_pace_is_within_what_the_source_text_says(pace: str, streams: int) -> None:
    """64 to 256 points a request, 2 to 4 at a time; fewer only where somebody wants it gentle."""
    load = load_of(docs(), {"pace": pace})
    assert 64 <= load.batch <= 256
    assert load.streams == streams
