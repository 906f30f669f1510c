"""Whose key it is: the one in the environment belongs to the server that QDRANT_URL names.

A plan or a run folder names a server, too, and may come from somebody else; that alone sends no key
anywhere.
"""

from __future__ import annotations

import os

from qdrant_model_migration.environment import KEY, URL
from qdrant_model_migration.qdrant.address import Address
from qdrant_model_migration.qdrant.errors import AddressInvalid


def known_key(server: Address) -> str | None:
    """The key in the environment where it is of this server, else None."""
    return os.environ.get(KEY) or None if is_own(server) else None


def is_own(server: Address) -> bool:
    """Whether it is the one that QDRANT_URL names, which the keys of the environment are for."""
    named = own_server()
    return named is not None and server.is_same_server(named)


def own_server() -> Address | None:
    """The server that QDRANT_URL names; None where it names none."""
    try:
        return Address.parse(os.environ[URL])
    except (KeyError, AddressInvalid):
        return None


def names(text: str, server: Address) -> bool:
    """Whether what a person typed means this server: its host, host:port or whole address."""
    if "://" not in text:
        return text.strip().lower() in (server.label, f"{server.host}:{server.port}")
    try:
        return server.is_same_server(Address.parse(text))
    except AddressInvalid:
        return False
