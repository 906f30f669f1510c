"""Snapshots: a file on the server with a collection's points, settings and indexes as they are.

Of the part that this node holds; aliases are not in it. For capabilities.snapshots.
"""

from __future__ import annotations

from typing import NamedTuple

from qdrant_model_migration.qdrant.requests import ONCE, Requests

LONGEST_S = 6 * 3600.0
"""Seconds to wait for one that is being written."""


class Snapshot(NamedTuple):
    """bytes: of the file."""

    name: str
    bytes: int


class Snapshots(Requests):
    """The part of a connection that makes snapshots."""

    def create_snapshot(self, collection: str) -> Snapshot:
        """Make one and wait for it. Not tried again by itself: each try would leave a file."""
        made = self._call(
            "make a snapshot",
            lambda: self._wire.create_snapshot(collection, LONGEST_S),
            collection,
            ONCE,
        )
        return Snapshot(str(made["name"]), int(made.get("size") or 0))

    def snapshots(self, collection: str) -> tuple[Snapshot, ...]:
        """Those that are there."""
        found = self._call("list snapshots", lambda: self._wire.snapshots(collection), collection)
        return tuple(Snapshot(str(one["name"]), int(one.get("size") or 0)) for one in found)
