"""Whose key the one in the environment is, and what a person may call a server."""

from __future__ import annotations

import pytest

from qdrant_model_migration.qdrant import Address, known_key, names
from qdrant_model_migration.qdrant.errors import AddressInvalid

HERE = Address.parse("https://search.example.com")


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://search.example.com:6333", True),
        ("search.example.com", True),
        ("https://SEARCH.example.com/", True),
        ("https://other.example.com", False),
        ("https://search.example.com:7000", False),
        ("http://search.example.com", False),  # anyone on the way could read it
        ("https://search.example.com.evil.org", False),
        ("https://key@search.example.com", False),
        ("/a/folder", False),
        ("not an address", False),
        ("", False),
        (None, False),
    ],
)
def test_the_key_of_the_environment_is_of_the_server_that_stands_beside_it(
    monkeypatch: pytest.MonkeyPatch, url: str | None, known: bool
) -> None:
    monkeypatch.setenv("QDRANT_API_KEY", "secret")
    monkeypatch.delenv("QDRANT_URL", raising=False)
    if url is not None:
        monkeypatch.setenv("QDRANT_URL", url)
    assert (known_key(HERE) == "secret") is known
    monkeypatch.delenv("QDRANT_API_KEY")
    assert known_key(HERE) is None


def test_a_port_that_was_not_typed_is_the_one_where_it_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QDRANT_API_KEY", "secret")
    monkeypatch.setenv("QDRANT_URL", "https://search.example.com")
    usual = Address.parse("https://search.example.com:443")
    assert known_key(usual) == "secret"
    assert names("https://search.example.com", usual)
    assert names(usual.label, usual)
    monkeypatch.setenv("QDRANT_URL", "https://search.example.com:6333")
    assert known_key(usual) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("search.example.com", True),
        (" Search.example.com ", True),
        ("search.example.com:6333", True),
        ("https://search.example.com:6333", True),
        ("http://search.example.com:6333", False),
        ("search.example.com:7000", False),
        ("example.com", False),
        ("", False),
        ("ftp://search.example.com", False),
    ],
)
def test_a_server_is_named_by_its_host_with_or_without_the_rest(typed: str, meant: bool) -> None:
    assert names(typed, HERE) is meant
    unusual = Address.parse("https://search.example.com:7000")
    assert not names("search.example.com", unusual)
    assert names("search.example.com:7000", unusual)


def test_an_address_is_read_back_from_its_text() -> None:
    for address in (HERE, Address(folder="/a/folder")):
        assert Address.read(str(address)) == address
    with pytest.raises(AddressInvalid):
        Address.read("http://[nowhere")
    assert not Address(folder="/a").is_same_server(Address(folder="/a"))  # none has a key
