"""Custom shard keys: what every server in distributed mode does, the fake one and real ones."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import pytest

from qdrant_model_migration.pipeline.shard_keys import under_two_keys
from qdrant_model_migration.qdrant import Address, Point, Qdrant, create_body, errors, open_qdrant
from qdrant_model_migration.qdrant.shard_keys import Sharded
from support.fake_qdrant import FakeQdrant

BODY = {
    "vectors": {"size": 2, "distance": "Dot"},
    "sharding_method": "custom",
    "shard_number": 1,
}
FAKES = ("1.16.2", "1.18.3", "1.19.0")


@pytest.fixture(params=[*FAKES, pytest.param("server", marks=pytest.mark.server)])
def qdrant(request: pytest.FixtureRequest) -> Iterator[Qdrant]:
    """The real one is named by QDRANT_CLUSTER_URL: a server that runs in distributed mode."""
    if request.param == "server":
        url = os.environ.get("QDRANT_CLUSTER_URL")
        if not url:
            pytest.skip("QDRANT_CLUSTER_URL names no server")
        with open_qdrant(Address.parse(url), os.environ.get("QDRANT_API_KEY")) as opened:
            yield opened
    else:
        with (
            FakeQdrant(request.param, distributed=True) as fake,
            open_qdrant(Address(url=fake.url)) as opened,
        ):
            yield opened


@pytest.fixture
def name(qdrant: Qdrant) -> Iterator[str]:
    """A collection with the keys "a" (two shards) and 7."""
    chosen = f"qmm-test-{uuid.uuid4().hex[:8]}"
    qdrant.create_collection(chosen, BODY)
    qdrant._wire.add_shard_key(chosen, {"shard_key": "a", "shards_number": 2})
    qdrant._wire.add_shard_key(chosen, {"shard_key": 7})
    qdrant.insert(chosen, [at(1, "a"), at(2, 7), at(3, "a")])
    yield chosen
    for collection in qdrant.collections():
        if collection.startswith(chosen):
            qdrant.delete_collection(collection)


def at(number: int, key: str | int | None, n: int = 0) -> Point:
    return Point(number, {"n": n}, {"": [1.0, 0.0]}, key)


def where(qdrant: Qdrant, name: str) -> dict[object, object]:
    return {point.id: point.key for point in qdrant.scroll(name).points}


def test_each_point_is_written_to_its_key_and_read_with_it(qdrant: Qdrant, name: str) -> None:
    assert where(qdrant, name) == {1: "a", 2: 7, 3: "a"}
    assert [p.id for p in qdrant.scroll(name, key=7).points] == [2]
    assert {p.id: p.key for p in qdrant.retrieve(name, [1, 2])} == {1: "a", 2: 7}
    assert qdrant.count(name) == 3


def test_a_write_that_names_no_key_or_an_unknown_one_is_refused(qdrant: Qdrant, name: str) -> None:
    with pytest.raises(errors.ShardKeyNeeded):
        qdrant.insert(name, [at(4, None)])
    with pytest.raises(errors.ShardKeyUnknown, match="zz"):
        qdrant.insert(name, [at(4, "zz")])
    with pytest.raises(errors.ShardKeyUnknown, match="8"):
        qdrant.insert(name, [at(4, 8)])


def test_what_is_compared_first_is_compared_at_its_key(qdrant: Qdrant, name: str) -> None:
    seen = qdrant.retrieve(name, [1, 2])
    qdrant.upsert(name, [at(2, 7, n=5)])
    qdrant.replace(name, [at(1, "a", n=9), at(2, 7, n=9)], seen)
    assert {p.id: p.payload["n"] for p in qdrant.retrieve(name, [1, 2])} == {1: 9, 2: 5}
    qdrant.delete_seen(name, [*qdrant.retrieve(name, [1]), at(2, 7, n=0)])
    assert where(qdrant, name) == {2: 7, 3: "a"}


def test_ids_are_deleted_whatever_their_keys(qdrant: Qdrant, name: str) -> None:
    qdrant.delete(name, [1, 2, 99])
    assert where(qdrant, name) == {3: "a"}


def test_an_id_under_two_keys_is_shown_once_and_counted_twice(qdrant: Qdrant, name: str) -> None:
    qdrant.insert(name, [at(2, "a")])
    assert len(where(qdrant, name)) == 3
    assert qdrant.count(name) == 4
    assert [p.id for p in qdrant.scroll(name, key="a").points] == [1, 2, 3]


def test_keys_are_made_again_with_as_many_shards(qdrant: Qdrant, name: str) -> None:
    keys = (Sharded("a", 2, 1), Sharded(7, 1, 1))
    assert qdrant.shard_keys(name) == keys
    copy = f"{name}-copy"
    qdrant.create_collection(copy, create_body(qdrant.config(name)))
    assert qdrant.shard_keys(copy) == ()
    qdrant.delete(copy, [1])
    assert qdrant.carry_shard_keys(name, copy) == keys
    assert qdrant.carry_shard_keys(name, copy) == ()
    assert qdrant.shard_keys(copy) == keys
    with pytest.raises(errors.ShardKeyThere):
        qdrant._make(copy, {"shard_key": "a"})


def test_vectors_are_set_and_taken_at_their_key(qdrant: Qdrant, name: str) -> None:
    moved = [p._replace(vectors={"": [0.0, 1.0]}) for p in qdrant.retrieve(name, [1, 2])]
    qdrant.set_vectors(name, moved)
    read = qdrant.retrieve(name, [1, 2], vectors=True)
    assert [p.vectors[""] for p in read] == [[0.0, 1.0], [0.0, 1.0]]
    qdrant.unset_vectors(name, read)
    assert [p.vectors for p in qdrant.retrieve(name, [1, 2], vectors=True)] == [{}, {}]


def test_a_point_that_was_moved_to_another_key_meanwhile_is_left(qdrant: Qdrant, name: str) -> None:
    read = qdrant.retrieve(name, [1, 3], vectors=True)
    qdrant.delete(name, [1])
    qdrant.insert(name, [at(1, 7)])
    qdrant.set_vectors(name, [p._replace(vectors={"": [0.0, 1.0]}) for p in read])
    found = {p.id: p.vectors[""] for p in qdrant.retrieve(name, [1, 3], vectors=True)}
    assert found[3] == [0.0, 1.0]
    assert found[1] != [0.0, 1.0]
    qdrant.unset_vectors(name, read)
    assert "" in qdrant.retrieve(name, [1], vectors=True)[0].vectors


def test_a_point_that_is_moved_while_it_is_looked_for_stands_under_one_key(
    qdrant: Qdrant, name: str
) -> None:
    looks = 0

    def between() -> None:
        nonlocal looks
        looks += 1
        if looks == 2:  # "a" is read by then, and 7 is not
            qdrant.delete(name, [1])
            qdrant.insert(name, [at(1, 7)])

    assert under_two_keys(qdrant, name, between) is None
    qdrant.insert(name, [at(1, "a")])
    assert under_two_keys(qdrant, name, lambda: None) == (1, "a", 7)
