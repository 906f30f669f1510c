"""What a Qdrant must be able to do for this program, in Qdrant's own JSON shapes.

Spoken by server.py over REST and by local.py for a folder. No retries, no words for people: an
exception passes as the client raised it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from qdrant_model_migration.qdrant.points import PointId

JsonObject = dict[str, Any]

BYTES = "qmm_bytes"
"""Of a page: how large its answer was, where that is known."""


class Wire(Protocol):
    """Collections may be named by an alias wherever Qdrant allows it."""

    def root(self) -> JsonObject:
        """title and version."""

    def collections(self) -> list[str]: ...

    def aliases(self) -> dict[str, str]: ...

    def exists(self, name: str) -> bool: ...

    def info(self, name: str) -> JsonObject:
        """config, payload_schema, status, counts: the result of GET /collections/NAME."""

    def optimizations(self, name: str) -> JsonObject | None:
        """Running and queued optimizations, None where nobody tells."""

    def memory(self, name: str) -> JsonObject | None:
        """Bytes of a collection by component, None where nobody tells."""

    def telemetry(self) -> JsonObject | None:
        """What the server tells of itself and its collections with their shards; None where nobody
        does."""

    def count(self, name: str, condition: JsonObject | None) -> int:
        """Exactly, of the points that meet the filter."""

    def scroll(self, name: str, body: JsonObject) -> JsonObject: ...

    def scroll_as_written(self, name: str, body: JsonObject) -> bytes:
        """The whole answer of scroll in its own bytes; only of a server."""

    def retrieve(self, name: str, body: JsonObject) -> list[JsonObject]: ...

    def query(self, name: str, body: JsonObject) -> list[JsonObject]: ...

    def search_seconds(self, name: str, body: JsonObject) -> float | None:
        """What the search took inside the server; None where nobody tells."""

    def create(self, name: str, body: JsonObject) -> None: ...

    def patch(self, name: str, body: JsonObject) -> None: ...

    def create_index(self, name: str, path: str, schema: JsonObject | str) -> str:
        """The status of the operation, as for every method that returns text."""

    def switch_aliases(self, aliases: Sequence[str], collection: str) -> None: ...

    def delete_collection(self, name: str) -> bool: ...

    def write(self, name: str, points: Sequence[bytes], options: JsonObject) -> str:
        """Upsert of points already in JSON. options: update_mode, update_filter, shard_key."""

    def add_vector(self, name: str, vector: str, body: JsonObject) -> str: ...

    def drop_vector(self, name: str, vector: str) -> str: ...

    def create_snapshot(self, name: str, timeout_s: float) -> JsonObject:
        """name, size and checksum."""

    def snapshots(self, name: str) -> list[JsonObject]: ...

    def delete_snapshot(self, name: str, snapshot: str) -> None: ...

    def restore(self, name: str, body: JsonObject, timeout_s: float) -> None:
        """Fill a collection with a snapshot: PUT /collections/NAME/snapshots/recover."""

    def cluster(self) -> JsonObject:
        """Whether it is part of one: the result of GET /cluster."""

    def set_vectors(self, name: str, points: Sequence[bytes], options: JsonObject) -> str:
        """Vectors of points already in JSON. options: update_filter, shard_key, or nothing."""

    def unset_vectors(self, name: str, body: JsonObject) -> str: ...

    def delete(self, name: str, ids: Sequence[PointId], options: JsonObject) -> str:
        """options: shard_key, or nothing."""

    def delete_where(self, name: str, condition: JsonObject, options: JsonObject) -> str:
        """Delete the points that meet the filter."""

    def shards(self, name: str) -> JsonObject:
        """Where the shards are, and the key of each: GET /collections/NAME/cluster."""

    def add_shard_key(self, name: str, body: JsonObject) -> None: ...

    def close(self) -> None: ...
