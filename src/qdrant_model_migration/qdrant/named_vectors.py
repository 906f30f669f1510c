"""Named vectors of a collection that stands: one more, filling it beside the application, one less.

An update of vectors goes point by point only over what is still as it was seen (as_seen.py), since
a vector made of a text that was changed meanwhile would be wrong for good, and no reading tells it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from qdrant_model_migration.qdrant.as_seen import as_seen
from qdrant_model_migration.qdrant.collections import Collections
from qdrant_model_migration.qdrant.errors import LimitReached, PointMissing
from qdrant_model_migration.qdrant.limits import Encoded, in_parts
from qdrant_model_migration.qdrant.points import Point, encode, order
from qdrant_model_migration.qdrant.reading import Reading
from qdrant_model_migration.qdrant.refused_texts import Unmade
from qdrant_model_migration.qdrant.requests import completed
from qdrant_model_migration.qdrant.shard_keys import by_key
from qdrant_model_migration.qdrant.wire import JsonObject
from qdrant_model_migration.qdrant.writing import Writing

MADE_WITH = {
    "dense": ("size", "distance", "multivector_config", "datatype"),
    "sparse": ("modifier", "datatype"),
}
"""What can be said of a vector when it is added; its tuning is patched afterwards."""


class NamedVectors(Collections, Reading, Writing):
    """The part of a connection that changes which vectors a collection has."""

    def add_vector(
        self, collection: str, name: str, kind: Literal["dense", "sparse"], params: JsonObject
    ) -> None:
        """Add a vector that no point has yet; the same one again is no error.

        params: raw, as in a collection's configuration; see MADE_WITH. For capabilities.add_vector.
        """
        given = {key: params[key] for key in MADE_WITH[kind] if params.get(key) is not None}
        self._call(
            "add a vector",
            lambda: completed(self._wire.add_vector(collection, name, {kind: given})),
            collection,
        )

    def drop_vector(self, collection: str, name: str) -> None:
        """Delete a named vector of all points, for good. For capabilities.drop_vector."""
        assert name, "the vector without a name stays"
        self._call(
            "delete a vector",
            lambda: completed(self._wire.drop_vector(collection, name)),
            collection,
        )

    def set_vectors(
        self,
        collection: str,
        points: Sequence[Point],
        *,
        only_new: bool = False,
        compared: bool = True,
    ) -> list[Unmade]:
        """Give points their vectors where they are still as these: their payload is compared, not
        written. One that was changed or deleted since stays as it is; read again to see which.

        only_new: and only where a point does not have the vector. compared=False: nobody else
        writes to them, so the payload does not travel. What is returned: see Writing.
        """
        unmade: list[Unmade] = []
        for name in dict.fromkeys(name for point in points for name in point.vectors):
            mine = [
                p._replace(vectors={name: p.vectors[name]}) for p in points if name in p.vectors
            ]
            while mine:
                try:
                    unmade += self._set_vector(
                        collection, mine, name if only_new else None, compared=compared
                    )
                    break
                except PointMissing:
                    # Some others are written by now; the same once more does them no harm.
                    mine = self._still_there(collection, mine)
        return unmade

    def unset_vectors(self, collection: str, seen: Sequence[Point]) -> None:
        """Take the vectors that are named in these points from them, where they are still as seen.

        Where strict mode takes no such filter, it goes by their ids alone.
        """
        for where, of_key in by_key(seen):
            self._unset(collection, of_key, where)

    def _unset(self, collection: str, seen: Sequence[Point], where: JsonObject) -> None:
        names = dict.fromkeys(name for point in seen for name in point.vectors)

        def some(condition: JsonObject) -> None:
            body = {**condition, **where, "vector": list(names)}
            self._call(
                "take vectors from points",
                lambda: completed(self._wire.unset_vectors(collection, body)),
                collection,
            )

        def by_payload(part: Sequence[Point]) -> None:
            some({"filter": as_seen(part)})

        try:
            in_parts(seen, by_payload)
        except LimitReached:
            while seen:
                try:
                    in_parts([p.id for p in seen], lambda part: some({"points": list(part)}))
                    break
                except PointMissing:
                    seen = self._still_there(collection, seen)

    def _still_there(self, collection: str, points: Sequence[Point]) -> list[Point]:
        """Those of these points that are where they were: not deleted, nor under another key."""
        here = self.retrieve(collection, [point.id for point in points], payload=False)
        known = {(order(point.id), point.key) for point in here}
        return [point for point in points if (order(point.id), point.key) in known]

    def _set_vector(
        self, collection: str, points: Sequence[Point], lacking: str | None, *, compared: bool
    ) -> list[Unmade]:
        if not compared:
            points = [point._replace(payload={}) for point in points]
        before = {order(point.id): point for point in points}

        def options(part: Sequence[Encoded]) -> JsonObject:
            condition = as_seen(before[order(id_)] for id_, _ in part) if compared else {}
            if lacking is not None:
                condition["must_not"] = [{"has_vector": lacking}]
            return {"update_filter": condition} if condition else {}

        unmade: list[Unmade] = []
        for where, of_key in by_key(points):

            def send(part: Sequence[Encoded], where: JsonObject = where) -> None:
                entries = [encode(before[order(id_)], payload=False) for id_, _ in part]
                given = {**options(part), **where}
                completed(self._wire.set_vectors(collection, entries, given))

            # With the payload, which is compared: a request holds both.
            unmade += self._in_requests(collection, of_key, send, bare=False)
        return unmade
