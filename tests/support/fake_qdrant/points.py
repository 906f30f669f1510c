"""Points in the server's order: ids, what a point is, and the store that keeps them sorted."""

from __future__ import annotations

import uuid
from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import replies
from .vectors import StoredVector

PointId = int | str
Key = tuple[int, int | bytes]


@dataclass(slots=True, eq=False)
class StoredPoint:
    """One point. payload and vectors are replaced, never changed in place: readers may keep them.

    version: number of the last operation that touched it (facts, fact 10).
    indexed: lies in an indexed segment; the next write moves it out (facts, facts 1 and 5).
    """

    id: PointId
    payload: dict[str, Any]
    vectors: dict[str, StoredVector]
    version: int
    indexed: bool = False


def point_id(raw: object) -> PointId:
    """The id as the server tells it: an unsigned 64-bit number, or a lower-case hyphenated UUID."""
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < 2**64:
        return raw
    if isinstance(raw, str):
        try:
            return str(uuid.UUID(raw))
        except ValueError:
            pass
    raise replies.format_error(
        f"value {raw} is not a valid point ID, valid values are either an unsigned integer "
        "or a UUID"
    )


def key_of(identity: PointId) -> Key:
    """Facts §5: all integers ascending, then UUIDs by bytes."""
    return (0, identity) if isinstance(identity, int) else (1, uuid.UUID(identity).bytes)


class Points:
    """Points of one collection, sorted. Not thread-safe: the caller holds the lock."""

    def __init__(self) -> None:
        self._by_id: dict[PointId, StoredPoint] = {}
        self._order: list[tuple[Key, PointId]] = []
        self.indexed_count = 0
        self.changes = 0

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, identity: object) -> bool:
        return identity in self._by_id

    def __iter__(self) -> Iterator[StoredPoint]:
        for _key, identity in self._order:
            yield self._by_id[identity]

    def __getitem__(self, identity: PointId) -> StoredPoint:
        return self._by_id[identity]

    def get(self, identity: PointId) -> StoredPoint | None:
        return self._by_id.get(identity)

    def ids(self) -> list[PointId]:
        """All ids in order."""
        return [identity for _key, identity in self._order]

    def from_id(self, start: PointId | None) -> Iterator[StoredPoint]:
        """Points from `start` on, which need not exist (facts §5)."""
        place = 0 if start is None else bisect_left(self._order, (key_of(start),))
        for position in range(place, len(self._order)):
            yield self._by_id[self._order[position][1]]

    def put(self, point: StoredPoint) -> None:
        """Insert or replace."""
        old = self._by_id.get(point.id)
        if old is None:
            insort(self._order, (key_of(point.id), point.id), key=lambda entry: entry[0])
        elif old.indexed:
            self.indexed_count -= 1
        if point.indexed:
            self.indexed_count += 1
        self._by_id[point.id] = point
        self.changes += 1

    def remove(self, identity: PointId) -> bool:
        """Delete; False if it was not there."""
        point = self._by_id.pop(identity, None)
        if point is None:
            return False
        if point.indexed:
            self.indexed_count -= 1
        del self._order[bisect_left(self._order, (key_of(identity),))]
        self.changes += 1
        return True

    def mark_all_indexed(self) -> None:
        """What a finished optimization does."""
        for point in self._by_id.values():
            point.indexed = True
        self.indexed_count = len(self._by_id)

    def copy(self) -> Points:
        """Another store with points of its own."""
        twin = Points()
        for point in self:
            twin.put(
                StoredPoint(point.id, point.payload, point.vectors, point.version, point.indexed)
            )
        return twin
