"""Writing to a target whose shard keys follow the source's, which the application may add to, and
finding an id that stands under two keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import merge
from itertools import pairwise
from typing import TypeVar

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.read import scan
from qdrant_model_migration.qdrant import PointId, Qdrant, ShardKey, order
from qdrant_model_migration.qdrant.errors import ShardKeyUnknown
from qdrant_model_migration.qdrant.shard_keys import Sharded

T = TypeVar("T")


def with_keys(qdrant: Qdrant, move: Move, write: Callable[[], T]) -> T:
    """Write to the target; a shard key that it lacks is made first, as the source has it. write:
    may be repeated."""
    try:
        return write()
    except ShardKeyUnknown:
        if not make_missing_keys(qdrant, move):
            raise
        return write()


def make_missing_keys(qdrant: Qdrant, move: Move) -> tuple[Sharded, ...]:
    """Make the shard keys that the target lacks; returns those that were made."""
    return qdrant.carry_shard_keys(move.source, move.target)


def under_two_keys(
    qdrant: Qdrant, collection: str, between: Callable[[], None]
) -> tuple[PointId, ShardKey, ShardKey] | None:
    """The first id that stands under two shard keys, and these; None where each has its own.

    Reads all ids, key by key: a reading without a key would show only one of the two points. One
    that is moved meanwhile may be met under both, so it is looked for once more.
    """

    def stands(point: PointId, key: ShardKey) -> bool:
        found = qdrant.scroll(collection, start=point, limit=1, payload=False, key=key).points
        return any(order(one.id) == order(point) for one in found)

    def ids(key: ShardKey) -> Iterator[tuple[tuple[int, int], PointId, ShardKey]]:
        reading = scan(qdrant, collection, payload=False, between=between, key=key)
        return ((order(point.id), point.id, key) for point in reading)

    keys = [sharded.key for sharded in qdrant.shard_keys(collection)]
    in_order = merge(*map(ids, keys), key=lambda row: row[0])
    for (here, point, key), (after, _, other) in pairwise(in_order):
        if here == after and stands(point, key) and stands(point, other):
            return point, key, other
    return None
