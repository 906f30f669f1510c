"""Scrolling in the order of a payload field (lib/segment/src/data_types/order_by.rs).

A point stands there once for each of its values; a date counts as microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from . import paths, replies
from .points import StoredPoint

Json = dict[str, Any]
_RANGED = ("integer", "float", "datetime")


def ordered(
    points: Iterable[StoredPoint], body: Json, schema: dict[str, Json]
) -> tuple[list[StoredPoint], list[int | float]]:
    """Points and the value by which each stands where it does, as many as the body wants."""
    raw = body["order_by"]
    order = {"key": raw} if isinstance(raw, str) else raw
    if body.get("offset") is not None:
        raise replies.bad_request("Cannot use an `offset` when using `order_by`.")
    kind = _kind(order["key"], schema)
    down = order.get("direction") == "desc"
    start = number(order["start_from"], kind) if order.get("start_from") is not None else None
    start = start if start is None else float(start)  # as the real server takes it
    rows = [
        (value, at, point)
        for at, point in enumerate(points)
        for raw_value in paths.leaves(point.payload, order["key"])
        if (value := number(raw_value, kind)) is not None
        and (start is None or (value <= start if down else value >= start))
    ]
    rows.sort(key=lambda row: (-row[0] if down else row[0], row[1]))
    rows = rows[: body.get("limit") or 10]
    return [row[2] for row in rows], [row[0] for row in rows]


def _kind(key: str, schema: dict[str, Json]) -> str:
    index = schema.get(key) or {}
    kind = str(index.get("data_type"))
    if kind not in _RANGED or (index.get("params") or {}).get("range") is False:
        raise replies.wrong_input(
            f"No range index for `order_by` key: `{key}`. Please create one to use `order_by`."
        )
    return kind


def number(value: object, kind: str = "datetime") -> int | float | None:
    """A value as it is ordered; None where it does not count."""
    if isinstance(value, str) and kind == "datetime":
        return microseconds(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value


def microseconds(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    since = moment - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
