"""A collection with custom sharding, as a server in distributed mode keeps it.

Each shard key has points of its own. Every write names its key (lib/collection/src/shards/
shard_holder.rs: select_shards and split_by_shard); a reading may. Of an id that stands under two
keys, a reading without a key shows one point, and a count both (facts §5).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import replies
from .collection import Collection
from .points import PointId, Points, StoredPoint

Json = dict[str, Any]
ShardKey = str | int


class KeyedCollection(Collection):
    """parts: the points of each key. `points` is what the operation under way sees."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.parts: dict[ShardKey, Points] = {}
        self.shards: list[tuple[int, ShardKey]] = []
        self._next_shard = 1
        self._key_of: dict[PointId, ShardKey] = {}

    # Keys

    def create_key(self, body: Json) -> None:
        key = body["shard_key"]
        if key in self.parts:
            raise replies.bad_request(
                f"Sharding key {_said(key)} already exists for collection {self.name}"
            )
        self.parts[key] = Points()
        for _ in range(body.get("shards_number") or self.config["params"]["shard_number"]):
            self.shards.append((self._next_shard, key))
            self._next_shard += 1

    def delete_key(self, body: Json) -> None:
        key = body["shard_key"]
        if key not in self.parts:
            raise replies.bad_request(
                f"Sharding key {_said(key)} does not exist for collection {self.name}"
            )
        del self.parts[key]
        self.shards = [(shard, of) for shard, of in self.shards if of != key]
        self._see(list(self.parts))

    def cluster(self) -> list[Json]:
        return [
            {
                "shard_id": shard,
                "shard_key": key,
                "points_count": len(self.parts[key]),
                "state": "Active",
            }
            for shard, key in self.shards
        ]

    # Reading

    def scroll(self, body: Json) -> Json:
        return self._read(body, super().scroll)

    def retrieve(self, body: Json) -> list[Json]:
        return self._read(body, super().retrieve)

    def query(self, body: Json) -> list[Json]:
        return self._read(body, super().query)

    def count(self, body: Json) -> int:
        found = 0
        for key in self._asked(body):
            self._see([key])
            found += super().count(body)
        self._see(list(self.parts))
        return found

    def _read(self, body: Json, read: Callable[[Json], Any]) -> Any:
        self._see(self._asked(body))
        try:
            return read(body)
        finally:
            self._see(list(self.parts))

    def _asked(self, body: Json) -> list[ShardKey]:
        given = _keys(body)
        for key in given:
            if key not in self.parts:
                raise replies.bad_request(f"Shard key {_said(key)} not found")
        return given or list(self.parts)

    def _see(self, keys: list[ShardKey]) -> None:
        self.forget_columns()
        self.points, self._key_of = Points(), {}
        for key in reversed(keys):
            for point in self.parts[key]:
                self.points.put(point)
                self._key_of[point.id] = key

    def _records(self, points: list[StoredPoint], body: Json, *, payload: bool) -> list[Json]:
        records = super()._records(points, body, payload=payload)
        return [{**record, "shard_key": self._key_of[record["id"]]} for record in records]

    # Writing

    def upsert(self, body: Json, *, wait: bool) -> int:
        return self._write_to(body, lambda: super(KeyedCollection, self).upsert(body, wait=wait))

    def update_vectors(self, body: Json) -> int:
        return self._write_to(body, lambda: super(KeyedCollection, self).update_vectors(body))

    def set_payload(self, body: Json, *, overwrite: bool = False) -> int:
        return self._write_to(
            body, lambda: super(KeyedCollection, self).set_payload(body, overwrite=overwrite)
        )

    def delete_payload(self, body: Json) -> int:
        return self._write_to(body, lambda: super(KeyedCollection, self).delete_payload(body))

    def clear_payload(self, body: Json) -> int:
        return self._write_to(body, lambda: super(KeyedCollection, self).clear_payload(body))

    def delete_vectors(self, body: Json) -> int:
        return self._write_to(body, lambda: super(KeyedCollection, self).delete_vectors(body))

    def delete(self, body: Json) -> int:
        return self._write_to(body, lambda: super(KeyedCollection, self).delete(body))

    def _write_to(self, body: Json, write: Callable[[], int]) -> int:
        given = _keys(body)
        if not given:
            raise replies.wrong_input("Shard key not specified")
        for key in given:
            if key not in self.parts:
                raise replies.wrong_input(f"Shard key {_said(key)} not found")
        number = self.operations
        try:
            for key in given:
                self.points = self.parts[key]
                self.forget_columns()
                number = write()
        finally:
            self._see(list(self.parts))
        return number


def _keys(body: Json) -> list[ShardKey]:
    given = body.get("shard_key")
    if given is None:
        return []
    return list(given) if isinstance(given, list) else [given]


def _said(key: ShardKey) -> str:
    return f'"{key}"' if isinstance(key, str) else str(key)
