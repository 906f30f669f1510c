"""The connection to a Qdrant: everything the rest of the program may ask of it or do to it.

Each request leaves through one call site (`Qdrant._send`, where tests inject faults), is tried
again where that helps, and fails with one of errors.py. How a server and a folder differ is in
server.py and local.py; what may be offered is in capabilities.py.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from pydantic import SecretStr

from qdrant_model_migration.blanking import keep_secret
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.qdrant import capabilities, faults
from qdrant_model_migration.qdrant.address import Address
from qdrant_model_migration.qdrant.as_seen import as_seen
from qdrant_model_migration.qdrant.capabilities import Capabilities
from qdrant_model_migration.qdrant.errors import (
    CollectionMissing,
    IsAlias,
    KeyRefused,
    LimitExceeded,
    LimitReached,
    NotDeleted,
    NotQdrant,
    RequestTooLarge,
    RightMissing,
    RouteUnknown,
    ServerTooOld,
)
from qdrant_model_migration.qdrant.limits import Encoded, Limits, in_parts
from qdrant_model_migration.qdrant.points import (
    THERE,
    Hit,
    Page,
    Point,
    PointId,
    Presence,
    encode,
    order,
    point_from_json,
    vector_to_json,
)
from qdrant_model_migration.qdrant.retries import GaveUp, Patience, Retry, patiently
from qdrant_model_migration.qdrant.settings import CollectionConfig, JsonObject
from qdrant_model_migration.qdrant.state import CollectionMemory, CollectionState, state_from_json
from qdrant_model_migration.qdrant.version import OLDEST, Version
from qdrant_model_migration.qdrant.wire import Wire
from qdrant_model_migration.words import listing

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector

T = TypeVar("T")

_log = logging.getLogger(__name__)

CONNECT_S = 10.0
"""Seconds to wait for the first answer of a server."""

ONCE = Patience(total_s=0.0)


def open_qdrant(
    address: Address,
    api_key: str | None = None,
    *,
    timeout: float = 60.0,
    stop: threading.Event | None = None,
    on_retry: Callable[[Retry], None] | None = None,
    patience: Patience = Patience(),  # noqa: B008 - immutable
) -> Qdrant:
    """Connect, and find out what is there. Close it, or use it as a context manager.

    timeout: seconds for one attempt of a request. patience: for how long a request is repeated
    while the server is away or busy; connecting itself is tried once. stop: ends any waiting with
    Stopped. on_retry is called before each wait, in the thread that made the request.
    Raises one of the errors of this room.
    """
    secret = SecretStr(api_key.strip()) if api_key else None
    keep_secret(api_key.strip() if api_key else "")
    del api_key  # a crash report that shows variables must not show the key
    if secret is not None and not _could_be_a_key(secret):
        raise KeyRefused("It holds characters that no key has; perhaps it was pasted in part.")
    lock: AbstractContextManager[object] = nullcontext()
    wire: Wire
    if address.folder is not None:
        from qdrant_model_migration.qdrant.local import Folder

        lock = threading.RLock()
        try:
            wire = Folder(address.folder)
        except Exception as error:  # noqa: BLE001 - a damaged folder can raise anything
            at = faults.Situation(address, "open", "", timeout, connecting=True)
            raise faults.translate(error, at) from None
    else:
        from qdrant_model_migration.qdrant.server import Server

        wire = Server(address, secret, timeout, min(timeout, CONNECT_S))
    qdrant = Qdrant(address, wire, lock, secret, timeout, stop or threading.Event(), on_retry)
    try:
        qdrant._introduce()
    except BaseException:
        qdrant.close()
        raise
    qdrant.patience = patience
    return qdrant


class Qdrant:
    """An open connection. Safe to use from several threads. Made by open_qdrant."""

    def __init__(
        self,
        address: Address,
        wire: Wire,
        lock: AbstractContextManager[object],
        secret: SecretStr | None,
        timeout_s: float,
        stop: threading.Event,
        on_retry: Callable[[Retry], None] | None,
    ) -> None:
        self.address = address
        self.version: Version
        self.capabilities: Capabilities
        self.patience = ONCE
        self._connecting = True
        self._wire, self._lock, self._secret = wire, lock, secret
        self._timeout_s, self._stop, self._on_retry = timeout_s, stop, on_retry
        self._limits = Limits()

    def _introduce(self) -> None:
        """Ask who answers, and whether the key is accepted. Changes nothing."""
        root = self._call("say what it is", self._wire.root)
        self._connecting = False
        try:
            if "qdrant" not in str(root["title"]).lower():
                raise NotQdrant
            self.version = Version.parse(str(root["version"]))
        except (KeyError, ValueError):
            raise NotQdrant from None
        if self.address.folder is not None:
            self.capabilities = capabilities.of_practice(self.version)
        elif self.version < OLDEST:
            raise ServerTooOld(str(self.version), f"{OLDEST.major}.{OLDEST.minor}")
        else:
            self.capabilities = capabilities.of_server(self.version)
            with suppress(RightMissing):  # a key that is accepted, but opens only some collections
                self.collections()

    def close(self) -> None:
        """Free the connection or the folder. May be called twice."""
        with self._lock:
            self._wire.close()

    def __enter__(self) -> Qdrant:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Qdrant at {self.address}>"

    # --- Names -----------------------------------------------------------------------------------

    def collections(self) -> tuple[str, ...]:
        """The collections' own names, sorted; aliases are not among them."""
        return tuple(sorted(self._call("list its collections", self._wire.collections)))

    def aliases(self) -> dict[str, str]:
        """Alias to collection. Empty for keys that open only some collections."""
        return self._call("list its aliases", self._wire.aliases)

    def resolve(self, name: str) -> str:
        """The collection behind a name, which may be an alias. Raises CollectionMissing."""
        found = self.aliases().get(name, name)
        if found == name and not self.exists(name):
            raise CollectionMissing(name)
        return found

    def exists(self, name: str) -> bool:
        """Whether this is a collection or an alias."""
        return self._call("look for a collection", lambda: self._wire.exists(name), name)

    # --- Settings and state ----------------------------------------------------------------------

    def config(self, collection: str) -> CollectionConfig:
        """Every setting as the server tells it. Raises CollectionMissing."""
        return CollectionConfig.of(self._info(collection))

    def overview(self, collection: str) -> tuple[CollectionConfig, CollectionState]:
        """Settings and state by one request; what the optimizer does now is not among it."""
        info = self._info(collection)
        state = state_from_json(info, None, local=self.capabilities.local)
        return CollectionConfig.of(info), state

    def state(self, collection: str) -> CollectionState:
        """How the collection is doing now. Done is: green, nothing queued, nothing running."""
        told = None
        if self.capabilities.reports_optimizations:
            told = self._call(
                "tell its optimizations", lambda: self._wire.optimizations(collection), collection
            )
        return state_from_json(self._info(collection), told, local=self.capabilities.local)

    def memory(self, collection: str) -> CollectionMemory | None:
        """What the collection takes, as far as the server tells (from 1.18): estimates, of the
        node that answers. None where it does not tell."""
        if not self.capabilities.reports_memory:
            return None
        try:
            told = self._call("tell its memory", lambda: self._wire.memory(collection), collection)
        except (RouteUnknown, RightMissing):  # a proxy or a key that lets only the rest through
            return None
        total = (told or {}).get("total") or {}
        if not isinstance(total.get("ram_bytes"), int):
            return None
        return CollectionMemory(
            total["ram_bytes"], total.get("cached_bytes") or 0, total.get("disk_bytes") or 0
        )

    def _info(self, collection: str) -> JsonObject:
        return self._call("read a collection", lambda: self._wire.info(collection), collection)

    def create_collection(self, name: str, body: JsonObject) -> None:
        """Create from a raw PUT body (settings.create_body makes one). Raises NameTaken.

        An attempt that was cut off may have created it; the next one then raises NameTaken, so
        put a mark of your own into the metadata and look for it.
        """
        self._call("create a collection", lambda: self._wire.create(name, body), name)

    def patch(self, name: str, body: JsonObject) -> None:
        """Change settings by a raw PATCH body. Its parts are applied one by one, and take effect
        after it returns. The practice Qdrant takes metadata and ignores the rest."""
        self._call("change settings", lambda: self._wire.patch(name, body), name)

    def create_payload_index(self, collection: str, path: str, schema: JsonObject | str) -> None:
        """Index a payload field. One of another type on the same path is replaced."""
        self._call(
            "create a payload index",
            lambda: _completed(self._wire.create_index(collection, path, schema)),
            collection,
        )

    def switch_alias(self, alias: str, collection: str) -> None:
        """Let the alias stand for this collection, from whatever it stood for before.

        Raises NameTaken if a collection has the alias's name, CollectionMissing if the target is
        not there.
        """
        self.switch_aliases((alias,), collection)

    def switch_aliases(self, aliases: Sequence[str], collection: str) -> None:
        """The same for several, in one request with one action each.

        A list of actions is not a transaction: where a later one fails, the earlier ones stay.
        """
        self._call(
            "switch an alias",
            lambda: self._wire.switch_aliases(aliases, collection),
            listing(aliases),
        )

    def delete_collection(self, name: str) -> None:
        """Delete a collection with its aliases, for good.

        Raises IsAlias, CollectionMissing, NotDeleted.
        """
        behind = self.resolve(name)
        if behind != name:
            raise IsAlias(name, behind)
        deleted = self._call(
            "delete a collection", lambda: self._wire.delete_collection(name), name
        )
        # A first attempt that was cut off may have done it, and the second then finds nothing.
        if not deleted and self.exists(name):
            raise NotDeleted(name)

    def may_manage(self) -> bool | None:
        """Whether the key may create collections and change aliases; None: cannot tell.

        Tried by changing nothing in a collection that does not exist: rights are checked first.
        """
        if self.capabilities.local:
            return True
        nobody = f"qmm-right-{uuid.uuid4()}"
        try:
            self._call("change settings", lambda: self._wire.patch(nobody, {}), nobody)
        except CollectionMissing:
            return True
        except RightMissing:
            return False
        except QmmError:
            return None
        return None

    # --- Reading points --------------------------------------------------------------------------

    def count(self, collection: str, *, without_vector: str | None = None) -> int:
        """Exact number of points; without_vector: of those that lack this vector ("" unnamed)."""
        condition = None if without_vector is None else _lacks(without_vector)
        return self._call(
            "count points", lambda: self._wire.count(collection, condition), collection
        )

    def scroll(
        self,
        collection: str,
        *,
        start: PointId | None = None,
        limit: int = 256,
        payload: bool | Sequence[str] = True,
        vectors: bool | Sequence[str] = False,
        without_vector: str | None = None,
    ) -> Page:
        """A page from the first id that is not below start, which need not exist.

        vectors: those to read; a Presence costs far less. without_vector: only points that lack
        this one. The page may be shorter than limit where strict mode allows less; only next tells
        the end.
        """
        body = _selection(payload, vectors)
        if without_vector is not None:
            body["filter"] = _lacks(without_vector)
        if start is not None:
            body["offset"] = start

        def page(size: int) -> Page:
            answer = self._call(
                "read points",
                lambda: self._wire.scroll(collection, {**body, "limit": size}),
                collection,
            )
            points = [point_from_json(record) for record in answer["points"]]
            points = self._with_presence(collection, points, vectors)
            return Page(points, answer.get("next_page_offset"))

        allowed = self._limits.page(collection, limit)
        try:
            return page(allowed)
        except LimitExceeded as refusal:
            self._limits.learn_page(collection, allowed, refusal)
        return page(self._limits.page(collection, limit))

    def retrieve(
        self,
        collection: str,
        ids: Sequence[PointId],
        *,
        payload: bool | Sequence[str] = True,
        vectors: bool | Sequence[str] = False,
    ) -> list[Point]:
        """The points that are there, in the order of ids; ids that are missing are left out."""
        body = _selection(payload, vectors)
        found: dict[tuple[int, int], Point] = {}  # one UUID can be spelled in several ways

        def some(part: Sequence[PointId]) -> None:
            records = self._call(
                "read points",
                lambda: self._wire.retrieve(collection, {**body, "ids": list(part)}),
                collection,
            )
            found.update((order(record["id"]), point_from_json(record)) for record in records)

        wanted = {order(point_id): point_id for point_id in ids}
        in_parts(list(wanted.values()), some)
        points = [found[key] for key in wanted if key in found]
        return self._with_presence(collection, points, vectors)

    def _with_presence(
        self, collection: str, points: list[Point], vectors: bool | Sequence[str]
    ) -> list[Point]:
        """The points, with THERE for each vector that is only asked about and that they have."""
        for name in () if isinstance(vectors, bool) else vectors:
            if isinstance(name, Presence) and points:
                bare = self._without(collection, [point.id for point in points], str(name))
                points = [
                    point
                    if order(point.id) in bare
                    else point._replace(vectors={**point.vectors, str(name): THERE})
                    for point in points
                ]
        return points

    def _without(
        self, collection: str, ids: Sequence[PointId], vector: str
    ) -> set[tuple[int, int]]:
        """Those of these points that lack the vector."""
        found: set[tuple[int, int]] = set()

        def some(part: Sequence[PointId]) -> None:
            body: JsonObject = {
                "filter": {"must": [{"has_id": list(part)}], **_lacks(vector)},
                "limit": len(part),
                **_selection(False, False),
            }
            answer = self._call(
                "read points", lambda: self._wire.scroll(collection, body), collection
            )
            found.update(order(record["id"]) for record in answer["points"])

        try:
            in_parts(ids, some)
        except LimitReached:  # strict mode takes no such filter: the values tell it too
            read = self.retrieve(collection, ids, payload=False, vectors=[vector])
            return {order(point.id) for point in read if vector not in point.vectors}
        return found

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

    # --- Writing points --------------------------------------------------------------------------

    def insert(self, collection: str, points: Sequence[Point]) -> None:
        """Write the points whose ids are not there yet; those that are stay untouched.

        Returns when all of them are applied and visible. May be repeated at any time.
        """
        if self.capabilities.insert_only == "update_mode":
            options: JsonObject = {"update_mode": "insert_only"}
        else:
            # Below 1.17: existing points are changed only if they pass, and none can.
            options = {"update_filter": {"must": [{"has_id": []}]}}
        self._write(collection, points, lambda _: options)

    def upsert(self, collection: str, points: Sequence[Point]) -> None:
        """Write the points, over those that are there. Up to 1.18 a point that is already
        indexed keeps the vectors and payload that are not given."""
        self._write(collection, points, lambda _: {})

    def replace(self, collection: str, points: Sequence[Point], seen: Sequence[Point]) -> None:
        """Write the points over those that are still as `seen`, which has each of their ids.

        One that was changed since stays as it is, and so does one that was deleted (below 1.17
        that one comes back). Nothing tells which: read them again. What is compared, and how an
        upsert goes over a point: as_seen.py, `upsert`.
        """
        before = {order(point.id): point for point in seen}
        modes = self.capabilities.insert_only == "update_mode"
        mode: JsonObject = {"update_mode": "update_only"} if modes else {}

        def options(part: Sequence[Encoded]) -> JsonObject:
            return {**mode, "update_filter": as_seen(before[order(id_)] for id_, _ in part)}

        self._write(collection, points, options)

    def delete_seen(self, collection: str, seen: Sequence[Point]) -> None:
        """Delete the points that are still as `seen`; the others stay. See `replace`."""

        def some(part: Sequence[Point]) -> None:
            self._call(
                "delete points",
                lambda: _completed(self._wire.delete_where(collection, as_seen(part))),
                collection,
            )

        try:
            in_parts(seen, some)
        except LimitReached:  # strict mode takes no filter on a field without an index
            self.delete(collection, [point.id for point in seen])

    def delete(self, collection: str, ids: Sequence[PointId]) -> None:
        """Delete the points with these ids; ids that are not there are no error."""

        def some(part: Sequence[PointId]) -> None:
            self._call(
                "delete points",
                lambda: _completed(self._wire.delete(collection, part)),
                collection,
            )

        in_parts(ids, some)

    def _write(
        self,
        collection: str,
        points: Sequence[Point],
        options: Callable[[Sequence[Encoded]], JsonObject],
    ) -> None:
        waiting: Sequence[Encoded] = [(point.id, encode(point)) for point in points]

        def write(part: Sequence[Encoded]) -> None:
            bodies = [body for _, body in part]
            self._call(
                "write points",
                lambda: _completed(self._wire.write(collection, bodies, options(part))),
                collection,
            )

        while waiting:
            part = self._limits.first(collection, waiting)
            try:
                write(part)
            except (LimitExceeded, RequestTooLarge) as refusal:
                self._limits.learn_write(collection, part, refusal)
            else:
                waiting = waiting[len(part) :]

    # --- The one call site -----------------------------------------------------------------------

    def _call(
        self,
        doing: str,
        request: Callable[[], T],
        collection: str = "",
        patience: Patience | None = None,
    ) -> T:
        """Send one request until it works or cannot. doing: completes "refused to ..."."""
        try:
            return patiently(
                lambda: self._send(doing, request),
                self.patience if patience is None else patience,
                self._stop,
                self._on_retry,
            )
        except GaveUp as end:
            last, attempts, waited_s = end.last, end.attempts, end.waited_s
        if not faults.is_expected(last):
            raise last
        timeout_s = min(self._timeout_s, CONNECT_S) if self._connecting else self._timeout_s
        at = faults.Situation(
            self.address, doing, collection, timeout_s, attempts, waited_s, self._connecting
        )
        # Without the cause, whose frames hold the request with its key; the log tells it.
        _log.info("could not %s: %s", doing, self._hide(faults.summary(last)))
        error = faults.translate(last, at)
        QmmError.__init__(error, *map(self._hide, (error.what, error.why, error.todo)))
        raise error

    def _send(self, doing: str, request: Callable[[], T]) -> T:
        """One attempt. doing names it for whoever listens in or injects faults."""
        with self._lock:
            return request()

    def _hide(self, text: str) -> str:
        """A server may repeat the key in its answer."""
        key = self._secret.get_secret_value() if self._secret else ""
        return text.replace(key, "•••") if key else text


