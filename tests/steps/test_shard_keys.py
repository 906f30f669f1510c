"""A point that changed its shard key on one side while the application wrote it on the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.pipeline.ledger import open_ledger, record
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.qdrant import Address, Point, open_qdrant
from qdrant_model_migration.steps.routes.copy.mend import Remade, put_live
from qdrant_model_migration.steps.routes.copy.sweep_pass import one_pass
from support.fake_qdrant import FakeQdrant
from support.world import World, a_move, keeping

PARAMS = {"size": 2, "distance": "Dot"}


class Killed(BaseException):
    """kill -9, as far as a step can feel it."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with (
        FakeQdrant("1.18.3", distributed=True) as fake,
        open_qdrant(Address(url=fake.url)) as qdrant,
    ):
        for name in ("docs_old", "docs_new"):
            body = {"vectors": PARAMS, "sharding_method": "custom", "shard_number": 1}
            qdrant.create_collection(name, body)
            for key in ("a", "b"):
                qdrant._wire.add_shard_key(name, {"shard_key": key})
        yield World(qdrant, tmp_path, a_move(vectors=(keeping("", PARAMS),)))


def test_a_late_write_under_another_key_does_not_double_what_the_application_writes(
    world: World,
) -> None:
    qdrant = world.qdrant
    moved = Point(1, {"text": "late"}, {"": [1.0, 0.0]}, "b")
    seen = Point(1, {"text": "as it was"}, {"": [1.0, 0.0]}, "a")
    written = seen._replace(payload={"text": "by the application"})
    qdrant.insert("docs_new", [written])
    put_live(world, Remade((1,), {1: moved}, (moved,), ()), {1: seen})
    assert qdrant.count("docs_new") == 1
    assert qdrant.scroll("docs_new", vectors=True).points == [written]


def test_a_kill_between_its_two_keys_does_not_lose_a_point(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is deleted under the one and inserted under the other."""
    qdrant, seen = world.qdrant, Point(1, {"text": "one"}, {"": [1.0, 0.0]}, "a")
    for name in ("docs_old", "docs_new"):
        qdrant.insert(name, [seen])
    with open_ledger(world.folder, begin=True) as ledger:
        ledger.replace(None, None, record(1, mark_of(seen, world.move)))
    moved = seen._replace(key="b")
    qdrant.delete("docs_old", [1])
    qdrant.insert("docs_old", [moved])

    def dies(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(type(qdrant), "insert", dies)
        with pytest.raises(Killed):
            one_pass(world)
    assert not qdrant.count("docs_new")
    one_pass(world)
    assert qdrant.scroll("docs_new", vectors=True).points == [moved]
    assert not world.conflicts
