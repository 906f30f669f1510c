from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.qdrant import (
    Address,
    Patience,
    Point,
    Qdrant,
    limits,
    open_qdrant,
    pages,
)
from qdrant_model_migration.qdrant.as_seen import as_seen
from support.fake_qdrant import FakeQdrant, Front

DONE = {"operation_id": 1, "status": "completed"}
PATH = "/collections/docs/points"


def _points(count: int, size: int = 10) -> list[Point]:
    return [Point(n, {"text": "x" * size}, {}) for n in range(count)]


def _limited(reply: Any, most: int) -> Callable[[Any], Any]:
    """Takes bodies of so many bytes."""

    def answer(request: Any) -> Any:
        if request.size > most:
            text = f"JSON payload ({request.size} bytes) is larger than allowed (limit: {most})."
            return reply.refusal(400, text)
        return reply(200, DONE)

    return answer


def _written(server: Any) -> list[list[int]]:
    return [[point["id"] for point in r.body["points"]] for r in server.sent("PUT", PATH)]


def _flat(parts: Iterable[list[int]]) -> list[int]:
    return list(itertools.chain.from_iterable(parts))


@pytest.mark.parametrize(
    ("version", "field", "value"),
    [
        ("1.18.3", "update_mode", "insert_only"),
        ("1.17.0", "update_mode", "insert_only"),
        ("1.16.2", "update_filter", {"must": [{"has_id": []}]}),
    ],
)
def test_insert_leaves_existing_points_alone_in_the_way_the_version_knows(
    scripted: Callable[..., Any], reply: Any, version: str, field: str, value: object
) -> None:
    server = scripted(version)
    server.on("PUT", PATH, reply(200, DONE))
    with open_qdrant(Address(url=server.url)) as qdrant:
        qdrant.insert("docs", _points(1))
        qdrant.upsert("docs", _points(1))
    insert, upsert = server.sent("PUT", PATH)
    assert insert.body[field] == value
    assert set(insert.body) == {"points", field}
    assert set(upsert.body) == {"points"}


def test_insert_never_changes_a_point_that_is_there(folder: Qdrant) -> None:
    folder.create_collection("docs", {"vectors": {"size": 2, "distance": "Dot"}})
    folder.insert("docs", [Point(1, {"text": "old"}, {"": [1.0, 2.0]})])
    folder.insert(
        "docs", [Point(1, {"text": "new"}, {"": [9.0, 9.0]}), Point(2, {"text": "new"}, {})]
    )
    first, second = folder.scroll("docs", vectors=True).points
    assert first == Point(1, {"text": "old"}, {"": [1.0, 2.0]})
    assert second == Point(2, {"text": "new"}, {})
    folder.upsert("docs", [Point(1, {"text": "new"}, {"": [9.0, 9.0]})])
    assert folder.retrieve("docs", [1])[0].payload == {"text": "new"}


def test_vectors_are_sent_with_their_exact_values(remote: Qdrant, server: Any, reply: Any) -> None:
    server.on("PUT", PATH, reply(200, DONE))
    rng = np.random.default_rng(7)
    dense = rng.standard_normal(64).astype(np.float32)
    remote.insert("docs", [Point(2**64 - 1, {"f": 0.1, "n": 2**64 - 1}, {"": dense})])
    (sent,) = server.sent("PUT", PATH)[0].body["points"]
    assert sent["id"] == 2**64 - 1
    assert sent["payload"] == {"f": 0.1, "n": 2**64 - 1}
    assert np.array_equal(np.asarray(sent["vector"], dtype=np.float32), dense)


def test_requests_stay_below_the_byte_limit_and_keep_every_point_once(
    remote: Qdrant, server: Any, reply: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote._limits, "_body_bytes", 1000)
    server.on("PUT", PATH, reply(200, DONE))
    remote.insert("docs", _points(40, size=100))
    written = _written(server)
    assert len(written) > 4
    assert _flat(written) == list(range(40))
    assert all(request.size < 1000 + 100 for request in server.sent("PUT", PATH))