def _could_be_a_key(secret: SecretStr) -> bool:
    """Whether it can be sent in a header; what cannot would be quoted in an exception."""
    key = secret.get_secret_value()
    return key.isascii() and key.isprintable()


def _completed(status: str) -> None:
    if status != "completed":
        raise faults.NotDoneYet(status)


def _selection(payload: bool | Sequence[str], vectors: bool | Sequence[str]) -> JsonObject:
    read = [] if isinstance(vectors, bool) else [v for v in vectors if not isinstance(v, Presence)]
    return {
        "with_payload": payload if isinstance(payload, bool) else list(payload),
        "with_vector": vectors if isinstance(vectors, bool) else read or False,
    }


def _lacks(vector: str) -> JsonObject:
    """The filter that only points without this vector pass."""
    return {"must_not": [{"has_vector": vector}]}


def pages(
    qdrant: Qdrant,
    collection: str,
    *,
    start: PointId | None = None,
    limit: int = 256,
    payload: bool | Sequence[str] = True,
    vectors: bool | Sequence[str] = False,
    without_vector: str | None = None,
) -> Iterator[list[Point]]:
    """Every page of a collection from start on, in the server's order of ids."""
    following = start
    while True:
        page = qdrant.scroll(
            collection,
            start=following,
            limit=limit,
            payload=payload,
            vectors=vectors,
            without_vector=without_vector,
        )
        if page.points:
            yield page.points
        if page.next is None:
            return
        following = page.next
