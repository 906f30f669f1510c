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
    return any(map(server.is_same_server, _own_ways()))


def own_server() -> Address | None:
    """The server that QDRANT_URL names, as far as its text alone tells; None where it names
    none."""
    return next(iter(_own_ways()), None)


def _own_ways() -> tuple[Address, ...]:
    try:
        return Address.ways(os.environ[URL])
    except (KeyError, AddressInvalid):
        return ()


def names(text: str, server: Address) -> bool:
    """Whether what a person typed means this server: its host, host:port or whole address."""
    if "://" not in text:
        whole = f"{server.host}:{server.port}{server.path}"
        return text.strip().lower() in (server.label.lower(), whole.lower())
    try:
        return any(map(server.is_same_server, Address.ways(text)))
    except AddressInvalid:
        return False