def test_a_smaller_limit_of_the_server_is_learned(remote: Qdrant, server: Any, reply: Any) -> None:
    server.on("PUT", PATH, _limited(reply, 2000))
    remote.insert("docs", _points(64, size=100))
    accepted = [r for r in server.sent("PUT", PATH) if r.size <= 2000]
    assert _flat([p["id"] for p in r.body["points"]] for r in accepted) == list(range(64))
    refused = len(server.sent("PUT", PATH)) - len(accepted)
    remote.insert("docs", _points(64, size=100))
    assert len([r for r in server.sent("PUT", PATH) if r.size > 2000]) == refused


@pytest.mark.parametrize(
    "refusal",
    [
        (429, "Write rate limit exceeded: request larger than rate limiter capacity"),
        (413, "Request Entity Too Large"),
    ],
)
def test_a_request_that_can_never_pass_is_halved_not_repeated(
    remote: Qdrant, server: Any, reply: Any, refusal: tuple[int, str]
) -> None:
    server.on(
        "PUT",
        PATH,
        lambda r: reply.refusal(*refusal) if len(r.body["points"]) > 8 else reply(200, DONE),
    )
    remote.insert("docs", _points(32))
    written = _written(server)
    assert [len(ids) for ids in written[:3]] == [32, 16, 8]
    assert _flat(ids for ids in written if len(ids) <= 8) == list(range(32))


def test_a_point_that_is_too_large_is_left_out_and_named_with_its_size(
    remote: Qdrant, server: Any, reply: Any
) -> None:
    server.on("PUT", PATH, _limited(reply, 1000))
    points = _points(6)
    points[2] = Point(2, {"text": "x" * 2000}, {})
    (left_out,) = remote.insert("docs", points)
    assert left_out == (2, "", None, left_out.why)
    assert "2,043 bytes" in left_out.why
    taken = [r for r in server.sent("PUT", PATH) if r.size <= 1000]
    assert sorted(_flat([p["id"] for p in r.body["points"]] for r in taken)) == [0, 1, 3, 4, 5]


def test_a_line_that_breaks_with_a_large_body_leads_to_smaller_pieces(quick: Patience) -> None:
    with (
        FakeQdrant(front=Front(body_bytes=200_000, cuts=True)) as fake,
        open_qdrant(Address(url=fake.url), patience=quick) as qdrant,
    ):
        qdrant.create_collection("docs", {"vectors": {"size": 1, "distance": "Dot"}})
        points = [Point(n, {"text": "x" * 30_000}, {}) for n in range(20)]
        points.append(Point(20, {"text": "x" * 300_000}, {}))
        (left_out,) = qdrant.insert("docs", points)
        assert left_out.point == 20
        assert qdrant.count("docs") == 20
        sent = len(fake.requests)
        assert qdrant.insert("docs", points[:20]) == []
        assert len(fake.requests) - sent <= 10, "what was learned is kept"


def test_a_server_that_goes_away_in_the_middle_is_waited_for_and_nothing_is_learned(
    fake_qdrant: FakeQdrant, quick: Patience
) -> None:
    with open_qdrant(Address(url=fake_qdrant.url), patience=quick) as qdrant:
        qdrant.create_collection("docs", {"vectors": {"size": 1, "distance": "Dot"}})
        for path in ("/points", "^/$"):  # the line breaks, and nobody answers a small request
            fake_qdrant.fail(path=path, drop=True, times=3)
        points = [Point(n, {"text": "x" * 30_000}, {}) for n in range(8)]
        assert qdrant.insert("docs", points) == []
        writes = [r for r in fake_qdrant.requests if r.method == "PUT" and "/points" in r.path]
        assert {len(r.body["points"]) for r in writes} == {8}


def test_a_first_page_is_short_until_it_is_known_how_large_points_are(
    fake_qdrant: FakeQdrant,
) -> None:
    with open_qdrant(Address(url=fake_qdrant.url)) as qdrant:
        qdrant.create_collection("docs", {"vectors": {"size": 1, "distance": "Dot"}})
        qdrant.insert("docs", _points(400))
        assert [len(page) for page in pages(qdrant, "docs", limit=200)] == [64, 200, 136]
        assert [len(page) for page in pages(qdrant, "docs", limit=200)] == [200, 200]
        ids = pages(qdrant, "docs", limit=200, payload=False)
        assert [len(page) for page in ids] == [200, 200]


