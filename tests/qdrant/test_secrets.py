from __future__ import annotations

import io
import logging
import pickle
from typing import Any

import pytest
from rich.console import Console
from rich.traceback import Traceback

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from qdrant_model_migration.qdrant.errors import KeyRefused

KEY = "planted-key-3141592653"


def _crash_report(error: BaseException) -> str:
    """What a screen would show of a crash, variables included."""
    out = io.StringIO()
    trace = Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True)
    Console(file=out, width=200).print(trace)
    return out.getvalue()


@pytest.fixture
def server_that_repeats_the_key(server: Any, reply: Any) -> Any:
    server.on("GET", "/collections/docs", reply.refusal(418, f"your key {KEY} is odd"))
    server.on("POST", ".*", reply(200, f"not json but {KEY}".encode()))
    return server


def test_the_key_is_sent_and_stands_nowhere_else(
    server_that_repeats_the_key: Any, caplog: pytest.LogCaptureFixture, recwarn: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    server = server_that_repeats_the_key
    shown: list[str] = []
    with open_qdrant(Address(url=server.url), KEY) as qdrant:
        shown += [repr(qdrant), str(qdrant), repr(qdrant.address), repr(qdrant.capabilities)]
        for call in (qdrant.config, qdrant.count, qdrant.resolve):
            with pytest.raises(QmmError) as refusal:
                call("docs")
            error = refusal.value
            shown += [str(error), repr(error), repr(pickle.dumps(error)), _crash_report(error)]
    assert server.requests[-1].headers["api-key"] == KEY
    assert [text for text in [*shown, caplog.text] if KEY in text] == []
    assert [str(warning.message) for warning in recwarn] == []


def test_a_refused_connection_does_not_show_the_key(server: Any, reply: Any) -> None:
    server.on("GET", "/collections", reply(401, f"Invalid API key or JWT: {KEY}".encode()))
    for url in (server.url, "http://no-such-name.invalid:6333", "http://127.0.0.1:1"):
        with pytest.raises(QmmError) as refusal:
            open_qdrant(Address(url=url), KEY)
        assert KEY not in _crash_report(refusal.value)


def test_a_crash_inside_a_request_does_not_show_the_key(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(self: Qdrant, doing: str, request: object) -> None:
        raise AttributeError("a mistake in the program")

    with open_qdrant(Address(url=server.url), KEY) as qdrant:
        monkeypatch.setattr(Qdrant, "_send", crash)
        with pytest.raises(AttributeError) as refusal:
            qdrant.insert("docs", [Point(1, {}, {})])
    assert KEY not in _crash_report(refusal.value)


@pytest.mark.parametrize("behind", ["\nmore", "-\u00e4", "\u2026"])
def test_a_text_that_cannot_be_a_key_is_refused_unsent_and_unquoted(
    server: Any, behind: str
) -> None:
    with pytest.raises(KeyRefused, match="characters that no key has") as refusal:
        open_qdrant(Address(url=server.url), KEY + behind)
    assert server.requests == []
    assert KEY not in _crash_report(refusal.value)


def test_blanks_around_a_pasted_key_do_not_matter(server: Any) -> None:
    open_qdrant(Address(url=server.url), f"  {KEY}\n").close()
    assert server.requests[-1].headers["api-key"] == KEY
