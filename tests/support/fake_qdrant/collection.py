"""One collection: its settings, its points, and every operation on them.

Knows nothing of HTTP, aliases or faults. The caller holds the lock.
"""

from __future__ import annotations

import copy
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from . import filters, indexes, paths, replies, settings, vectors
from .limits import LaggingCount, Limits
from .optimizer import Optimizer
from .ordered import ordered
from .points import PointId, Points, StoredPoint, key_of, point_id
from .search import found
from .versions import (
    UPDATE_FILTER,
    UPDATE_MODE,
    UPDATE_QUEUE,
    UPSERT_ALWAYS_REPLACES,
    UPSERT_CHECKS_DIMENSIONS_FIRST,
    Version,
)

Json = dict[str, Any]
CHUNK = 32  # facts, fact 9
MODES = ("upsert", "insert_only", "update_only")


class Collection:
    """What tests may look at: config, payload_schema, points, hidden, queue_length, forced_status.

    hidden: ids that wait for optimization, unseen by every read but points_count (facts §5).
    forced_status: "grey" until an optimizers PATCH (facts §7), or "red"; forced_error goes with it.
    """

    def __init__(
        self,
        name: str,
        body: Json,
        version: Version,
        clock: Callable[[], float],
        optimizer: Optimizer,
        keep: Callable[[Json], Json] = lambda payload: payload,
    ) -> None:
        self.name = name
        self.config = settings.created(body, version)
        self.payload_schema: dict[str, Json] = {}
        self.points = Points()
        self.optimizer = optimizer
        self.operations = 0
        self.hidden: set[PointId] = set()
        self.queue_length = 0
        self.forced_status: str | None = None
        self.forced_error: str | None = None
        self._version = version
        self._clock = clock
        self._keep = keep
        self._columns: dict[str, tuple[int, list[StoredPoint], Any]] = {}
        self._lagging = LaggingCount()
        self.limits = self._strict_limits()

    def restore(self, config: Json, payload_schema: Json, points: Iterable[Json]) -> None:
        """As it was when it was dumped; a point is {"id", "payload", "vector"} as REST shows it."""
        self.config, self.payload_schema = copy.deepcopy(config), copy.deepcopy(payload_schema)
        self.limits = self._strict_limits()
        for point in points:
            kept = self._stored(vectors.by_name(point["vector"]))
            self._write(point_id(point["id"]), point["payload"], kept, None, self._next())

    # Settings

    @property
    def dense(self) -> dict[str, Json]:
        return settings.dense_params(self.config)

    @property
    def sparse(self) -> dict[str, Json]:
        return settings.sparse_params(self.config)

    def patch(self, body: Json) -> None:
        """PATCH: overlay, and what the optimizer does of it."""
        before = self.config
        self.config = settings.patched(before, body, self._version)
        if body.get("strict_mode_config") is not None:
            self.limits = self._strict_limits()
        if body.get("optimizers_config") is not None and self.forced_status == "grey":
            # Facts §7: only an optimizers PATCH, even an empty one, ends grey.
            self.forced_status = None
        touched = ("optimizers_config", "quantization_config", "hnsw_config", "vectors")
        if any(body.get(part) is not None for part in touched):
            rebuilds = body.get("quantization_config") is not None
            kind = "config_mismatch" if rebuilds else "indexing"
            self.optimizer.start(self.config, self.points, kind)

    def _strict_limits(self) -> Limits:
        return Limits(self.config.get("strict_mode_config", {}), self._clock, self._lagging)

    def create_vector_name(self, name: str, body: Json) -> int:
        """Facts §3: no point gets a vector, no optimization starts, versions stay (fact 10)."""
        self.config = settings.with_vector_name(self.config, name, body, self._version)
        return self._next()

    def delete_vector_name(self, name: str) -> int:
        if name not in self.dense and name not in self.sparse:
            return self._next()
        self.config = settings.without_vector_name(self.config, name)
        for point in list(self.points):
            if name in point.vectors:
                left = {key: value for key, value in point.vectors.items() if key != name}
                self.points.put(
                    StoredPoint(point.id, point.payload, left, point.version, point.indexed)
                )
        return self._next()

    def create_index(self, path: str, schema: object) -> int:
        """Another type on the same path replaces without complaint (facts §2)."""
        self.limits.indexes(len(self.payload_schema))
        self.payload_schema[path] = indexes.listed(schema, self._version)
        return self._next()

    def delete_index(self, path: str) -> int:
        self.payload_schema.pop(path, None)
        return self._next()

    def info(self) -> Json:
        """`result` of `GET /collections/{name}`; counts as a poll of the optimizer."""
        status = self.forced_status or ("yellow" if self.optimizer.running else "green")
        reply: Json = {
            "status": status,
            "optimizer_status": {"error": self.forced_error} if self.forced_error else "ok",
            "warnings": settings.warnings(self.config),
            "indexed_vectors_count": self.indexed_vectors(),
            "points_count": len(self.points),
            "segments_count": 2,
            "config": copy.deepcopy(self.config),
            "payload_schema": {
                path: {**copy.deepcopy(entry), "points": self._covered(path)}
                for path, entry in self.payload_schema.items()
            },
        }
        if not reply["warnings"]:
            del reply["warnings"]
        if self._version >= UPDATE_QUEUE:
            queue: Json = {"length": self.queue_length}
            if self.hidden:
                queue["deferred_points"] = len(self.hidden)
            reply["update_queue"] = queue
        self.optimizer.polled(self.config, self.points)
        return reply

    def optimizations(self, extra: frozenset[str]) -> Json:
        reply = self.optimizer.report(self.points, extra)
        self.optimizer.polled(self.config, self.points)
        return reply

    def indexed_vectors(self) -> int:
        """Facts §7: every vector of every name in indexed segments."""
        if not self.points.indexed_count:
            return 0
        return sum(len(point.vectors) for point in self.points if point.indexed)

    def _covered(self, path: str) -> int:
        return sum(
            any(value is not None for value in paths.leaves(point.payload, path))
            for point in self.points
        )

    # Reading

    def filter(self, raw: object, *, writes: bool = False) -> filters.Filter | None:
        """Parsed and let through by strict mode."""
        given = filters.parsed(raw, self._version)
        self.limits.filter(given, set(self.payload_schema), writes=writes)
        return given

    def visible(self, start: PointId | None = None) -> Iterator[StoredPoint]:
        """Points that reads see, in order."""
        for point in self.points.from_id(start):
            if point.id not in self.hidden:
                yield point

    def scroll(self, body: Json) -> Json:
        """Facts §5: offset inclusive, next_page_offset the first id of the next page or null."""
        limit = body.get("limit")
        limit = 10 if limit is None else limit
        if limit < 1:
            raise replies.invalid("limit", f"value {limit} invalid, must be 1 or larger")
        self.limits.size("max_query_limit", "limit", limit)
        wanted = self.filter(body.get("filter"))
        self.limits.read(1 + (wanted.conditions if wanted else 0))
        if body.get("order_by") is not None:
            chosen = (p for p in self.visible() if wanted is None or wanted.accepts(p))
            points, values = ordered(chosen, body, self.payload_schema)
            records = self._records(points, body, payload=True)
            placed = zip(records, values, strict=True)
            told = [{**record, "order_value": value} for record, value in placed]
            return {"points": told, "next_page_offset": None}
        offset = body.get("offset")
        start = None if offset is None else point_id(offset)
        page: list[StoredPoint] = []
        following: PointId | None = None
        for point in self.visible(start):
            if wanted is not None and not wanted.accepts(point):
                continue
            if len(page) == limit:
                following = point.id
                break
            page.append(point)
        return {
            "points": self._records(page, body, payload=True),
            "next_page_offset": following,
        }

    def retrieve(self, body: Json) -> list[Json]:
        ids = [point_id(raw) for raw in body["ids"]]
        self.limits.read(len(ids))
        points = [self.points[one] for one in ids if one in self.points and one not in self.hidden]
        return self._records(points, body, payload=True)

    def count(self, body: Json) -> int:
        wanted = self.filter(body.get("filter"))
        self.limits.read(1 + (wanted.conditions if wanted else 0))
        if wanted is None:
            return len(self.points) - len(self.hidden)
        return sum(map(wanted.accepts, self.visible()))

    def query(self, body: Json) -> list[Json]:
        limit = body.get("limit")
        if limit is not None and limit < 1:
            raise replies.invalid("limit", f"value {limit} invalid, must be 1 or larger")
        self.limits.size("max_query_limit", "limit", limit)
        self.limits.search(body.get("params") or {})
        self.limits.read(1)
        hits = found(self, body)
        records = self._records([hit[0] for hit in hits], body, payload=False)
        scores = vectors.json_floats(np.asarray([hit[1] for hit in hits], dtype=np.float32))
        return [
            {"id": record.pop("id"), "version": hit[2], "score": score, **record}
            for record, hit, score in zip(records, hits, scores, strict=True)
        ]

    def column(
        self, name: str, check: Callable[[StoredPoint], bool] | None
    ) -> tuple[list[StoredPoint], Any]:
        """Points that have the vector (and pass the check), and their vectors stacked."""
        state = hash((self.points.changes, len(self.hidden)))
        cached = self._columns.get(name)
        if cached is None or cached[0] != state:
            having = [point for point in self.visible() if name in point.vectors]
            cached = (state, having, self._stacked(name, having))
            self._columns[name] = cached
        if check is None:
            return cached[1], cached[2]
        places = [place for place, point in enumerate(cached[1]) if check(point)]
        points = [cached[1][place] for place in places]
        return points, None if cached[2] is None else cached[2][places]

    def forget_columns(self) -> None:
        """For a copy, whose points are others."""
        self._columns = {}

    def _stacked(self, name: str, having: list[StoredPoint]) -> Any:
        if not having or "multivector_config" in self.dense[name]:
            return None
        return np.stack([np.asarray(point.vectors[name], np.float32) for point in having])

    def _records(self, points: list[StoredPoint], body: Json, *, payload: bool) -> list[Json]:
        records: list[Json] = [{"id": point.id} for point in points]
        show = body.get("with_payload", payload)
        show = payload if show is None else show
        if show is not False:
            for record, point in zip(records, points, strict=True):
                record["payload"] = _selected(point.payload, show)
        wanted = body.get("with_vector", body.get("with_vectors"))
        if wanted is not None and wanted is not False:
            names = [wanted] if isinstance(wanted, str) else wanted
            rows = [self._chosen(point, names) for point in points]
            for record, value in zip(records, vectors.shown_all(rows), strict=True):
                record["vector"] = value
        return records

    def _chosen(self, point: StoredPoint, names: object) -> dict[str, vectors.StoredVector]:
        if names is True:
            return point.vectors
        if not isinstance(names, list):
            raise replies.format_error("data did not match any variant of untagged enum WithVector")
        for name in names:
            if name not in self.dense and name not in self.sparse:
                raise replies.wrong_input(f"Not existing vector name error: {name}")
        return {name: point.vectors[name] for name in names if name in point.vectors}

    # Writing. Each returns the number of the operation.

    def _next(self) -> int:
        self.operations += 1
        return self.operations

    def upsert(self, body: Json, *, wait: bool) -> int:
        """Facts §4; update_mode and update_filter only where the version knows them (fact 7)."""
        given = _listed_points(body)
        if not given:
            raise replies.bad_request("Empty update request")
        self.limits.size("upsert_max_batchsize", "upsert limit", len(given))
        mode = body.get("update_mode") or "upsert"
        if self._version < UPDATE_MODE:
            mode = "upsert"
        elif mode not in MODES:
            raise replies.format_error(f"unknown variant `{mode}`, expected one of {MODES}")
        # Facts §4: update_filter is exempt from the limits of strict mode.
        condition = (
            filters.parsed(body.get("update_filter"), self._version)
            if self._version >= UPDATE_FILTER
            else None
        )
        self.limits.points(len(self.points))
        self.limits.write(len(given))
        parsed: list[tuple[PointId, Json | None, dict[str, vectors.StoredVector]]] = []
        for raw_id, payload, raw in given:
            try:
                parsed.append((raw_id, payload, self._stored(raw)))
            except replies.Refusal as refusal:
                first = self._version >= UPSERT_CHECKS_DIMENSIONS_FIRST
                if wait or (first and "dimension" in refusal.text):
                    raise
                return self._next()
        number = self._next()
        for identity, payload, vector in parsed:
            old = self.points.get(identity)
            if (mode == "insert_only" and old) or (mode == "update_only" and not old):
                continue
            # Facts §4: missing ids are inserted whatever the filter says.
            if mode != "insert_only" and old and condition and not condition.accepts(old):
                continue
            self._write(identity, payload, vector, old, number)
        self._settled()
        return number

    def _write(
        self,
        identity: PointId,
        payload: Json | None,
        vector: dict[str, vectors.StoredVector],
        old: StoredPoint | None,
        number: int,
    ) -> None:
        # Facts, fact 1: up to 1.18.3 a point of an indexed segment is laid over, not replaced.
        if old is not None and old.indexed and self._version < UPSERT_ALWAYS_REPLACES:
            vector = {**old.vectors, **vector}
            payload = old.payload if payload is None else self._keep(payload)
        else:
            payload = self._keep(payload or {})
        self.points.put(StoredPoint(identity, payload, vector, number))

    def _stored(self, raw: Json) -> dict[str, vectors.StoredVector]:
        dense, sparse = self.dense, self.sparse
        return {name: vectors.stored(name, one, dense, sparse) for name, one in raw.items()}

    def update_vectors(self, body: Json) -> int:
        """Facts §4: duplicates merge; a missing id is 404 after part of the batch was applied."""
        given = body.get("points")
        if not isinstance(given, list) or not given:
            raise replies.invalid("points", "must specify points to update")
        merged: dict[PointId, Json] = {}
        for entry in given:
            raw = vectors.by_name(entry.get("vector"))
            for one in raw.values():
                vectors.check_shape(one)
            if not raw or all(vectors.is_empty(one) for one in raw.values()):
                raise replies.invalid("points", "must specify vectors to update for point")
            merged.setdefault(point_id(entry["id"]), {}).update(raw)
        self.limits.size("upsert_max_batchsize", "update limit", len(given))
        condition = (
            filters.parsed(body.get("update_filter"), self._version)
            if self._version >= UPDATE_FILTER
            else None
        )
        self.limits.write(len(merged))
        ready = {identity: self._stored(raw) for identity, raw in merged.items()}
        number = self._next()

        def change(point: StoredPoint) -> StoredPoint:
            if condition and not condition.accepts(point):
                return point
            laid_over = {**point.vectors, **ready[point.id]}
            return StoredPoint(point.id, point.payload, laid_over, number)

        self._change_all(ready, change)
        return number

    def set_payload(self, body: Json, *, overwrite: bool = False) -> int:
        payload = body.get("payload")
        if not isinstance(payload, dict):
            raise replies.format_error("missing field `payload`")
        payload = self._keep(payload)
        key = body.get("key")

        def change(point: StoredPoint) -> StoredPoint:
            new = dict(payload) if overwrite else paths.merge_at(point.payload, key, payload)
            return StoredPoint(point.id, new, point.vectors, number)

        targets = self._selected_ids(body)
        number = self._next()
        self._change_all(targets, change)
        return number

    def delete_payload(self, body: Json) -> int:
        keys = list(body["keys"])

        def change(point: StoredPoint) -> StoredPoint:
            return StoredPoint(point.id, paths.exclude(point.payload, keys), point.vectors, number)

        targets = self._selected_ids(body)
        number = self._next()
        self._change_all(targets, change)
        return number

    def clear_payload(self, body: Json) -> int:
        def change(point: StoredPoint) -> StoredPoint:
            return StoredPoint(point.id, {}, point.vectors, number)

        targets = self._selected_ids(body)
        number = self._next()
        self._change_all(targets, change, missing_is_fine=True)
        return number

    def delete_vectors(self, body: Json) -> int:
        names = list(body["vector"])

        def change(point: StoredPoint) -> StoredPoint:
            left = {name: value for name, value in point.vectors.items() if name not in names}
            return StoredPoint(point.id, point.payload, left, number)

        targets = self._selected_ids(body)
        number = self._next()
        self._change_all(targets, change)
        return number

    def delete(self, body: Json) -> int:
        """A missing id is fine (facts §4)."""
        targets = self._selected_ids(body)
        number = self._next()
        for identity in targets:
            self.points.remove(identity)
            self.hidden.discard(identity)
        return number

    def _selected_ids(self, body: Json) -> list[PointId]:
        if body.get("points") is not None:
            ids = [point_id(raw) for raw in body["points"]]
            self.limits.write(len(ids))
            return ids
        if body.get("filter") is not None:
            wanted = self.filter(body["filter"], writes=True)
            ids = [point.id for point in self.points if wanted is None or wanted.accepts(point)]
            self.limits.write(len(ids))
            return ids
        raise replies.format_error("data did not match any variant of untagged enum PointsSelector")

    def _change_all(
        self,
        ids: Iterable[PointId],
        change: Callable[[StoredPoint], StoredPoint],
        *,
        missing_is_fine: bool = False,
    ) -> None:
        """Chunks of 32 in hash order; a chunk with a missing id is applied before the 404.

        Facts, fact 9.
        """
        order = sorted(ids, key=lambda one: zlib.crc32(repr(key_of(one)).encode()))
        for start in range(0, len(order), CHUNK):
            missing: PointId | None = None
            for identity in order[start : start + CHUNK]:
                point = self.points.get(identity)
                if point is None:
                    missing = identity
                    continue
                changed = change(point)
                if changed is not point:
                    self.points.put(changed)
            if missing is not None and not missing_is_fine:
                raise replies.not_found(f"No point with id {missing} found")
        self._settled()

    def _settled(self) -> None:
        self.optimizer.after_write(self.config, self.points)


