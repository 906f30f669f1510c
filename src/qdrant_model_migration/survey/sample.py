"""Points from all over a collection without reading all of it: pages spread over its ids."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from math import isqrt
from uuid import UUID

from qdrant_model_migration.qdrant import Page, Point, PointId, Qdrant, order
from qdrant_model_migration.survey.reader import heed

_Page = Callable[[PointId | None, int], Page]

_PAGE = 256
_PLACES = 16
_FIRST = 16
_FEWEST = 64
_MOST_BYTES = 64_000_000  # of payload as JSON
_END = (2**64, 2**128)  # ids end before these: integers are 64 bits wide, UUIDs 128
_CLOSE = 32  # the last id is found to within this part of the range


def sample(
    qdrant: Qdrant,
    collection: str,
    size: int,
    points: int,
    *,
    payload: bool | Sequence[str] = True,
    vectors: bool | Sequence[str] = False,
    stop: threading.Event | None = None,
    places: int = _PLACES,
) -> list[Point]:
    """About `size` different points, in order of ids; all of them where `points` is no more.

    The first points of a collection are its oldest and often not like the rest; so pages are read
    at `places` spread evenly over the range of its ids. Fewer are read where payloads are so large
    that `size` of them would fill the memory.
    """

    def page(start: PointId | None, limit: int) -> Page:
        heed(stop)
        return qdrant.scroll(
            collection, start=start, limit=min(limit, _PAGE), payload=payload, vectors=vectors
        )

    size = min(size, _affordable(page(None, _FIRST).points))
    if points <= size:
        return _from(page, None, size)
    starts = _places(qdrant, collection, points, places, stop)
    each = -(-size // len(starts))
    found: dict[PointId, Point] = {}
    for start in starts:
        for point in _from(page, start, each):
            found[point.id] = point
    if len(found) < size // 2:  # ids lie in clumps that the places missed
        for point in _from(page, None, size - len(found)):
            found[point.id] = point
    return spread(sorted(found.values(), key=lambda point: order(point.id)), size)


def _affordable(first: Sequence[Point]) -> int:
    """How many points like these may be held at once; never fewer than a look needs."""
    held = sum(len(json.dumps(point.payload)) for point in first) or 1
    return max(_FEWEST, _MOST_BYTES * len(first) // held)


def _from(page: _Page, start: PointId | None, wanted: int) -> list[Point]:
    points: list[Point] = []
    while len(points) < wanted:
        got = page(start, wanted - len(points))
        points += got.points
        if got.next is None:
            break
        start = got.next
    return points


def _places(
    qdrant: Qdrant, collection: str, points: int, places: int, stop: threading.Event | None
) -> list[PointId]:
    """Where to read: evenly between the first and about the last id, for each kind of id."""
    ranges = [r for kind in (0, 1) if (r := _range(qdrant, collection, kind, points, stop))]
    each = places // max(1, len(ranges))
    return [
        _id(kind, low + (high - low) * i // each) for kind, low, high in ranges for i in range(each)
    ]


def _range(
    qdrant: Qdrant, collection: str, kind: int, points: int, stop: threading.Event | None
) -> tuple[int, int, int] | None:
    """(kind, first, about the last) of the ids of a kind: 0 integers, 1 UUIDs; None without."""

    def next_at(value: int) -> int | None:
        heed(stop)
        found = qdrant.scroll(
            collection, start=_id(kind, value), limit=1, payload=False, vectors=False
        ).points
        if not found or order(found[0].id)[0] != kind:
            return None
        return order(found[0].id)[1]

    first = next_at(0)
    if first is None:
        return None
    low, end = first, _END[kind]
    probe = min(first + 2 * points, end - 1)  # right at once where integers are counted up
    while end - low > max(1, (low - first) // _CLOSE):
        found = next_at(probe)
        if found is None:
            end = probe
        else:
            low = found
        reach = max(low - first, 2 * points)
        if found is None and end - low > _CLOSE * reach:  # close together, far from the end
            probe = low + isqrt(reach * (end - low))
        else:
            probe = (low + end) // 2
        if probe <= low:
            break
    return kind, first, low


def _id(kind: int, value: int) -> PointId:
    return value if kind == 0 else str(UUID(int=value))


def spread(points: Sequence[Point], number: int) -> list[Point]:
    """`number` of these, evenly from the first to the last."""
    if len(points) <= number:
        return list(points)
    return [points[i * len(points) // number] for i in range(number)]
