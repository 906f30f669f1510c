"""Reading points: by page, by id, and whether they have a vector without reading it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qdrant_model_migration.qdrant.errors import LimitExceeded, LimitReached
from qdrant_model_migration.qdrant.limits import FIRST_PAGE, IDS, in_parts
from qdrant_model_migration.qdrant.points import (
    THERE,
    Page,
    Point,
    PointId,
    Presence,
    ShardKey,
    order,
    point_from_json,
)
from qdrant_model_migration.qdrant.requests import Requests
from qdrant_model_migration.qdrant.shard_keys import at
from qdrant_model_migration.qdrant.wire import BYTES, JsonObject


class Reading(Requests):
    """The part of a connection that reads points."""

    def count(self, collection: str, *, without_vector: str | None = None) -> int:
        """Exact number of points; without_vector: of those that lack this vector ("" unnamed)."""
        condition = None if without_vector is None else _lacks(without_vector)
        return self._call(
            "count points", lambda: self._wire.count(collection, condition), collection
        )

    def scroll(
        self,
        collection: str,
        *,
        start: PointId | None = None,
        limit: int = 256,
        payload: bool | Sequence[str] = True,
        vectors: bool | Sequence[str] = False,
        without_vector: str | None = None,
        key: ShardKey | None = None,
    ) -> Page:
        """A page from the first id that is not below start, which need not exist.

        vectors: those to read; a Presence costs far less. without_vector: only points that lack
        this one. key: only those of this shard key. The page may be shorter than limit where strict
        mode allows less or points are large; only next tells the end.
        """
        body = {**selection(payload, vectors), **at(key)}
        what = str(selection(payload, vectors))
        if without_vector is not None:
            body["filter"] = _lacks(without_vector)
        if start is not None:
            body["offset"] = start

        def page(size: int) -> Page:
            answer = self._call(
                "read points",
                lambda: self._wire.scroll(collection, {**body, "limit": size}),
                collection,
            )
            if BYTES in answer:
                read = len(answer["points"])
                self._limits.learn_size(collection, what, read, answer[BYTES])
            points = [point_from_json(record) for record in answer["points"]]
            points = self._with_presence(collection, points, vectors)
            return Page(points, answer.get("next_page_offset"))

        unknown = FIRST_PAGE if payload is True and not self.capabilities.local else limit
        allowed = self._limits.page(collection, limit, what, unknown=unknown)
        try:
            return page(allowed)
        except LimitExceeded as refusal:
            self._limits.learn_page(collection, allowed, refusal)
        return page(self._limits.page(collection, limit, what, unknown=unknown))

    def retrieve(
        self,
        collection: str,
        ids: Sequence[PointId],
        *,
        payload: bool | Sequence[str] = True,
        vectors: bool | Sequence[str] = False,
    ) -> list[Point]:
        """The points that are there, in the order of ids; ids that are missing are left out."""
        body = selection(payload, vectors)
        found: dict[tuple[int, int], Point] = {}  # one UUID can be spelled in several ways

        def some(part: Sequence[PointId]) -> None:
            records = self._call(
                "read points",
                lambda: self._wire.retrieve(collection, {**body, "ids": list(part)}),
                collection,
            )
            found.update((order(record["id"]), point_from_json(record)) for record in records)

        wanted = {order(point_id): point_id for point_id in ids}
        in_parts(list(wanted.values()), some, self._limits.page(collection, IDS, str(body)))
        points = [found[key] for key in wanted if key in found]
        return self._with_presence(collection, points, vectors)

    def _with_presence(
        self, collection: str, points: list[Point], vectors: bool | Sequence[str]
    ) -> list[Point]:
        """The points, with THERE for each vector that is only asked about and that they have."""
        for name in () if isinstance(vectors, bool) else vectors:
            if isinstance(name, Presence) and points:
                bare = self._without(collection, [point.id for point in points], str(name))
                points = [
                    point
                    if order(point.id) in bare
                    else point._replace(vectors={**point.vectors, str(name): THERE})
                    for point in points
                ]
        return points

    def _without(
        self, collection: str, ids: Sequence[PointId], vector: str
    ) -> set[tuple[int, int]]:
        """Those of these points that lack the vector."""
        found: set[tuple[int, int]] = set()

        def some(part: Sequence[PointId]) -> None:
            body: JsonObject = {
                "filter": {"must": [{"has_id": list(part)}], **_lacks(vector)},
                "limit": len(part),
                **selection(False, False),
            }
            answer = self._call(
                "read points", lambda: self._wire.scroll(collection, body), collection
            )
            found.update(order(record["id"]) for record in answer["points"])

        try:
            in_parts(ids, some)
        except LimitReached:  # strict mode takes no such filter: the values tell it too
            read = self.retrieve(collection, ids, payload=False, vectors=[vector])
            return {order(point.id) for point in read if vector not in point.vectors}
        return found


def pages(
    qdrant: Reading,
    collection: str,
    *,
    start: PointId | None = None,
    limit: int = 256,
    payload: bool | Sequence[str] = True,
    vectors: bool | Sequence[str] = False,
    without_vector: str | None = None,
) -> Iterator[list[Point]]:
    """Every page of a collection from start on, in the server's order of ids."""
    following = start
    while True:
        page = qdrant.scroll(
            collection,
            start=following,
            limit=limit,
            payload=payload,
            vectors=vectors,
            without_vector=without_vector,
        )
        if page.points:
            yield page.points
        if page.next is None:
            return
        following = page.next


def selection(payload: bool | Sequence[str], vectors: bool | Sequence[str]) -> JsonObject:
    """The part of a request that says what comes of each point; a Presence is asked for beside."""
    read = [] if isinstance(vectors, bool) else [v for v in vectors if not isinstance(v, Presence)]
    return {
        "with_payload": payload if isinstance(payload, bool) else list(payload),
        "with_vector": vectors if isinstance(vectors, bool) else read or False,
    }


def _lacks(vector: str) -> JsonObject:
    """The filter that only points without this vector pass."""
    return {"must_not": [{"has_vector": vector}]}
