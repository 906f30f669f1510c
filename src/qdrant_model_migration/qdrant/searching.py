"""Searching: the nearest points, and how long one search takes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qdrant_model_migration.qdrant.points import Hit, vector_to_json
from qdrant_model_migration.qdrant.requests import ONCE, Requests
from qdrant_model_migration.qdrant.wire import JsonObject

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector


class Searching(Requests):
    """The part of a connection that searches."""

    def search(
        self,
        collection: str,
        vector: WritableVector,
        *,
        using: str = "",
        limit: int = 10,
        exact: bool = False,
        payload: bool | Sequence[str] = True,
        quantized: bool = True,
    ) -> list[Hit]:
        """The nearest points, best first. exact: without the index, for the truth.

        quantized=False searches the original vectors even where compressed ones exist.
        """
        body: JsonObject = {
            "query": vector_to_json(vector),
            "limit": limit,
            "with_payload": payload if isinstance(payload, bool) else list(payload),
        }
        if using:
            body["using"] = using
        params: JsonObject = {"exact": True} if exact else {}
        if not quantized:
            params["quantization"] = {"ignore": True}
        if params:
            body["params"] = params
        hits = self._call("search", lambda: self._wire.query(collection, body), collection)
        return [Hit(hit["id"], hit["score"], hit.get("payload") or {}) for hit in hits]

    def search_seconds(self, collection: str, vector: WritableVector, *, using: str = "") -> float:
        """What one small search takes; tried once.

        As the server counts it, where it does: what this process does meanwhile is not in it.
        """
        body = {"query": vector_to_json(vector), "limit": 10, "with_payload": False}
        if using:
            body["using"] = using
        began = time.perf_counter()
        told = self._call(
            "search", lambda: self._wire.search_seconds(collection, body), collection, ONCE
        )
        return time.perf_counter() - began if told is None else told
