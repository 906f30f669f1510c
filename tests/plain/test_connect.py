"""Connecting and choosing in a talk: what is wrong is said and asked again; the key never shows."""

from __future__ import annotations

import pytest

from qdrant_model_migration.pages.beginning import begin
from qdrant_model_migration.pages.outcome import Go
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.plain.talk import Leave
from qdrant_model_migration.plain.visit import Visit
from qdrant_model_migration.qdrant import Address
from support.fake_qdrant import FakeQdrant
from support.fake_qdrant.front import Front
from support.script import Spoken

SECRET = "s3cret-key"
NO_KEY = ("API key", "")
KEEP = ("Remember the address", "no")
ON_TO_QUESTIONS = ("Press Enter to answer the questions", "")
ON = ("Press Enter to see the collections", "")


def connect(talk: Spoken, url: str = "") -> Go:
    given = {"address": url, "key": "", "remember": ""} if url else {}
    return Visit(talk, "connect", begin(), given).until_it_leads_on()


def test_a_good_address_without_a_key(fake_qdrant: FakeQdrant) -> None:
    talk = Spoken(("Address", fake_qdrant.url), NO_KEY, KEEP, ON)
    go = connect(talk)
    assert (go.to, go.session.key) == ("collections", None)
    assert "The server answers: in " in talk.flat
    assert "Qdrant 1.18.3." in talk.flat


def test_once_connected_nothing_is_said_that_is_over(fake_qdrant: FakeQdrant) -> None:
    talk = Spoken(ON)
    go = connect(talk, fake_qdrant.url)
    assert "Asking" not in talk.flat
    assert "No server at hand?" not in talk.flat
    assert go.session.checked[0].label == "The server answers"


def test_what_is_wrong_is_said_and_asked_again(fake_qdrant: FakeQdrant) -> None:
    talk = Spoken(
        ("Address", ""),
        NO_KEY,
        KEEP,
        ("Address", "ftp://somewhere"),
        ("Address", "http://127.0.0.1:6334"),
        ("Address", f"http://127.0.0.1:{free_port()}"),
        ("Address", fake_qdrant.url),
        ON,
    )
    connect(talk)
    assert "No address was given." in talk.flat
    assert "ftp:// is not a way to reach Qdrant." in talk.flat
    assert "6334 is the server's second port (gRPC)." in talk.flat
    assert "Nothing answers at" in talk.flat


