"""A collection with custom shard keys goes the whole way: every point stays with its key, also one
that the application writes, moves or puts under a key of its own making meanwhile."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from qdrant_model_migration.embedders import open_embedder
from qdrant_model_migration.engine import create_run, run_here, view
from qdrant_model_migration.pipeline.sameness import same_payload
from qdrant_model_migration.qdrant import Address, Point, PointId, Qdrant, ShardKey
from support.fake_qdrant import FakeQdrant
from support.world import everything

from .conftest import Models, Place, document, ident
from .trips import add, assert_made, plan_for, switch, to_the_cutover

POINTS = 150
KEYS: tuple[ShardKey, ...] = ("en", "de", 7)
REAL = pytest.param("real", marks=pytest.mark.server)


@pytest.fixture(params=["1.16.3", "1.18.3", "1.19.0", REAL])
def place(
    request: pytest.FixtureRequest, tmp_path: Path, models: Models, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    """A server in distributed mode; the real one is named by QDRANT_CLUSTER_URL."""
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
    if request.param != "real":
        with FakeQdrant(version=request.param, distributed=True) as fake:
            yield _filled(Address(url=fake.url, folder=None), models, fake, "")
        return
    url = os.environ.get("QDRANT_CLUSTER_URL")
    if not url:
        pytest.skip("QDRANT_CLUSTER_URL names no server")
    mark = uuid.uuid4().hex[:8]
    place = _filled(Address.parse(url), models, None, mark)
    yield place
    with place.open() as qdrant:
        for name in qdrant.collections():
            if mark in name:
                qdrant.delete_collection(name)


def _filled(address: Address, models: Models, fake: FakeQdrant | None, mark: str) -> Place:
    place = Place(address, f"docs_old{mark}", f"docs{mark}", models, fake)
    with place.open() as qdrant:
        qdrant.create_collection(
            place.collection,
            {
                "vectors": {"size": models.old.dimensions, "distance": "Cosine"},
                "sharding_method": "custom",
                "shard_number": 1,
                "metadata": models.old.to_metadata(),
            },
        )
        for number, key in enumerate(KEYS):
            _make_key(qdrant, place.collection, key, shards=1 + number % 2)
        qdrant.insert(place.collection, [_point(place, n) for n in range(POINTS)])
        qdrant.switch_alias(place.alias, place.collection)
    return place


def _make_key(qdrant: Qdrant, collection: str, key: ShardKey, shards: int = 1) -> None:
    qdrant._wire.add_shard_key(collection, {"shard_key": key, "shards_number": shards})


def _point(place: Place, number: int, key: ShardKey | None = None, text: str = "") -> Point:
    payload = document(number) | ({"text": text} if text else {})
    vector = open_embedder(place.models.old).embed([payload["text"]], "passage").vectors[0]
    return Point(ident(number), payload, {"": vector}, key or KEYS[number % len(KEYS)])


class Sides(NamedTuple):
    old: dict[PointId, Point]
    new: dict[PointId, Point]


def sides(place: Place) -> Sides:
    with place.open() as qdrant:
        return Sides(
            everything(qdrant, place.collection), everything(qdrant, f"{place.collection}_new")
        )


def assert_same(found: Sides) -> None:
    assert found.new.keys() == found.old.keys()
    for i, point in found.old.items():
        assert found.new[i].key == point.key
        assert same_payload(found.new[i].payload, point.payload)


def test_every_point_stays_with_its_key_while_the_application_writes(place: Place) -> None:
    plan = plan_for(place, "blue_green", "model")
    assert "placement of shard keys" in plan.lost_settings
    folder = to_the_cutover(plan)
    assert_same(sides(place))
    with place.open() as qdrant:
        shards = qdrant.shard_keys(f"{place.collection}_new")
        assert shards == qdrant.shard_keys(place.collection)
        assert [found.shards for found in shards] == [1, 2, 1]
        # Edited, deleted, added; moved to another key; put under a key that was not there.
        _make_key(qdrant, place.alias, "new", shards=2)
        qdrant.upsert(place.alias, [_point(place, 3, text="another text altogether")])
        qdrant.delete(place.alias, [ident(4)])
        qdrant.upsert(place.alias, [_point(place, 9001, "de")])
        qdrant.delete(place.alias, [ident(5)])
        qdrant.insert(place.alias, [_point(place, 5, "en")])
        qdrant.insert(place.alias, [_point(place, 9002, "new")])
    switch(folder)
    after = sides(place)
    assert_same(after)
    assert after.new[ident(5)].key == "en"
    assert after.new[ident(9002)].key == "new"
    assert_made(place, f"{place.collection}_new", "")
    with place.open() as qdrant:
        assert qdrant.shard_keys(f"{place.collection}_new")[-1] == ("new", 2, 1)
        assert qdrant.aliases()[place.alias] == f"{place.collection}_new"
    add(folder, "rollback")
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(f"{place.collection}_new")
        assert len(everything(qdrant, place.collection)) == POINTS + 1


def test_late_writes_are_carried_to_their_keys_before_the_old_one_goes(place: Place) -> None:
    folder = to_the_cutover(plan_for(place, "blue_green", "model"))
    switch(folder)
    with place.open() as qdrant:  # by the old one's own name
        _make_key(qdrant, place.collection, "late")
        qdrant.upsert(place.collection, [_point(place, 3, text="a late text")])
        qdrant.delete(place.collection, [ident(4), ident(5)])
        qdrant.insert(place.collection, [_point(place, 5, "en"), _point(place, 9003, "late")])
    before = sides(place).old
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(place.collection)
        new = everything(qdrant, f"{place.collection}_new")
    assert_same(Sides(before, new))
    assert_made(place, f"{place.collection}_new", "")


def test_an_id_under_two_keys_stops_the_run_before_anything_is_made(place: Place) -> None:
    with place.open() as qdrant:
        qdrant.insert(place.collection, [_point(place, 3, "de")])
    folder = create_run(plan_for(place, "blue_green", "model"))
    assert run_here(folder) == 4
    assert "stands under two shard keys" in str(view(folder).error)
    with place.open() as qdrant:
        assert not qdrant.exists(f"{place.collection}_new")


def test_one_that_comes_under_a_second_key_meanwhile_fails_the_verification(place: Place) -> None:
    folder = to_the_cutover(plan_for(place, "blue_green", "model"))
    with place.open() as qdrant:
        twin = _point(place, 3)
        qdrant.insert(place.collection, [twin._replace(key="de" if twin.key != "de" else "en")])
    assert run_here(folder, extra="verify") == 4
    seen = view(folder)
    assert seen.verdict is not None
    keys = next(
        check
        for check in seen.verdict["integrity"]["checks"]
        if check["name"] == "Shard keys equal"
    )
    assert keys["ok"] is False
    assert "stands under" in keys["note"]
