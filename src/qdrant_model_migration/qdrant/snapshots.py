"""Snapshots: a file on the server with a collection's points, settings and indexes as they are.

Of the part that this node holds; aliases are not in it. For capabilities.snapshots.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from qdrant_model_migration.qdrant.errors import (
    RightMissing,
    RouteUnknown,
    ServerRefused,
    SettingRefused,
    SnapshotsElsewhere,
)
from qdrant_model_migration.qdrant.requests import ONCE, Requests
from qdrant_model_migration.qdrant.wire import JsonObject

LONGEST_S = 6 * 3600.0
"""Seconds to wait for one that is being written, or restored."""

_NO_SNAPSHOT = "file:///"
"""What is asked for to hear where snapshots are kept: it is none, and lies outside that folder."""


class Snapshot(NamedTuple):
    """bytes: of the file. checksum: of what is in it, "" where the server told none."""

    name: str
    bytes: int
    checksum: str = ""

    @classmethod
    def of(cls, told: JsonObject) -> Snapshot:
        return cls(str(told["name"]), int(told.get("size") or 0), str(told.get("checksum") or ""))


class Snapshots(Requests):
    """The part of a connection that makes snapshots, and collections of them."""

    def create_snapshot(self, collection: str) -> Snapshot:
        """Make one and wait for it. Not tried again by itself: each try would leave a file."""
        made = self._call(
            "make a snapshot",
            lambda: self._wire.create_snapshot(collection, LONGEST_S),
            collection,
            ONCE,
        )
        return Snapshot.of(made)

    def snapshots(self, collection: str) -> tuple[Snapshot, ...]:
        """Those that are there."""
        found = self._call("list snapshots", lambda: self._wire.snapshots(collection), collection)
        return tuple(map(Snapshot.of, found))

    def delete_snapshot(self, collection: str, name: str) -> None:
        """One that is gone already is no error, also where an answer was lost and it is asked for
        again."""
        if not self._has_snapshot(collection, name):
            return
        try:
            self._call(
                "delete a snapshot",
                lambda: self._wire.delete_snapshot(collection, name),
                collection,
            )
        except ServerRefused:
            if self._has_snapshot(collection, name):
                raise

    def _has_snapshot(self, collection: str, name: str) -> bool:
        return any(one.name == name for one in self.snapshots(collection))

    def snapshots_folder(self, collection: str) -> str:
        """Where the server keeps them, on its own disk. Changes nothing, and needs the right to
        restore. collection: one that may be restored; it need not be there.

        A file from anywhere else is refused, and the refusal names the folder. Raises RightMissing,
        or what the server says instead.
        """
        try:
            self._call(
                "say where its snapshots are",
                lambda: self._wire.restore(collection, {"location": _NO_SNAPSHOT}, LONGEST_S),
                collection,
                ONCE,
            )
        except SnapshotsElsewhere as told:
            return told.folder
        raise ServerRefused("say where its snapshots are", "")

    def restore_snapshot(self, collection: str, file: str, checksum: str = "") -> None:
        """Fill a collection with the points of a snapshot, and wait for it; what it held is gone.

        The collection keeps its settings, and must have the vectors and the number of shards of the
        one that the snapshot was made of. file: its path on the server. May be repeated.
        """
        body: JsonObject = {"location": f"file://{quote(file)}", "priority": "snapshot"}
        if checksum:
            body["checksum"] = checksum
        self._call(
            "restore a snapshot",
            lambda: self._wire.restore(collection, body, LONGEST_S),
            collection,
            ONCE,
        )

    def is_restoring(self, collection: str) -> bool:
        """Whether the server still restores a snapshot into it, perhaps for one who is gone. False
        where it does not tell."""
        try:
            told = self._call("tell what it restores", self._wire.telemetry)
        except (RightMissing, RouteUnknown):
            return False
        found = ((told or {}).get("collections") or {}).get("snapshots") or ()
        return any(
            one.get("id") == collection and one.get("running_snapshot_recovery") for one in found
        )

    def is_alone(self) -> bool | None:
        """Whether one computer has everything: no cluster, or one of itself alone. None: it does
        not tell."""
        try:
            told = self._call("tell its cluster", self._wire.cluster)
        except (RightMissing, RouteUnknown, SettingRefused):
            return None
        return told.get("status") == "disabled" or len(told.get("peers") or ()) == 1