def test_another_port_is_tried_where_none_was_typed(
    fake_qdrant: FakeQdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, closed = Address(url=fake_qdrant.url), Address(url=f"http://127.0.0.1:{free_port()}")
    monkeypatch.setattr(Address, "ways", lambda text: (closed, there))
    talk = Spoken(("Address", "search.example.com"), NO_KEY, KEEP, ON)
    session = connect(talk).session
    assert (session.address, session.key_of, session.typed) == (there, there, "")
    assert "at most 20 s" in talk.flat


def test_a_refused_key_is_asked_for_again_and_never_said() -> None:
    with FakeQdrant(api_key=SECRET) as fake:
        keys = (("API key", "wrong-one"), ("API key", SECRET))
        talk = Spoken(("Address", fake.url), NO_KEY, KEEP, *keys, ON)
        go = connect(talk)
    assert "The server asks for a key." in talk.flat
    assert "The server refused the key." in talk.flat
    assert go.session.address is not None
    assert go.session.key_for(go.session.address) == SECRET
    assert SECRET not in talk.heard + repr(go)
    assert "wrong-one" not in talk.heard


def test_a_key_left_empty_leads_to_another_address(fake_qdrant: FakeQdrant) -> None:
    with FakeQdrant(api_key=SECRET) as fake:
        other = (("Address", fake_qdrant.url), NO_KEY, KEEP)
        connect(Spoken(("Address", fake.url), ("API key", "wrong"), KEEP, NO_KEY, *other, ON))


def test_a_named_address_is_tried_at_once_with_the_key_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QDRANT_API_KEY", SECRET)
    with FakeQdrant(api_key=SECRET) as fake:
        talk = Spoken(ON)
        connect(talk, fake.url)
    assert "The key is accepted" in talk.flat


def test_a_key_that_may_only_read_is_said_at_once() -> None:
    with FakeQdrant(api_key=SECRET, read_only_key="reader") as fake:
        talk = Spoken(("Address", fake.url), ("API key", "reader"), KEEP, ON)
        connect(talk)
    assert "Caution, Writing: this key may only read" in talk.flat


def connected(fake: FakeQdrant) -> Session:
    return connect(Spoken(ON), fake.url).session


def test_a_collection_is_chosen_by_number_name_or_alias(fake_qdrant: FakeQdrant) -> None:
    for name, points in (("docs_v1", 3), ("chat", 0)):
        body = {"vectors": {"size": 4, "distance": "Cosine"}}
        fake_qdrant.call("PUT", f"/collections/{name}", body)
        found = [{"id": n, "vector": [1, 0, 0, n], "payload": {}} for n in range(points)]
        if found:
            fake_qdrant.call("PUT", f"/collections/{name}/points", {"points": found})
    alias = {"create_alias": {"collection_name": "docs_v1", "alias_name": "docs"}}
    fake_qdrant.call("POST", "/collections/aliases", {"actions": [alias]})
    session, take = connected(fake_qdrant), ("Press Enter for Survey this one", "")
    talk = Spoken(("a number", "1"), take, ("a number", "doc"), ("a number", "2"), take)
    go = Visit(talk, "collections", session).until_it_leads_on()
    assert (go.to, go.session.collection) == ("survey", "docs_v1")
    assert "Survey this one is closed: it is empty." in talk.flat
    assert "0 points, so there is nothing to embed" in talk.flat
    assert "doc is none of them. Did you mean docs?" in talk.flat
    assert talk.flat.count("1. chat, alias none, points 0, vectors 4") == 1
    lost = ("Press Enter for Survey this one", "docs")
    talk = Spoken(("a number", "docs"), lost, take)
    go = Visit(talk, "collections", session).until_it_leads_on()
    assert "docs goes nowhere here: press Enter for Survey this one." in talk.flat
    assert go.session.collection == "docs_v1"
    assert "docs is another name of docs_v1" in talk.flat


def test_a_server_without_collections_says_so(fake_qdrant: FakeQdrant) -> None:
    session, talk = connected(fake_qdrant), Spoken(("Type again", "leave"))
    with pytest.raises(Leave):
        Visit(talk, "collections", session).until_it_leads_on()
    assert "This server has no collections yet." in talk.flat


def test_where_collections_are_not_listed_the_name_is_typed() -> None:
    with FakeQdrant(front=Front(forbids="GET /collections$")) as fake:
        fake.call("PUT", "/collections/docs", {"vectors": {"size": 4, "distance": "Cosine"}})
        session = connected(fake)
        talk = Spoken(("Collection", " "), ("Collection", "docs"))
        go = Visit(talk, "collections", session).until_it_leads_on()
    assert (go.to, go.session.collection) == ("survey", "docs")
    assert "does not list its collections for this key" in talk.flat
    assert "No collection was named." in talk.flat


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_no_key_is_named_that_does_nothing_in_a_talk(fake_qdrant: FakeQdrant) -> None:
    fake_qdrant.call("PUT", "/collections/docs", {"vectors": {"size": 4, "distance": "Cosine"}})
    point = {"id": 1, "vector": [1, 0, 0, 0], "payload": {"text": "a text of some words"}}
    fake_qdrant.call("PUT", "/collections/docs/points", {"points": [point]})
    session = connected(fake_qdrant).on(collection="docs")
    talk = Spoken(("Press Enter to answer the questions", "why"), ON_TO_QUESTIONS)
    Visit(talk, "survey", session).until_it_leads_on()
    assert "Ctrl+C stops reading." in talk.flat
    assert "The number of a line shows all of it" in talk.flat
    assert "Enter on a" not in talk.flat
    assert "Esc" not in talk.flat
