"""Searching: the nearest points, several lists made one, and how long one search takes."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qdrant_model_migration.qdrant.metering import documents_in
from qdrant_model_migration.qdrant.points import Fusion, Hit, PointId, Query, vector_to_json
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
        quantization: Mapping[str, Any] | None = None,
        among: Sequence[PointId] | None = None,
    ) -> list[Hit]:
        """The nearest points, best first. exact: without the index, for the truth.

        quantization: how compressed vectors are searched, as the server is told: ignore, rescore,
        oversampling. What is left out it decides itself. among: ids of the points that may be
        found; None: all.
        """
        params: JsonObject = {"exact": True} if exact else {}
        if quantization:
            params["quantization"] = dict(quantization)
        body = _nearest(using, vector, limit, params)
        if among is not None:
            body["filter"] = {"must": [{"has_id": list(among)}]}
        return self._query(collection, body, payload, [vector])

    def search_fused(
        self,
        collection: str,
        queries: Sequence[Query],
        fusion: Fusion,
        *,
        limit: int = 10,
        exact: bool = False,
        payload: bool | Sequence[str] = True,
    ) -> list[Hit]:
        """Several searches, each `limit` deep, made one list by the server, with its scores."""
        params: JsonObject = {"exact": True} if exact else {}
        legs = [_nearest(query.using, query.vector, limit, params) for query in queries]
        body = {"prefetch": legs, "query": {"fusion": fusion}, "limit": limit}
        return self._query(collection, body, payload, [query.vector for query in queries])

    def search_reranked(
        self,
        collection: str,
        first: Sequence[Query],
        then: Query,
        depth: int,
        *,
        limit: int = 10,
        exact: bool = False,
        payload: bool | Sequence[str] = True,
    ) -> list[Hit]:
        """What the first searches find, `depth` results of each, in the order of another vector,
        with its scores."""
        params: JsonObject = {"exact": True} if exact else {}
        legs = [_nearest(query.using, query.vector, depth, params) for query in first]
        body = {**_nearest(then.using, then.vector, limit, params), "prefetch": legs}
        return self._query(collection, body, payload, [q.vector for q in (*first, then)])

    def _query(
        self,
        collection: str,
        body: JsonObject,
        payload: bool | Sequence[str],
        asked: Sequence[WritableVector],
    ) -> list[Hit]:
        wanted = payload if isinstance(payload, bool) else list(payload)
        whole = {**body, "with_payload": wanted}
        hits = self._call(
            "search",
            lambda: self._wire.query(collection, whole),
            collection,
            documents=documents_in(asked),
        )
        return [Hit(hit["id"], hit["score"], hit.get("payload") or {}) for hit in hits]

    def search_seconds(self, collection: str, vector: WritableVector, *, using: str = "") -> float:
        """What one small search takes; tried once.

        As the server counts it, where it does: what this process does meanwhile is not in it.
        """
        body = {**_nearest(using, vector, 10, {}), "with_payload": False}
        began = time.perf_counter()
        told = self._call(
            "search",
            lambda: self._wire.search_seconds(collection, body),
            collection,
            ONCE,
            documents_in([vector]),
        )
        return time.perf_counter() - began if told is None else told


def _nearest(using: str, vector: WritableVector, limit: int, params: JsonObject) -> JsonObject:
    """A search of one vector, alone or as one of several."""
    body: JsonObject = {"query": vector_to_json(vector), "limit": limit}
    if using:
        body["using"] = using
    if params:
        body["params"] = params
    return body
