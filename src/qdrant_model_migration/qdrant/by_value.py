"""Reading points by the value of a payload field that has an index, the highest first.

The server tells of each point the value by which it stands there: of a date microseconds since
1970, and of several values each once. A page begins where the last one ended, at a value; the
points of one value are read by their ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from qdrant_model_migration.qdrant.errors import LimitExceeded
from qdrant_model_migration.qdrant.points import Page, Point, PointId, point_from_json
from qdrant_model_migration.qdrant.reading import Reading
from qdrant_model_migration.qdrant.wire import JsonObject

_ORDERED = ("integer", "float", "datetime")


class Placed(NamedTuple):
    """A point, and the value by which it stands where it does."""

    point: Point
    value: int | float


def can_order(index: Mapping[str, Any] | None) -> bool:
    """Whether points can be read in the order of a field with this index, as the server lists it
    (payload_schema); None: it has none."""
    if index is None or index.get("data_type") not in _ORDERED:
        return False
    return (index.get("params") or {}).get("range") is not False


class ByValue(Reading):
    """The part of a connection that reads points by a value."""

    def highest(
        self, collection: str, field: str, *, at_most: float | None = None, limit: int = 256
    ) -> list[Placed]:
        """Points with the highest values of the field, in descending order, no more than `limit`;
        at_most: with none that is higher. Points without the field are not among them."""
        order: JsonObject = {"key": field, "direction": "desc"}
        if at_most is not None:
            order["start_from"] = at_most
        answer = self._page(collection, {"order_by": order}, limit)
        return [Placed(point_from_json(one), one["order_value"]) for one in answer["points"]]

    def of_value(
        self, collection: str, field: str, value: float, *, start: PointId | None, limit: int = 256
    ) -> Page:
        """A page of the points that have this value, in the order of their ids from start on."""
        only = {"must": [{"key": field, "range": {"gte": value, "lte": value}}]}
        body: JsonObject = {"filter": only}
        if start is not None:
            body["offset"] = start
        answer = self._page(collection, body, limit)
        points = [point_from_json(one) for one in answer["points"]]
        return Page(points, answer.get("next_page_offset"))

    def _page(self, collection: str, body: JsonObject, limit: int) -> JsonObject:
        """With payloads; shorter where strict mode allows less."""
        whole = {"with_payload": True, "with_vector": False, **body}

        def page(size: int) -> JsonObject:
            asked = {**whole, "limit": size}
            return self._call(
                "read points", lambda: self._wire.scroll(collection, asked), collection
            )

        allowed = self._limits.page(collection, limit)
        try:
            return page(allowed)
        except LimitExceeded as refusal:
            self._limits.learn_page(collection, allowed, refusal)
        return page(self._limits.page(collection, limit))
