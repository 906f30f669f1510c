"""A sample comes from all over the collection, whatever its ids look like, in few requests."""

from __future__ import annotations

import threading
import uuid
from bisect import bisect_left
from collections.abc import Sequence
from random import Random
from typing import Any, cast

import pytest

from qdrant_model_migration.errors import Stopped
from qdrant_model_migration.qdrant import Page, Point, PointId, Qdrant, order
from qdrant_model_migration.survey.sample import sample


class Ids:
    """Scrolls through ids only; counts the requests."""

    def __init__(self, ids: Sequence[PointId], most: int = 10_000) -> None:
        self.ids = sorted(ids, key=order)
        self.keys = [order(point_id) for point_id in self.ids]
        self.most, self.requests, self.text = most, 0, "short"

    def scroll(self, _name: str, *, start: PointId | None, limit: int, **_: Any) -> Page:
        self.requests += 1
        limit = min(limit, self.most)
        at = 0 if start is None else bisect_left(self.keys, order(start))
        page = self.ids[at : at + limit]
        after = self.ids[at + limit : at + limit + 1]
        points = [Point(i, {"text": self.text}, {}) for i in page]
        return Page(points, after[0] if after else None)


def taken(ids: Ids, size: int) -> list[PointId]:
    return [point.id for point in sample(cast(Qdrant, ids), "c", size, len(ids.ids))]


RANDOM = Random(7)
KINDS: dict[str, list[PointId]] = {
    "counted up": list(range(50_000)),
    "high and sparse": [10**15 + n * 977 for n in range(30_000)],
    "random uuids": [str(uuid.UUID(int=RANDOM.getrandbits(128))) for _ in range(20_000)],
    "uuids close together": [str(uuid.UUID(int=(1 << 100) + n * 7919)) for n in range(20_000)],
    "uuids by time": [
        str(uuid.UUID(int=(0x0190_0000_0000 + n * 60) << 80 | RANDOM.getrandbits(80)))
        for n in range(20_000)
    ],
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_sample_is_spread_over_the_whole_collection(kind: str) -> None:
    ids = Ids(KINDS[kind])
    found = taken(ids, 800)
    assert len(found) == len(set(found))
    assert 400 <= len(found) <= 800
    place = {point_id: at for at, point_id in enumerate(ids.ids)}
    eighths = {place[point_id] * 8 // len(ids.ids) for point_id in found}
    assert eighths == set(range(8))
    assert ids.requests < 40


def test_integers_and_uuids_in_one_collection_are_both_seen() -> None:
    found = taken(Ids(KINDS["counted up"] + KINDS["random uuids"]), 600)
    assert {type(point_id) for point_id in found} == {int, str}


def test_a_collection_that_is_no_larger_than_the_sample_is_read_whole() -> None:
    ids = Ids(range(777))
    assert taken(ids, 2000) == list(range(777))
    assert ids.requests == 1 + 4


def test_pages_that_strict_mode_cuts_short_still_add_up() -> None:
    assert taken(Ids(range(777), most=50), 2000) == list(range(777))
    assert len(taken(Ids(range(50_000), most=10), 800)) == 800


def test_ids_in_two_far_clumps_still_give_a_full_sample() -> None:
    clumps: list[PointId] = [*range(5_000), *(2**60 + n for n in range(5_000))]
    found = taken(Ids(clumps), 800)
    assert len(found) >= 400
    assert min(map(int, found)) < 5_000


def test_huge_payloads_are_sampled_less_but_never_hardly_at_all() -> None:
    ids = Ids(range(50_000))
    ids.text = "x" * 200_000
    assert 200 <= len(taken(ids, 2_000)) <= 320
    ids.text = "x" * 5_000_000
    assert len(taken(ids, 2_000)) == 64


def test_the_same_collection_gives_the_same_sample() -> None:
    assert taken(Ids(KINDS["random uuids"]), 300) == taken(Ids(KINDS["random uuids"]), 300)


def test_reading_stops_when_it_is_told_to() -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        sample(cast(Qdrant, Ids(range(5_000))), "c", 100, 5_000, stop=stop)
