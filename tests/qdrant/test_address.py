from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.qdrant.errors import AddressInvalid


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("localhost", "http://localhost:6333"),
        ("localhost:6333", "http://localhost:6333"),
        ("127.0.0.1:7000", "http://127.0.0.1:7000"),
        ("[::1]:6333", "http://[::1]:6333"),
        ("search.example.com", "https://search.example.com:6333"),
        ("search.example.com:443", "https://search.example.com:443"),
        ("search.example.com/qdrant", "https://search.example.com:443/qdrant"),
        ("http://search.example.com", "http://search.example.com:6333"),
        ("https://search.example.com:6333/", "https://search.example.com:6333"),
        ("https://proxy.example.com/qdrant/", "https://proxy.example.com:443/qdrant"),
        ("  HTTPS://Search.Example.com:6333 ", "https://search.example.com:6333"),
        ("müller.example", "https://xn--mller-kva.example:6333"),
        ("\N{CAT}", "https://xn--zn8h:6333"),
    ],
)
def test_what_a_person_types_becomes_a_full_url(typed: str, url: str) -> None:
    assert Address.parse(typed).url == url


@pytest.mark.parametrize(
    ("typed", "then"),
    [
        ("https://search.example.com", ["https://search.example.com:443"]),
        ("http://search.example.com", ["http://search.example.com:80"]),
        ("search.example.com", ["https://search.example.com:443"]),
        ("https://search.example.com/qdrant", ["https://search.example.com:6333/qdrant"]),
        ("search.example.com:7000", []),
        ("https://search.example.com:6333", []),
        ("localhost", []),  # another program may listen there
        ("localhost:7000", []),
        ("http://localhost/qdrant", []),
        ("qdrant:6333", ["http://qdrant:6333"]),  # a service of docker compose
        ("qdrant", ["http://qdrant:6333"]),
        ("qdrant.internal/x", ["http://qdrant.internal:80/x"]),
        ("https://qdrant", []),
        ("192.168.1.5:6333", ["http://192.168.1.5:6333"]),
        ("qdrant.internal", ["http://qdrant.internal:6333"]),
        ("8.8.8.8:6333", []),
    ],
)
def test_what_was_not_typed_may_mean_something_else(typed: str, then: list[str]) -> None:
    first, *others = Address.ways(typed)
    assert first == Address.parse(typed)
    assert [way.url for way in others] == then


def test_two_behind_one_proxy_are_not_the_same_server() -> None:
    one, other = (Address.parse(f"https://proxy.example.com/{name}") for name in "ab")
    assert not one.is_same_server(other)
    assert one.is_same_server(Address.parse("https://PROXY.example.com:443/a/"))
    assert one.label == "proxy.example.com/a"


def test_an_existing_folder_is_a_practice_qdrant(tmp_path: Path) -> None:
    address = Address.parse(str(tmp_path))
    assert (address.folder, address.url, address.label) == (str(tmp_path), None, str(tmp_path))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "No address"),
        ("search.example.com:6334", "Change 6334 to 6333"),
        ("https://search.example.com:6334", "second port"),
        ("https://user:secret@search.example.com:6333", "more than an address"),
        ("https://search.example.com:6333?api-key=secret", "more than an address"),
        ("ftp://search.example.com", "ftp:// is not a way"),
        ("https://:6333", "no name of a computer"),
        ("x" * 300, "no computer can have"),
        ("search..example.com", "no computer can have"),
        ("search.example.com:99999", "port after the colon"),
        ("search.example.com:port", "port after the colon"),
        ("/no/such/folder", "There is no folder /no/such/folder"),
    ],
)
def test_what_cannot_be_an_address_is_refused_with_the_way_out(typed: str, says: str) -> None:
    with pytest.raises(AddressInvalid) as refusal:
        Address.parse(typed)
    assert says in str(refusal.value)
    assert refusal.value.todo
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "wrong",
    [{}, {"url": "http://localhost:6333", "folder": "/tmp/x"}, {"url": "http://k@h:6333"}],
)
def test_an_address_is_one_thing_without_a_login(wrong: dict[str, str]) -> None:
    with pytest.raises((ValidationError, AddressInvalid)):
        Address.model_validate(wrong)


def test_the_label_leaves_out_what_is_usual() -> None:
    assert Address.parse("https://search.example.com:6333").label == "search.example.com"
    assert Address.parse("https://search.example.com:443").label == "search.example.com:443"


def test_it_tells_whether_the_line_is_encrypted_and_leaves_this_computer(tmp_path: Path) -> None:
    far, near = Address.parse("http://search.example.com"), Address.parse("localhost")
    assert (far.encrypted, far.on_this_computer) == (False, False)
    assert (near.encrypted, near.on_this_computer) == (False, True)
    assert Address.parse("search.example.com").encrypted
    assert Address.parse(str(tmp_path)).on_this_computer
