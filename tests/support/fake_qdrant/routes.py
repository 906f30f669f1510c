"""Every route the fake speaks: method and path to an operation, with the right it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import inference, quantized, replies, versions
from .access import Access, Right
from .collection import Collection
from .keyed import KeyedCollection
from .requests import Request
from .state import State

Json = dict[str, Any]
Handler = Callable[["Routes", Request, dict[str, str]], replies.Reply]
Pattern = tuple[str, ...]
_TABLE: list[tuple[str, Pattern, Right, versions.Version, Handler]] = []


def _route(
    method: str, path: str, right: Right, since: versions.Version = versions.ALWAYS
) -> Callable[[Handler], Handler]:
    pattern = tuple(path.strip("/").split("/")) if path != "/" else ()

    def enter(handler: Handler) -> Handler:
        _TABLE.append((method, pattern, right, since, handler))
        return handler

    return enter


def _matched(pattern: Pattern, segments: tuple[str, ...]) -> dict[str, str] | None:
    if len(pattern) != len(segments):
        return None
    names: dict[str, str] = {}
    for wanted, given in zip(pattern, segments, strict=True):
        if wanted.startswith("{"):
            names[wanted[1:-1]] = given
        elif wanted != given:
            return None
    return names


class Routes:
    """Answers requests from a state. Thread-safe: one request at a time touches the state."""

    def __init__(
        self,
        state: State,
        access: Access,
        max_request_bytes: int,
        service: inference.Service | None = None,
    ) -> None:
        self.state = state
        self.service = service
        self.access = access
        self.max_request_bytes = max_request_bytes

    def answer(self, request: Request) -> replies.Reply:
        """The answer; refusals become their error."""
        try:
            refused = self.access.refusal(request.path, request.headers)
            return refused or self._dispatch(request)
        except replies.Refusal as refusal:
            return replies.error(refusal.status, refusal.text, refusal.headers)

    def _dispatch(self, request: Request) -> replies.Reply:
        for method, pattern, right, since, handler in _TABLE:
            if method != request.method or since > self.state.version:
                continue
            names = _matched(pattern, request.segments)
            if names is None:
                continue
            self.access.check(right, names.get("c"), request.headers)
            if len(request.raw) > self.max_request_bytes:
                # Facts §5: 400, not 413.
                raise replies.Refusal(
                    400,
                    f"JSON payload ({len(request.raw)} bytes) is larger than allowed "
                    f"(limit: {self.max_request_bytes} bytes).",
                )
            _ = request.body  # parsed outside the lock
            try:
                with self.state.lock:
                    return handler(self, request, names)
            except (KeyError, TypeError, AttributeError) as problem:
                # The body lacks a field or has another shape than the operation reads.
                raise replies.format_error(f"{type(problem).__name__}: {problem}") from problem
        return replies.unknown_route()

    def collection(self, request: Request, names: dict[str, str]) -> Collection:
        """The named collection; strict mode looks at the timeout first (facts §5)."""
        collection = self.state.collection(names["c"])
        timeout = request.query.get("timeout")
        collection.limits.size("max_timeout", "timeout", int(timeout) if timeout else None)
        return collection

    # The server

    @_route("GET", "/", Right.READ_ALL)
    def index(self, _request: Request, _names: dict[str, str]) -> replies.Reply:
        # Facts §12: needs no key.
        return replies.as_json(
            200,
            {
                "title": "qdrant - vector search engine",
                "version": self.state.version_text,
                "commit": "0" * 40,
            },
        )

    @_route("GET", "/healthz", Right.READ_ALL)
    def healthz(self, _request: Request, _names: dict[str, str]) -> replies.Reply:
        return replies.plain(200, "healthz check passed")

    @_route("GET", "/readyz", Right.READ_ALL)
    def readyz(self, _request: Request, _names: dict[str, str]) -> replies.Reply:
        return replies.plain(200, "all shards are ready")

    @_route("GET", "/livez", Right.READ_ALL)
    def livez(self, _request: Request, _names: dict[str, str]) -> replies.Reply:
        return replies.plain(200, "healthz check passed")

    @_route("GET", "/telemetry", Right.READ_ALL)
    def telemetry(self, request: Request, _names: dict[str, str]) -> replies.Reply:
        collections: Json = {"number_of_collections": len(self.state.collections)}
        level = int(request.query.get("details_level", "0"))
        if level >= 3:
            collections["collections"] = [
                self._told(name, collection) for name, collection in self.state.collections.items()
            ]
        if level > 0:  # at the first level the list is there, and empty
            collections["snapshots"] = [
                {"id": name, "running_snapshot_recovery": int(name in self.state.restoring)}
                for name in sorted(self.state.restoring | self.state.restored)
                if level > 1
            ]
        return replies.ok(
            {
                "id": "00000000-0000-0000-0000-000000000000",
                "app": {"name": "qdrant", "version": self.state.version_text},
                "collections": collections,
            }
        )

    def _told(self, name: str, collection: Collection) -> Json:
        """As 1.18.3 tells it at level 3, run there: the number is that of the last write that was
        applied; a PATCH is none."""
        queue: Json = {"length": collection.queue_length, "op_num": collection.operations}
        told = self.state.version >= versions.NUMBERED_WRITES
        local = {"num_points": len(collection.points), **({"update_queue": queue} if told else {})}
        shard = {"id": 0, "key": None, "local": local, "remote": []}
        return {"id": name, "shards": [shard], "transfers": [], "resharding": []}

    @_route("GET", "/cluster", Right.READ_ALL)
    def cluster(self, _request: Request, _names: dict[str, str]) -> replies.Reply:
        if self.state.distributed:
            return replies.ok({"status": "enabled", "peer_id": 1, "peers": {"1": {"uri": ""}}})
        return replies.ok({"status": "disabled"})

    # Collections

    @_route("GET", "/collections", Right.READ_ALL)
    def list_collections(self, request: Request, _names: dict[str, str]) -> replies.Reply:
        return replies.ok(
            {
                "collections": [
                    {"name": name}
                    for name in self.state.collections
                    if self.access.sees(name, request.headers)
                ]
            }
        )

    @_route("POST", "/collections/aliases", Right.MANAGE)
    def change_aliases(self, request: Request, _names: dict[str, str]) -> replies.Reply:
        self.state.change_aliases(request.object["actions"])
        return replies.ok(True)

    @_route("GET", "/aliases", Right.READ_ALL)
    def list_aliases(self, request: Request, _names: dict[str, str]) -> replies.Reply:
        narrow = self.access.is_narrow(request.headers)
        return replies.ok({"aliases": [] if narrow else self.state.listed_aliases()})

    @_route("GET", "/collections/{c}/aliases", Right.READ)
    def collection_aliases(self, request: Request, names: dict[str, str]) -> replies.Reply:
        narrow = self.access.is_narrow(request.headers)
        return replies.ok({"aliases": [] if narrow else self.state.listed_aliases(names["c"])})

    @_route("GET", "/collections/{c}/exists", Right.READ)
    def exists(self, _request: Request, names: dict[str, str]) -> replies.Reply:
        return replies.ok({"exists": self.state.exists(names["c"])})

    @_route("GET", "/collections/{c}", Right.READ)
    def info(self, request: Request, names: dict[str, str]) -> replies.Reply:
        return replies.ok(self.state.collection(names["c"]).info())

    @_route("PUT", "/collections/{c}", Right.MANAGE)
    def create(self, request: Request, names: dict[str, str]) -> replies.Reply:
        self.state.create(names["c"], request.object)
        return replies.ok(True)

    @_route("PATCH", "/collections/{c}", Right.MANAGE)
    def patch(self, request: Request, names: dict[str, str]) -> replies.Reply:
        self.state.collection(names["c"]).patch(request.object)
        return replies.ok(True)

    @_route("DELETE", "/collections/{c}", Right.MANAGE)
    def delete(self, _request: Request, names: dict[str, str]) -> replies.Reply:
        return replies.ok(self.state.delete(names["c"]))

    @_route("GET", "/collections/{c}/optimizations", Right.READ, versions.OPTIMIZATIONS)
    def optimizations(self, request: Request, names: dict[str, str]) -> replies.Reply:
        extra = frozenset(filter(None, request.query.get("with", "").split(",")))
        return replies.ok(self.state.collection(names["c"]).optimizations(extra))

    @_route("GET", "/collections/{c}/memory", Right.READ, versions.MEMORY)
    def memory(self, _request: Request, names: dict[str, str]) -> replies.Reply:
        """Four values for each component, as the documentation of the route has them. The numbers
        are made up: what each vector takes as it is compressed, and nothing else."""
        collection = self.state.collection(names["c"])
        ram = len(collection.points) * sum(
            round(params["size"] * quantized.bits(quantized.effective(collection.config, params)))
            for params in collection.dense.values()
        )
        total = {
            "disk_bytes": 2 * ram, "ram_bytes": ram, "cached_bytes": ram // 2,
            "expected_cache_bytes": ram,
        }  # fmt: skip
        return replies.ok({"total": total, "vectors": [], "payload_index": []})

    @_route("GET", "/collections/{c}/cluster", Right.READ)
    def collection_cluster(self, _request: Request, names: dict[str, str]) -> replies.Reply:
        collection = self.state.collection(names["c"])
        shards: list[Json] = [
            {"shard_id": 0, "points_count": len(collection.points), "state": "Active"}
        ]
        if isinstance(collection, KeyedCollection):
            shards = collection.cluster()
        return replies.ok(
            {
                "peer_id": 1,
                "shard_count": len(shards),
                "local_shards": shards,
                "remote_shards": [],
                "shard_transfers": [],
            }
        )

    @_route("GET", "/collections/{c}/shards", Right.READ, versions.V1_16)
    def shard_keys(self, _request: Request, names: dict[str, str]) -> replies.Reply:
        collection = self.state.collection(names["c"])
        if isinstance(collection, KeyedCollection):
            return replies.ok({"shard_keys": [{"key": key} for key in collection.parts]})
        return replies.ok({"shard_keys": None})

    @_route("PUT", "/collections/{c}/shards", Right.MANAGE)
    def create_shard_key(self, request: Request, names: dict[str, str]) -> replies.Reply:
        self._keyed(names).create_key(request.object)
        return replies.ok(True)

    @_route("POST", "/collections/{c}/shards/delete", Right.MANAGE)
    def delete_shard_key(self, request: Request, names: dict[str, str]) -> replies.Reply:
        self._keyed(names).delete_key(request.object)
        return replies.ok(True)

    def _keyed(self, names: dict[str, str]) -> KeyedCollection:
        # Facts §1, §14.
        if self.state.distributed:
            collection = self.state.collection(names["c"])
            if not isinstance(collection, KeyedCollection):
                raise replies.bad_request("Shard Key cannot be created with Auto sharding method")
            return collection
        if self.state.version >= versions.STANDALONE_IS_405:
            raise replies.Refusal(405, "Distributed mode disabled")
        raise replies.bad_request("Distributed mode disabled")

    @_route("PUT", "/collections/{c}/vectors/{v}", Right.WRITE, versions.VECTOR_NAMES)
    def create_vector_name(self, request: Request, names: dict[str, str]) -> replies.Reply:
        collection = self.collection(request, names)
        return _updated(request, collection.create_vector_name(names["v"], request.object))

    @_route("DELETE", "/collections/{c}/vectors/{v}", Right.WRITE, versions.VECTOR_NAMES)
    def delete_vector_name(self, request: Request, names: dict[str, str]) -> replies.Reply:
        return _updated(request, self.collection(request, names).delete_vector_name(names["v"]))

    @_route("PUT", "/collections/{c}/index", Right.WRITE)
    def create_index(self, request: Request, names: dict[str, str]) -> replies.Reply:
        body = request.object
        schema = body.get("field_schema", body.get("field_type"))
        return _updated(
            request, self.collection(request, names).create_index(body["field_name"], schema)
        )

    @_route("DELETE", "/collections/{c}/index/{f}", Right.WRITE)
    def delete_index(self, request: Request, names: dict[str, str]) -> replies.Reply:
        return _updated(request, self.collection(request, names).delete_index(names["f"]))

    # Reading points

    @_route("POST", "/collections/{c}/points/scroll", Right.READ)
    def scroll(self, request: Request, names: dict[str, str]) -> replies.Reply:
        return replies.ok(self.collection(request, names).scroll(request.object))

    @_route("POST", "/collections/{c}/points/count", Right.READ)
    def count(self, request: Request, names: dict[str, str]) -> replies.Reply:
        return replies.ok({"count": self.collection(request, names).count(request.object)})

    @_route("POST", "/collections/{c}/points", Right.READ)
    def retrieve(self, request: Request, names: dict[str, str]) -> replies.Reply:
        return replies.ok(self.collection(request, names).retrieve(request.object))

    @_route("GET", "/collections/{c}/points/{id}", Right.READ)
    def get_point(self, request: Request, names: dict[str, str]) -> replies.Reply:
        raw = int(names["id"]) if names["id"].isdigit() else names["id"]
        body = {"ids": [raw], "with_payload": True, "with_vector": True}
        points = self.collection(request, names).retrieve(body)
        if not points:
            raise replies.not_found(f"Point with id {raw} does not exists!")
        return replies.ok(points[0])

    @_route("POST", "/collections/{c}/points/query", Right.READ)
    def query(self, request: Request, names: dict[str, str]) -> replies.Reply:
        body, usage = inference.of_search(request.object, self.service, request.headers)
        return replies.ok({"points": self.collection(request, names).query(body)}, usage)

    @_route("POST", "/collections/{c}/points/query/batch", Right.READ)
    def query_batch(self, request: Request, names: dict[str, str]) -> replies.Reply:
        collection = self.collection(request, names)
        body, usage = inference.of_search(request.object, self.service, request.headers)
        searches = body["searches"]
        collection.limits.size("search_max_batchsize", "search batch size", len(searches))
        return replies.ok([{"points": collection.query(one)} for one in searches], usage)

    # Writing points

    @_route("PUT", "/collections/{c}/points", Right.WRITE_POINTS)
    def upsert(self, request: Request, names: dict[str, str]) -> replies.Reply:
        body, usage = inference.of_points(request.object, self.service, request.headers)
        return self._write(request, names, "upsert", body, usage)

    @_route("PUT", "/collections/{c}/points/vectors", Right.WRITE_POINTS)
    def update_vectors(self, request: Request, names: dict[str, str]) -> replies.Reply:
        body, usage = inference.of_points(request.object, self.service, request.headers)
        return self._write(request, names, "update_vectors", body, usage)

    @_route("POST", "/collections/{c}/points/vectors/delete", Right.WRITE_POINTS)
    def delete_vectors(self, request: Request, names: dict[str, str]) -> replies.Reply:
        return self._write(request, names, "delete_vectors", request.object)

    @_route("POST", "/collections/{c}/points/payload", Right.WRITE_POINTS)
    def set_payload(self, request: Request, names: dict[str, str]) -> replies.Reply:
        return self._write(request, names, "set_payload", request.object)

    @_route("PUT", "/collections/{c}/points/payload", Right.WRITE_POINTS)
    def overwrite_payload(self, request: Request, names: dict[str, str]) -> replies.Reply:
        return self._write(request, names, "overwrite_payload", request.object)

    @_route("POST", "/collections/{c}/points/payload/delete", Right.WRITE_POINTS)
    def delete_payload(self, request: Request, names: dict[str, str]) -> replies.Reply:
        return self._write(request, names, "delete_payload", request.object)

    @_route("POST", "/collections/{c}/points/payload/clear", Right.WRITE_POINTS)
    def clear_payload(self, request: Request, names: dict[str, str]) -> replies.Reply:
        return self._write(request, names, "clear_payload", request.object)

    @_route("POST", "/collections/{c}/points/delete", Right.WRITE_POINTS)
    def delete_points(self, request: Request, names: dict[str, str]) -> replies.Reply:
        return self._write(request, names, "delete", request.object)

    @_route("POST", "/collections/{c}/points/batch", Right.WRITE_POINTS)
    def batch(self, request: Request, names: dict[str, str]) -> replies.Reply:
        # Facts §4: in order, stopping at the first error; earlier ones stay.
        collection = self.collection(request, names)
        results = []
        for operation in request.object["operations"]:
            ((kind, body),) = operation.items()
            results.append(_result(request, _applied(request, collection, kind, body)))
        return replies.ok(results)

    def _write(
        self,
        request: Request,
        names: dict[str, str],
        kind: str,
        body: Json,
        usage: inference.Usage = None,
    ) -> replies.Reply:
        collection = self.collection(request, names)
        return _updated(request, _applied(request, collection, kind, body), usage)

    # Snapshots

    @_route("POST", "/collections/{c}/snapshots", Right.WRITE)
    def create_snapshot(self, request: Request, names: dict[str, str]) -> replies.Reply:
        listed = self.state.snapshot(names["c"])
        # Facts §10: wait=false gives no result. The default is to wait.
        return replies.accepted() if request.query.get("wait") == "false" else replies.ok(listed)

    @_route("GET", "/collections/{c}/snapshots", Right.READ)
    def list_snapshots(self, _request: Request, names: dict[str, str]) -> replies.Reply:
        return replies.ok(self.state.listed_snapshots(names["c"]))

    @_route("DELETE", "/collections/{c}/snapshots/{s}", Right.WRITE)
    def delete_snapshot(self, _request: Request, names: dict[str, str]) -> replies.Reply:
        self.state.delete_snapshot(names["c"], names["s"])
        return replies.ok(True)

    @_route("PUT", "/collections/{c}/snapshots/recover", Right.MANAGE)
    def recover(self, request: Request, names: dict[str, str]) -> replies.Reply:
        body = request.object
        self.state.recover(names["c"], body["location"], body.get("checksum"))
        return replies.ok(True)


def _applied(request: Request, collection: Collection, kind: str, body: Json) -> int:
    writes: dict[str, Callable[[], int]] = {
        "upsert": lambda: collection.upsert(body, wait=request.wait),
        "update_vectors": lambda: collection.update_vectors(body),
        "delete_vectors": lambda: collection.delete_vectors(body),
        "set_payload": lambda: collection.set_payload(body),
        "overwrite_payload": lambda: collection.set_payload(body, overwrite=True),
        "delete_payload": lambda: collection.delete_payload(body),
        "clear_payload": lambda: collection.clear_payload(body),
        "delete": lambda: collection.delete(body),
    }
    if kind not in writes:
        raise replies.format_error(
            "data did not match any variant of untagged enum UpdateOperation"
        )
    before = collection.operations
    try:
        return writes[kind]()
    except replies.Refusal as refusal:
        # Facts, fact 8: without wait, what is found out while applying is acknowledged and lost.
        if request.wait or not _found_out_late(refusal, kind):
            raise
        return max(collection.operations, before + 1)


def _found_out_late(refusal: replies.Refusal, kind: str) -> bool:
    late = ("No point with id", "Not existing vector name", "Conversion between")
    if any(text in refusal.text for text in late):
        return True
    return kind == "update_vectors" and "Vector dimension error" in refusal.text


def _result(request: Request, number: int) -> Json:
    return {"operation_id": number, "status": "completed" if request.wait else "acknowledged"}


def _updated(request: Request, number: int, usage: inference.Usage = None) -> replies.Reply:
    return replies.ok(_result(request, number), usage)
