"""A small collection on the fake server, copied and caught up with: what passes begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.index import Index
from support.fake_qdrant import FakeQdrant
from support.world import World, a_move, old_point


@pytest.fixture
def world(fake: FakeQdrant, tmp_path: Path) -> Iterator[World]:
    """Texts 0 to 39 of docs_old in docs_new; docs points to the old one. `fake` is the module's."""
    with open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs_old", [old_point(n, f"text {n}") for n in range(40)])
        qdrant.switch_alias("docs", "docs_old")
        world = World(qdrant, tmp_path, a_move())
        for step in (CreateCollection(), Backfill(), CatchUp(), Index()):
            step.apply(world)
        yield world
