"""How a collection is doing right now, read from the server's answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class CollectionMemory(NamedTuple):
    """Bytes. ram: what cannot be evicted; cached: file pages in the system's cache; disk: files."""

    ram: int
    cached: int
    disk: int


class CollectionState(NamedTuple):
    """None: this server does not tell.

    status: green, yellow, grey or red. error: of the optimizer. points, indexed_vectors:
    approximate; the latter counts every vector of a point. queue_length: writes not applied yet.
    deferred: points not visible yet. running, queued: optimizations.
    """

    status: str
    error: str | None
    points: int
    indexed_vectors: int
    queue_length: int | None
    deferred: int | None
    running: int | None
    queued: int | None


def state_from_json(
    info: Mapping[str, Any], optimizations: Mapping[str, Any] | None, *, local: bool
) -> CollectionState:
    """info: result of GET /collections/NAME. optimizations: that of .../optimizations, or None.

    local: a practice Qdrant, which never has anything queued and says nothing about it.
    """
    optimizer = info.get("optimizer_status")
    queue = info.get("update_queue") or {}
    unsaid = 0 if local else None
    told = optimizations or {}
    return CollectionState(
        status=str(info["status"]),
        error=str(optimizer.get("error")) if isinstance(optimizer, Mapping) else None,
        points=int(info.get("points_count") or 0),
        indexed_vectors=int(info.get("indexed_vectors_count") or 0),
        queue_length=queue.get("length", unsaid),
        deferred=queue.get("deferred_points", unsaid),
        running=len(told["running"]) if "running" in told else unsaid,
        queued=(told.get("summary") or {}).get("queued_optimizations", unsaid),
    )
