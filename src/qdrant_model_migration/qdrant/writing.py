"""Writing points: only new ones, over old ones, over those that are still as they were seen; and
deleting them. No request is larger than the server takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from qdrant_model_migration.qdrant.as_seen import as_seen
from qdrant_model_migration.qdrant.errors import LimitExceeded, LimitReached, RequestTooLarge
from qdrant_model_migration.qdrant.limits import Encoded, in_parts, of_few_documents
from qdrant_model_migration.qdrant.points import Point, PointId, encode, order
from qdrant_model_migration.qdrant.requests import Requests, completed
from qdrant_model_migration.qdrant.wire import JsonObject


class Writing(Requests):
    """The part of a connection that writes points."""

    def insert(self, collection: str, points: Sequence[Point]) -> None:
        """Write the points whose ids are not there yet; those that are stay untouched.

        Returns when all of them are applied and visible. May be repeated at any time.
        """
        if self.capabilities.insert_only == "update_mode":
            options: JsonObject = {"update_mode": "insert_only"}
        else:
            # Below 1.17: existing points are changed only if they pass, and none can.
            options = {"update_filter": {"must": [{"has_id": []}]}}
        self._write(collection, points, lambda _: options)

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        """Write the points, over those that are there. Up to 1.18 a point that is already
        indexed keeps the vectors and payload that are not given."""
        self._write(collection, points, lambda _: {})

    def replace(self, collection: str, points: Sequence[Point], seen: Sequence[Point]) -> None:
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

        self._write(collection, points, options)

    def delete_seen(self, collection: str, seen: Sequence[Point]) -> None:
        """Delete the points that are still as `seen`; the others stay. See `replace`."""

        def some(part: Sequence[Point]) -> None:
            self._call(
                "delete points",
                lambda: completed(self._wire.delete_where(collection, as_seen(part))),
                collection,
            )

        try:
            in_parts(seen, some)
        except LimitReached:  # strict mode takes no filter on a field without an index
            self.delete(collection, [point.id for point in seen])

    def delete(self, collection: str, ids: Sequence[PointId]) -> None:
        """Delete the points with these ids; ids that are not there are no error."""

        def some(part: Sequence[PointId]) -> None:
            self._call(
                "delete points",
                lambda: completed(self._wire.delete(collection, part)),
                collection,
            )

        in_parts(ids, some)

    def _write(
        self,
        collection: str,
        points: Sequence[Point],
        options: Callable[[Sequence[Encoded]], JsonObject],
    ) -> None:
        def send(part: Sequence[Encoded]) -> None:
            bodies = [body for _, body in part]
            completed(self._wire.write(collection, bodies, options(part)))

        for some in of_few_documents(points):
            self._in_requests(collection, [(point.id, encode(point)) for point in some], send)

    def _in_requests(
        self, collection: str, waiting: Sequence[Encoded], send: Callable[[Sequence[Encoded]], None]
    ) -> None:
        """Send them in as few requests as the server takes."""
        while waiting:
            part = self._limits.first(collection, waiting)
            try:
                self._call("write points", partial(send, part), collection)
            except (LimitExceeded, RequestTooLarge) as refusal:
                self._limits.learn_write(collection, part, refusal)
            else:
                waiting = waiting[len(part) :]
