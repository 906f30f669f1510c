"""Collections that other tools leave on a server for themselves."""

from __future__ import annotations

_KEPT_BY = {"_migration_offsets": "notes of the tool qdrant/migration on how far it was"}


def kept_for(collection: str) -> str:
    """What it holds for another tool, in words; "" where it is somebody's own."""
    return _KEPT_BY.get(collection, "")