def test_pages_of_large_points_become_shorter(
    fake_qdrant: FakeQdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PAGE_BYTES", 100_000)
    with open_qdrant(Address(url=fake_qdrant.url)) as qdrant:
        qdrant.create_collection("docs", {"vectors": {"size": 1, "distance": "Dot"}})
        large = [Point(n, {"text": "x" * 9_000}, {}) for n in range(60)]
        qdrant.insert("docs", large)
        read = [len(page) for page in pages(qdrant, "docs", limit=20)]
        assert read[0] == 20
        assert set(read[1:-1]) == {11}
        assert sum(read) == 60
        ids = [len(page) for page in pages(qdrant, "docs", limit=20, payload=False)]
        assert ids == [20, 20, 20], "what is small is read as before"


def test_strict_mode_shrinks_the_batch_and_is_remembered(
    remote: Qdrant, server: Any, reply: Any
) -> None:
    def strict(request: Any) -> Any:
        count = len(request.body["points"])
        if count > 10:
            text = f'Bad request: Limit exceeded {count} > 10 for "upsert limit". Help: less.'
            return reply.refusal(400, text)
        return reply(200, DONE)

    server.on("PUT", PATH, strict)
    remote.insert("docs", _points(25))
    remote.insert("docs", _points(25))
    assert [len(ids) for ids in _written(server)] == [25, 10, 10, 5, 10, 10, 5]


def test_strict_mode_makes_pages_shorter_and_loses_none(
    remote: Qdrant, server: Any, reply: Any
) -> None:
    def strict(request: Any) -> Any:
        if request.body["limit"] > 50:
            text = 'Bad request: Limit exceeded 256 > 50 for "limit". Help: smaller.'
            return reply.refusal(400, text)
        return reply(200, {"points": [{"id": 1, "payload": None}], "next_page_offset": 2})

    server.on("POST", "/collections/docs/points/scroll", strict)
    assert remote.scroll("docs", limit=256).next == 2
    assert remote.scroll("docs", limit=256, start=2).points == [Point(1, {}, {})]
    assert [r.body["limit"] for r in server.sent("POST", ".*/scroll")] == [64, 50, 50]


def test_nothing_to_write_sends_nothing(remote: Qdrant, server: Any) -> None:
    before = len(server.requests)
    remote.insert("docs", [])
    remote.delete("docs", [])
    assert remote.retrieve("docs", []) == []
    assert len(server.requests) == before


def test_delete_goes_in_parts_and_forgives_ids_that_are_not_there(
    folder: Qdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "IDS", 3)
    folder.create_collection("docs", {"vectors": {}})
    folder.insert("docs", _points(10))
    folder.delete("docs", [*range(8), 77])
    assert [point.id for point in folder.scroll("docs").points] == [8, 9]


def test_retrieve_keeps_the_order_asked_for_and_leaves_out_what_is_missing(
    folder: Qdrant,
) -> None:
    name = "0f000000-0000-4000-8000-00000000abcd"
    folder.create_collection("docs", {"vectors": {}})
    folder.insert("docs", [*_points(3), Point(name, {}, {})])
    found = folder.retrieve("docs", [2, 99, name.upper(), 0], payload=False)
    assert [point.id for point in found] == [2, name, 0]


@pytest.mark.parametrize("value", [sys.float_info.max, -sys.float_info.max, 5e-324, -0.0])
def test_a_compared_write_can_be_sent_whatever_number_stands_there(
    folder: Qdrant, value: float
) -> None:
    folder.create_collection("docs", {"vectors": {"size": 2, "distance": "Dot"}})
    seen = Point(1, {"value": value}, {"": [1.0, 2.0]})
    folder.insert("docs", [seen])
    json.dumps(as_seen([seen]), allow_nan=False)
    folder.replace("docs", [seen._replace(payload={"value": "new"})], [seen])
    assert folder.scroll("docs").points[0].payload == {"value": "new"}
