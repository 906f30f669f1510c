"""Writing points: only new ones, over old ones, over those that are still as they were seen; and
deleting them. No request is larger than the server takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from qdrant_model_migration.qdrant.as_seen import as_seen
from qdrant_model_migration.qdrant.errors import (
    LimitExceeded,
    LimitReached,
    PointTooLarge,
    RequestTooLarge,
    ShardKeyNeeded,
)
from qdrant_model_migration.qdrant.limits import Encoded, in_parts
from qdrant_model_migration.qdrant.metering import documents_in
from qdrant_model_migration.qdrant.points import Point, PointId, encode, order
from qdrant_model_migration.qdrant.refused_texts import RefusedTexts, Unmade
from qdrant_model_migration.qdrant.requests import completed
from qdrant_model_migration.qdrant.shard_keys import ShardKeys, at, by_key
from qdrant_model_migration.qdrant.wire import JsonObject


class Writing(ShardKeys, RefusedTexts):
    """The part of a connection that writes points, each to its shard key, where it has one.

    What writes points returns the vectors that they were written without: of texts in the place of
    vectors those that the server's service refuses; and the points that are too large for any
    request. It raises InferenceRefused where that takes
    no text at all.
    """

    def texts_at_once(self, most: int) -> None:
        """From now on no request asks for vectors of more texts than that."""
        self._limits.allow_documents(most)

    def insert(self, collection: str, points: Sequence[Point]) -> list[Unmade]:
        """Write the points whose ids are not there yet; those that are stay untouched.

        Returns when all of them are applied and visible. May be repeated at any time.
        """
        return self._write(collection, points, lambda _: self.only_new)

    @property
    def only_new(self) -> JsonObject:
        """The part of a request that leaves points alone that are there."""
        if self.capabilities.insert_only == "update_mode":
            return {"update_mode": "insert_only"}
        # Below 1.17: existing points are changed only if they pass, and none can.
        return {"update_filter": {"must": [{"has_id": []}]}}

    def upsert(self, collection: str, points: Sequence[Point]) -> list[Unmade]:
        """Write the points, over those that are there. Up to 1.18 a point that is already
        indexed keeps the vectors and payload that are not given."""
        return self._write(collection, points, lambda _: {})

    def replace(
        self, collection: str, points: Sequence[Point], seen: Sequence[Point]
    ) -> list[Unmade]:
        """Write the points over those that are still as `seen`, which has each of their ids.

        One that was changed since stays as it is, and so does one that was deleted (below 1.17
        that one comes back). Nothing tells which: read them again. What is compared, and how an
        upsert goes over a point: as_seen.py, `upsert`.
        """
        before = {order(point.id): point for point in seen}
        modes = self.capabilities.insert_only == "update_mode"
        mode: JsonObject = {"update_mode": "update_only"} if modes else {}

        def options(part: Sequence[Encoded]) -> JsonObject:
            return {**mode, "update_filter": as_seen(before[order(id_)] for id_, _ in part)}

        return self._write(collection, points, options)

    def delete_seen(self, collection: str, seen: Sequence[Point]) -> None:
        """Delete the points that are still as `seen`; the others stay. See `replace`."""

        for where, of_key in by_key(seen):

            def some(part: Sequence[Point], where: JsonObject = where) -> None:
                self._call(
                    "delete points",
                    lambda: completed(self._wire.delete_where(collection, as_seen(part), where)),
                    collection,
                )

            try:
                in_parts(of_key, some)
            except LimitReached:  # strict mode takes no filter on a field without an index
                self._delete(collection, [point.id for point in of_key], where)

    def delete(self, collection: str, ids: Sequence[PointId]) -> None:
        """Delete the points with these ids, of whichever shard key; ids that are not there are no
        error."""
        try:
            self._delete(collection, ids, {})
        except ShardKeyNeeded:
            if keys := [sharded.key for sharded in self.shard_keys(collection)]:
                self._delete(collection, ids, at(keys))

    def _delete(self, collection: str, ids: Sequence[PointId], where: JsonObject) -> None:
        def some(part: Sequence[PointId]) -> None:
            self._call(
                "delete points",
                lambda: completed(self._wire.delete(collection, part, where)),
                collection,
            )

        in_parts(ids, some)

    def _write(
        self,
        collection: str,
        points: Sequence[Point],
        options: Callable[[Sequence[Encoded]], JsonObject],
    ) -> list[Unmade]:
        unmade: list[Unmade] = []
        for where, of_key in by_key(points):

            def send(part: Sequence[Encoded], where: JsonObject = where) -> None:
                bodies = [body for _, body in part]
                completed(self._wire.write(collection, bodies, {**options(part), **where}))

            unmade += self._in_requests(collection, of_key, send)
        return unmade

    def _in_requests(
        self,
        collection: str,
        points: Sequence[Point],
        send: Callable[[Sequence[Encoded]], None],
        *,
        bare: bool = True,
    ) -> list[Unmade]:
        """Send them in as few requests as the server, and its service, take. bare: a point that is
        left without any vector is sent as well."""

        unsent: dict[PointId, Unmade] = {}

        def write(some: Sequence[Point]) -> None:
            for error in self._send_parts(collection, [p for p in some if bare or p.vectors], send):
                unsent[error.point] = Unmade(error.point, "", None, too_large(error.size))

        unmade: list[Unmade] = []
        for some in self._limits.of_few_documents(points):
            unmade += self._each_taken(collection, some, write)
        return [*unmade, *unsent.values()]

    def _send_parts(
        self,
        collection: str,
        points: Sequence[Point],
        send: Callable[[Sequence[Encoded]], None],
    ) -> list[PointTooLarge]:
        """Those that are too large by themselves are left out."""
        left_out: list[PointTooLarge] = []
        waiting: Sequence[Encoded] = [(point.id, encode(point)) for point in points]
        while waiting:
            part = self._limits.first(collection, waiting)
            sent = points[len(points) - len(waiting) :][: len(part)]
            texts = documents_in(vector for point in sent for vector in point.vectors.values())
            try:
                self._call("write points", partial(send, part), collection, documents=texts)
            except (LimitExceeded, RequestTooLarge) as refusal:
                try:
                    self._limits.learn_write(collection, part, refusal)
                except PointTooLarge as one:
                    left_out.append(one)
                    waiting = waiting[1:]
            else:
                waiting = waiting[len(part) :]
        return left_out


def too_large(size: int) -> str:
    """Why a point of so many bytes was not written."""
    return f"{size:,} bytes, more than the server or a proxy takes in one request"
