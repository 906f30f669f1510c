from __future__ import annotations

import threading
from typing import Any

import pytest

from qdrant_model_migration.errors import Stopped
from qdrant_model_migration.qdrant import (
    Address,
    Patience,
    Point,
    Qdrant,
    Retry,
    errors,
    open_qdrant,
)


def _down(reply: Any) -> Any:
    return reply.refusal(503, "Shard temporarily unavailable")


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        (503, "Service unavailable", "the server is not ready"),
        (502, "Bad gateway", "the server is not ready"),
        (500, "Service internal error: panicked", "the server had an internal error"),
        (408, "Timeout error: Operation timed out", "the server did not finish in time"),
        (504, "Gateway timeout", "the server did not finish in time"),
    ],
)
def test_what_may_pass_is_tried_again_and_announced(
    server: Any, reply: Any, quick: Patience, status: int, text: str, reason: str
) -> None:
    heard: list[Retry] = []
    server.on(
        "POST",
        "/collections/docs/points/count",
        reply.refusal(status, text),
        reply(status, text.encode()),
        reply(200, {"count": 7}),
    )
    with open_qdrant(Address(url=server.url), patience=quick, on_retry=heard.append) as qdrant:
        assert qdrant.count("docs") == 7
    assert [(retry.attempt, retry.reason) for retry in heard] == [(1, reason), (2, reason)]


def test_a_connection_cut_in_the_middle_is_tried_again(
    folder: Qdrant, monkeypatch: pytest.MonkeyPatch, quick: Patience
) -> None:
    import httpx

    send, cuts = Qdrant._send, [httpx.ReadError("cut"), httpx.ReadTimeout("slow")]

    def cut_after_it_was_applied(self: Qdrant, doing: str, request: Any) -> Any:
        result = send(self, doing, request)
        if cuts and doing == "write points":
            raise cuts.pop()
        return result

    folder.patience = quick
    folder.create_collection("docs", {"vectors": {}})
    monkeypatch.setattr(Qdrant, "_send", cut_after_it_was_applied)
    folder.insert("docs", [Point(1, {"text": "first"}, {})])
    assert [point.payload for point in folder.scroll("docs").points] == [{"text": "first"}]
    assert cuts == []


def test_retry_after_is_honoured(server: Any, reply: Any, quick: Patience) -> None:
    heard: list[Retry] = []
    stop = threading.Event()

    def note(retry: Retry) -> None:
        heard.append(retry)
        stop.set()

    limited = reply.refusal(429, "Write rate limit exceeded. Retry after 15s", Retry_After="15")
    server.on("POST", ".*/count", limited)
    with (
        open_qdrant(
            Address(url=server.url), patience=Patience(60), stop=stop, on_retry=note
        ) as qdrant,
        pytest.raises(Stopped),
    ):
        qdrant.count("docs")
    assert 15 <= heard[0].wait_s < 16
    assert heard[0].reason == "the server limits the rate of requests"


def test_a_wait_longer_than_patience_is_not_begun(remote: Qdrant, server: Any, reply: Any) -> None:
    limited = reply.refusal(429, "Write rate limit exceeded. Retry after 99s", Retry_After="99")
    server.on("POST", ".*/count", limited)
    with pytest.raises(errors.LimitReached, match="Retry after 99s"):
        remote.count("docs")


def test_a_retry_after_that_is_a_date_is_no_reason_to_fail(
    remote: Qdrant, server: Any, reply: Any
) -> None:
    date = {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}
    server.on("POST", ".*/count", reply(429, b"slow down", date), reply(200, {"count": 1}))
    assert remote.count("docs") == 1


def test_a_stop_ends_the_waiting_at_once(server: Any, reply: Any) -> None:
    stop = threading.Event()
    server.on("POST", ".*/count", _down(reply))
    with (
        open_qdrant(
            Address(url=server.url),
            patience=Patience(total_s=3600, first_wait_s=600, longest_wait_s=600),
            stop=stop,
            on_retry=lambda retry: stop.set(),
        ) as qdrant,
        pytest.raises(Stopped),
    ):
        qdrant.count("docs")
    assert len(server.sent("POST", ".*/count")) == 1


def test_waits_grow_up_to_the_longest(server: Any, reply: Any) -> None:
    heard: list[Retry] = []
    server.on("POST", ".*/count", *[_down(reply)] * 6, reply(200, {"count": 1}))
    patience = Patience(total_s=20, first_wait_s=0.001, longest_wait_s=0.008)
    with open_qdrant(Address(url=server.url), patience=patience, on_retry=heard.append) as qdrant:
        qdrant.count("docs")
    bounds = [0.001, 0.002, 0.004, 0.008, 0.008, 0.008]
    assert all(b / 2 <= r.wait_s <= b for r, b in zip(heard, bounds, strict=True))


def test_when_patience_ends_the_error_says_how_long_and_why(
    server: Any, reply: Any, quick: Patience
) -> None:
    server.on("POST", ".*/count", _down(reply))
    with (
        open_qdrant(Address(url=server.url), patience=quick._replace(total_s=0.02)) as qdrant,
        pytest.raises(errors.ServerGone, match="the server is not ready"),
    ):
        qdrant.count("docs")
    assert len(server.sent("POST", ".*/count")) > 1


def test_connecting_is_tried_once(server: Any, reply: Any) -> None:
    server.on("GET", "/", reply(503, b"starting"))
    with pytest.raises(errors.ServerGone):
        open_qdrant(Address(url=server.url), patience=Patience(600))
    assert len(server.sent("GET", "/")) == 1


def test_a_write_that_the_server_has_not_applied_is_repeated(
    remote: Qdrant, server: Any, reply: Any
) -> None:
    server.on(
        "PUT",
        "/collections/docs/points",
        reply(200, {"operation_id": 1, "status": "wait_timeout"}),
        reply(200, {"operation_id": 2, "status": "acknowledged"}),
        reply(200, {"operation_id": 3, "status": "completed"}),
    )
    remote.insert("docs", [Point(1, {}, {})])
    assert len(server.sent("PUT", "/collections/docs/points")) == 3


def test_an_interrupt_from_the_keyboard_is_not_held_back(
    folder: Qdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: Qdrant, doing: str, request: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Qdrant, "_send", interrupted)
    with pytest.raises(KeyboardInterrupt):
        folder.collections()
