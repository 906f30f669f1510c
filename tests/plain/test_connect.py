"""Connecting: what is wrong is said in words and asked again; the key never shows."""

from __future__ import annotations

import pytest

from qdrant_model_migration.plain.collection import choose
from qdrant_model_migration.plain.connect import connect
from qdrant_model_migration.plain.journey import Journey
from qdrant_model_migration.plain.talk import Back
from support.fake_qdrant import FakeQdrant
from support.script import Spoken

SECRET = "s3cret-key"


def test_a_good_address_without_a_key(fake_qdrant: FakeQdrant) -> None:
    journey, talk = Journey(), Spoken(("Address", fake_qdrant.url), ("API key", ""))
    connect(talk, journey)
    assert journey.address is not None
    assert journey.environment == {}
    assert "The server answers in" in talk.flat
    assert "Qdrant 1.18.3." in talk.flat


def test_what_is_wrong_is_said_and_asked_again(fake_qdrant: FakeQdrant) -> None:
    talk = Spoken(
        ("Address", ""),
        ("Address", "ftp://somewhere"),
        ("Address", "http://127.0.0.1:6334"),
        ("Address", f"http://127.0.0.1:{free_port()}"),
        ("API key", ""),
        ("Address", fake_qdrant.url),
        ("API key", ""),
    )
    connect(talk, Journey())
    assert "No address was typed." in talk.flat
    assert "ftp:// is not a way to reach Qdrant." in talk.flat
    assert "6334 is the server's second port (gRPC)." in talk.flat
    assert "Nothing answers at" in talk.flat


def test_a_refused_key_is_asked_for_again_and_never_said() -> None:
    with FakeQdrant(api_key=SECRET) as fake:
        journey = Journey()
        talk = Spoken(
            ("Address", fake.url), ("API key", ""), ("API key", "wrong-one"), ("API key", SECRET)
        )
        connect(talk, journey)
    assert "The server asks for a key." in talk.flat
    assert "The server refused the key." in talk.flat
    assert journey.environment == {"QDRANT_API_KEY": SECRET}
    assert SECRET not in talk.heard + repr(journey)
    assert "wrong-one" not in talk.heard


def test_a_named_address_is_tried_at_once_with_the_key_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QDRANT_API_KEY", SECRET)
    with FakeQdrant(api_key=SECRET) as fake:
        talk = Spoken()
        connect(talk, Journey(), fake.url)
    assert "The key is accepted." in talk.flat


def test_a_key_that_may_only_read_is_said_at_once() -> None:
    with FakeQdrant(api_key=SECRET, read_only_key="reader") as fake:
        talk = Spoken(("Address", fake.url), ("API key", "reader"))
        connect(talk, Journey())
    assert "This key may only read" in talk.flat


def test_a_collection_is_chosen_by_number_name_or_alias(fake_qdrant: FakeQdrant) -> None:
    for name, points in (("docs_v1", 3), ("chat", 0)):
        body = {"vectors": {"size": 4, "distance": "Cosine"}}
        fake_qdrant.call("PUT", f"/collections/{name}", body)
        found = [{"id": n, "vector": [1, 0, 0, n], "payload": {}} for n in range(points)]
        if found:
            fake_qdrant.call("PUT", f"/collections/{name}/points", {"points": found})
    alias = {"create_alias": {"collection_name": "docs_v1", "alias_name": "docs"}}
    fake_qdrant.call("POST", "/collections/aliases", {"actions": [alias]})
    journey = Journey()
    connect(Spoken(), journey, fake_qdrant.url)
    talk = Spoken(("Number or name", "1"), ("Number or name", "nothing"), ("Number or name", "2"))
    choose(talk, journey)
    assert journey.collection == "docs_v1"
    assert "chat is empty: 0 points" in talk.flat
    assert "There is no collection nothing in the list." in talk.flat
    talk = Spoken(("Number or name", "docs"))
    choose(talk, journey)
    assert journey.collection == "docs_v1"
    assert "docs is an alias, not a collection." in talk.flat


def test_a_server_without_collections_leads_back(fake_qdrant: FakeQdrant) -> None:
    journey = Journey()
    connect(Spoken(), journey, fake_qdrant.url)
    with pytest.raises(Back):
        choose(Spoken(), journey)


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