def _selected(payload: Json, show: object) -> Json:
    if show is True:
        return payload
    if isinstance(show, list):
        return paths.include(payload, show)
    if isinstance(show, dict) and show.keys() == {"include"}:
        return paths.include(payload, show["include"])
    if isinstance(show, dict) and show.keys() == {"exclude"}:
        return paths.exclude(payload, show["exclude"])
    raise replies.format_error(
        "data did not match any variant of untagged enum WithPayloadInterface"
    )


def _listed_points(body: Json) -> list[tuple[PointId, Json | None, Json]]:
    """Both shapes of an upsert as (id, payload, raw vector per name); the last duplicate wins."""
    rows: list[tuple[object, object, object]]
    if isinstance(body.get("points"), list):
        rows = []
        for entry in body["points"]:
            if not isinstance(entry, dict) or "id" not in entry:
                raise replies.format_error("missing field `id`")
            vector = entry.get("vector", entry.get("vectors"))
            if vector is None:
                raise replies.format_error("missing field `vector`")
            rows.append((entry["id"], entry.get("payload"), vector))
    elif isinstance(body.get("batch"), dict):
        rows = _batch_rows(body["batch"])
    else:
        raise replies.format_error(
            "data did not match any variant of untagged enum PointInsertOperations"
        )
    found_rows: dict[PointId, tuple[PointId, Json | None, Json]] = {}
    for raw_id, payload, vector in rows:
        if payload is not None and not isinstance(payload, dict):
            raise replies.format_error("invalid type: payload must be an object")
        named = vectors.by_name(vector)
        for one in named.values():
            vectors.check_shape(one)
        if vector == []:
            raise replies.invalid("points", "must specify vectors to update for point")
        identity = point_id(raw_id)
        found_rows[identity] = (identity, payload, named)
    return list(found_rows.values())


def _batch_rows(batch: Json) -> list[tuple[object, object, object]]:
    ids, columns = batch["ids"], batch["vectors"]
    payloads = batch.get("payloads") or [None] * len(ids)
    if isinstance(columns, dict):
        lengths = {len(column) for column in columns.values()}
        rows: list[object] = (
            [{name: column[place] for name, column in columns.items()} for place in range(len(ids))]
            if lengths <= {len(ids)}
            else []
        )
    else:
        rows = list(columns)
    if len(rows) != len(ids) or len(payloads) != len(ids):
        raise replies.invalid("batch", "number of ids, vectors and payloads must be equal")
    return list(zip(ids, payloads, rows, strict=True))
