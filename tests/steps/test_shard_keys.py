"""A point that changed its shard key on one side while the application wrote it on the other."""

from __future__ import annotations

from pathlib import Path

from qdrant_model_migration.qdrant import Address, Point, open_qdrant
from qdrant_model_migration.steps.routes.copy.mend import Remade, put_live
from support.fake_qdrant import FakeQdrant
from support.world import World, a_move, keeping

PARAMS = {"size": 2, "distance": "Dot"}


def test_a_late_write_under_another_key_does_not_double_what_the_application_writes(
    tmp_path: Path,
) -> None:
    with (
        FakeQdrant("1.18.3", distributed=True) as fake,
        open_qdrant(Address(url=fake.url)) as qdrant,
    ):
        for name in ("docs_old", "docs_new"):
            body = {"vectors": PARAMS, "sharding_method": "custom", "shard_number": 1}
            qdrant.create_collection(name, body)
            for key in ("a", "b"):
                qdrant._wire.add_shard_key(name, {"shard_key": key})
        world = World(qdrant, tmp_path, a_move(vectors=(keeping("", PARAMS),)))
        moved = Point(1, {"text": "late"}, {"": [1.0, 0.0]}, "b")
        seen = Point(1, {"text": "as it was"}, {"": [1.0, 0.0]}, "a")
        written = seen._replace(payload={"text": "by the application"})
        qdrant.insert("docs_new", [written])
        put_live(world, Remade((1,), {1: moved}, (moved,), ()), {1: seen})
        assert qdrant.count("docs_new") == 1
        assert qdrant.scroll("docs_new", vectors=True).points == [written]
