"""Custom sharding: which shard keys a collection has, making them in another one, writing by them.

Every write names the key of its points; a reading without a key sees all of them, but of an id that
stands under two keys only one point (lib/collection/src/shards/shard_holder.rs of Qdrant).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from qdrant_model_migration.qdrant.errors import ShardKeyThere
from qdrant_model_migration.qdrant.points import Point, ShardKey
from qdrant_model_migration.qdrant.requests import Requests
from qdrant_model_migration.qdrant.wire import JsonObject


class Sharded(NamedTuple):
    """A shard key, how many shards it has, and how many replicas each of them."""

    key: ShardKey
    shards: int
    replicas: int


class ShardKeys(Requests):
    """The part of a connection that knows shard keys."""

    def shard_keys(self, collection: str) -> tuple[Sharded, ...]:
        """All of them, in the order in which they were made; none without custom sharding."""
        if self.capabilities.local:
            return ()
        told = self._call("list shards", lambda: self._wire.shards(collection), collection)
        where: dict[ShardKey, list[int]] = {}
        for shard in sorted(
            (*told.get("local_shards", ()), *told.get("remote_shards", ())),
            key=lambda shard: int(shard["shard_id"]),
        ):
            if shard.get("shard_key") is not None:
                where.setdefault(shard["shard_key"], []).append(shard["shard_id"])
        return tuple(
            Sharded(key, len(set(ids)), max(1, len(ids) // len(set(ids))))
            for key, ids in where.items()
        )

    def carry_shard_keys(self, source: str, target: str) -> tuple[Sharded, ...]:
        """Make the keys of the source that the target lacks; which were made. May be repeated."""
        there = {sharded.key for sharded in self.shard_keys(target)}
        missing = tuple(found for found in self.shard_keys(source) if found.key not in there)
        for key, shards, replicas in missing:
            body: JsonObject = {
                "shard_key": key,
                "shards_number": shards,
                "replication_factor": replicas,
            }
            with suppress(ShardKeyThere):  # of an attempt that was cut off, or of another thread
                self._make(target, body)
        return missing

    def _make(self, collection: str, body: JsonObject) -> None:
        self._call(
            "make a shard key", lambda: self._wire.add_shard_key(collection, body), collection
        )


def by_key(points: Iterable[Point]) -> list[tuple[JsonObject, list[Point]]]:
    """The points of each shard key, and the part of a request that says where (see `at`)."""
    found: dict[ShardKey | None, list[Point]] = {}
    for point in points:
        found.setdefault(point.key, []).append(point)
    return [(at(key), of_key) for key, of_key in found.items()]


def at(key: ShardKey | Sequence[ShardKey] | None) -> JsonObject:
    """The part of a request that says where; nothing where there are no keys."""
    return {} if key is None else {"shard_key": key}
