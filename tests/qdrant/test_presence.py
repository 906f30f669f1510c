"""Whether a point has a vector, asked without reading it: on a folder, and on servers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.qdrant import Address, Point, PointId, Presence, Qdrant, open_qdrant
from support.fake_qdrant import FakeQdrant


def ident(number: int) -> PointId:
    return number if number % 2 else str(uuid.UUID(int=number + (1 << 100)))


SOME = {ident(n) for n in range(60) if n % 3}


@pytest.fixture(params=["folder", "1.16.3", "1.18.3", "strict"])
def qdrant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Qdrant]:
    if request.param == "folder":
        with open_qdrant(Address(folder=str(tmp_path / "qdrant"))) as opened:
            fill(opened)
            yield opened
        return
    strict = {"enabled": True, "max_query_limit": 7, "condition_max_size": 5}
    version = "1.18.3" if request.param == "strict" else request.param
    with FakeQdrant(version=version) as fake, open_qdrant(Address(url=fake.url)) as opened:
        fill(opened)
        if request.param == "strict":
            for name in ("one", "two"):
                opened.patch(name, {"strict_mode_config": strict})
        yield opened


def fill(qdrant: Qdrant) -> None:
    """The same points without and with names: every third lacks the vector."""
    size = {"size": 2, "distance": "Cosine"}
    qdrant.create_collection("one", {"vectors": size})
    qdrant.create_collection("two", {"vectors": {"a": size, "b": size}})
    for collection, name, more in (("one", "", {}), ("two", "a", {"b": [0.0, 1.0]})):
        points = [
            Point(ident(n), {"n": n}, {**({name: [1.0, 0.0]} if ident(n) in SOME else {}), **more})
            for n in range(60)
        ]
        qdrant.insert(collection, points)


@pytest.mark.parametrize(("collection", "name", "read"), [("one", "", []), ("two", "a", ["b"])])
def test_presence_is_told_with_what_is_read(
    qdrant: Qdrant, collection: str, name: str, read: list[str]
) -> None:
    found: dict[PointId, Point] = {}
    start: Any = None
    while True:
        page = qdrant.scroll(collection, start=start, limit=25, vectors=[Presence(name), *read])
        found |= {point.id: point for point in page.points}
        if page.next is None:
            break
        start = page.next
    assert len(found) == 60
    assert {i for i, point in found.items() if name in point.vectors} == SOME
    assert all(point.vectors.get(one) == [0.0, 1.0] for one in read for point in found.values())
    again = qdrant.retrieve(collection, list(found), vectors=[Presence(name), *read])
    assert {point.id: point for point in again} == found


def test_only_the_points_that_lack_it_can_be_read(qdrant: Qdrant) -> None:
    page = qdrant.scroll("two", limit=60, without_vector="a")
    assert page.points
    assert not {point.id for point in page.points} & SOME


def test_its_values_are_not_asked_for() -> None:
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        fill(qdrant)
        seen = len(fake.requests)
        qdrant.scroll("one", limit=60, vectors=[Presence("")])
        asked = [r.body["with_vector"] for r in list(fake.requests)[seen:]]
        assert asked == [False, False]
