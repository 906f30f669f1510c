"""FakeQdrant: the HTTP side, and what tests hold in their hands."""

from __future__ import annotations

import copy
import json
import re
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from . import replies
from .access import Access
from .faults import Answer, Fault, Faults, Hook, When, answer_of
from .front import Front
from .inference import Service
from .requests import Request
from .routes import Routes
from .state import State
from .vectors import shown_all

MEBIBYTE = 1024 * 1024


class FakeQdrant:
    """A Qdrant server in memory, on a free port of 127.0.0.1, for the time of a `with`.

    version: what it claims and how it behaves (1.15.4 to 1.19.0 differ as the facts tell).
    collection_keys: key -> {collection name: "r" | "rw" | "prw"}, like JWTs for collections.
    optimizer_polls, optimizer_lag: see optimizer.py. clock: drives the rate limits.
    drifting_floats: payload floats change in the last place now and then (facts §17).
    inference: the service that makes vectors of documents (facts §9); None: there is none.
    distributed: one computer of a cluster, so that there are shard keys (keyed.py).
    front: what stands before it (front.py).
    state: open to tests. requests: the latest 5,000 requests, oldest first.
    """

    def __init__(
        self,
        version: str = "1.18.3",
        api_key: str | None = None,
        read_only_key: str | None = None,
        *,
        collection_keys: Mapping[str, Mapping[str, str]] | None = None,
        optimizer_polls: int = 2,
        optimizer_lag: int = 0,
        max_request_bytes: int = 32 * MEBIBYTE,
        clock: Callable[[], float] = time.monotonic,
        drifting_floats: bool = False,
        inference: Service | None = None,
        distributed: bool = False,
        front: Front | None = None,
    ) -> None:
        self.front = front or Front()
        self.state = State(
            version, optimizer_polls, optimizer_lag, clock, drifting_floats, distributed
        )
        self.requests: deque[Request] = deque(maxlen=5000)
        self._routes = Routes(
            self.state,
            Access(api_key, read_only_key, collection_keys or {}),
            max_request_bytes,
            inference,
        )
        self._inner_key = api_key
        self._faults = Faults()
        self._port = 0
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._switching = threading.Lock()

    @property
    def version(self) -> str:
        return self.state.version_text

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, the same over down() and up(); as it is reached through what
        stands before it."""
        scheme = "http" if self.front.tls is None else "https"
        return f"{scheme}://127.0.0.1:{self._port}{self.front.prefix}"

    @property
    def port(self) -> int:
        return self._port

    def __enter__(self) -> FakeQdrant:
        self.up()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.down()

    def up(self) -> None:
        """Listen (again), with everything as it was. No effect if it listens."""
        with self._switching:
            if self._server is not None:
                return
            self._server = _Server(("127.0.0.1", self._port), self)
            self._port = self._server.server_address[1]
            self._thread = threading.Thread(
                target=self._server.serve_forever, args=(0.01,), name="fake-qdrant", daemon=True
            )
            self._thread.start()

    def down(self) -> None:
        """Refuse connections and cut the open ones; what was applied stays.

        A request that waits in a delay or a hook at that moment is not carried out any more.
        """
        with self._switching:
            if self._server is None or self._thread is None:
                return
            self._server.closing.set()
            self._server.shutdown()
            self._server.server_close()
            self._server.cut()
            self._thread.join()
            self._server = self._thread = None

    def fail(
        self,
        *,
        method: str | None = None,
        path: str = "",
        status: int | None = None,
        body: Answer = None,
        error: str | None = None,
        headers: dict[str, str] | None = None,
        times: int | None = 1,
        after: int = 0,
        apply: bool = False,
        delay: float = 0.0,
        drop: bool = False,
        when: When | None = None,
    ) -> Fault:
        """Make requests fail whose method and path (a regular expression, searched) fit.

        status with body (dict or list: JSON; text or bytes: as it is) or error (text in Qdrant's
        JSON envelope) is the answer. drop: the socket is closed without one. delay: seconds
        before the answer; alone it only slows the request down. apply: the operation is carried out
        first, so the client sees a failure of a write that happened; otherwise nothing is done.
        after: let that many fitting requests pass. times: then strike that often, None for ever.
        when: a further condition on the request.
        """
        if status is None and not drop and not delay:
            raise ValueError("a fault needs a status, a delay or drop=True")
        rule = Fault(
            method,
            re.compile(path),
            answer_of(status, body, error, headers),
            times,
            after,
            apply,
            delay,
            drop,
            when,
        )
        with self._faults.lock:
            self._faults.rules.append(rule)
        return rule

    def before(
        self,
        path: str,
        call: Callable[[Request], object],
        *,
        method: str | None = None,
        times: int | None = None,
        after: int = 0,
        when: When | None = None,
    ) -> Hook:
        """Call `call(request)` before requests that fit are looked at, faults included."""
        hook = Hook(method, re.compile(path), call, times, after, when)
        with self._faults.lock:
            self._faults.before.append(hook)
        return hook

    def after(
        self,
        path: str,
        call: Callable[[Request], object],
        *,
        method: str | None = None,
        times: int | None = None,
        after: int = 0,
        when: When | None = None,
    ) -> Hook:
        """Call `call(request)` when a fitting request was carried out and is not yet answered."""
        hook = Hook(method, re.compile(path), call, times, after, when)
        with self._faults.lock:
            self._faults.after.append(hook)
        return hook

    def heal(self) -> None:
        """Forget all faults and hooks."""
        with self._faults.lock:
            self._faults.rules.clear()
            self._faults.before.clear()
            self._faults.after.clear()

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Ask the fake in-process, past the network, faults, hooks and the request log.

        With full rights and wait=true. Returns the result; an AssertionError names a refusal.
        For a test's own set-up and for edits "by the application".
        """
        joined = f"{path}{'&' if '?' in path else '?'}wait=true"
        headers = {"api-key": self._inner_key} if self._inner_key else {}
        raw = b"" if body is None else json.dumps(body).encode()
        reply = self._routes.answer(Request(method, joined, headers, raw))
        told = json.loads(reply.body) if reply.body else None
        if reply.status >= 300 or not isinstance(told, dict):
            raise AssertionError(f"{method} {path}: {reply.status} {reply.body[:500].decode()}")
        return told.get("result", told)

    def dump(self, name: str) -> dict[str, Any]:
        """What a run is judged by: `config`, `payload_schema`, and `points` by id in order.

        name: a collection or an alias. A point is `{"payload": ..., "vector": ...}` as REST shows
        it. No poll of the optimizer, no limits.
        """
        with self.state.lock:
            collection = self.state.collection(name)
            points = list(collection.points)
            rows = shown_all([point.vectors for point in points])
            return {
                "config": copy.deepcopy(collection.config),
                "payload_schema": copy.deepcopy(collection.payload_schema),
                "points": {
                    point.id: {"payload": copy.deepcopy(point.payload), "vector": vector}
                    for point, vector in zip(points, rows, strict=True)
                },
            }

    def load(self, name: str, dumped: Mapping[str, Any]) -> None:
        """A new collection as `dump` told of another one; its points as a list, with their id."""
        with self.state.lock:
            self.state.create(name, {})
            self.state.collections[name].restore(**dumped)

    def handle(self, request: Request, closing: threading.Event) -> replies.Reply | None:
        """The answer to one request over the network; None to drop the connection.

        closing: set when the server that took the request goes down.
        """
        self.requests.append(request)
        self._faults.run(self._faults.before, request)
        fault = self._faults.struck(request)
        reply: replies.Reply | None = None
        if fault is not None and not fault.apply:
            closing.wait(fault.delay)
        if closing.is_set():
            return None
        if fault is None or fault.apply or fault.only_delays:
            reply = self._routes.answer(request)
            self._faults.run(self._faults.after, request)
        if fault is not None and fault.apply:
            closing.wait(fault.delay)
        if closing.is_set() or (fault is not None and fault.drop):
            return None
        return reply if fault is None or fault.reply is None else fault.reply


class _Server(ThreadingHTTPServer):
    """Knows its fake and its open connections, so that down() can cut them."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], fake: FakeQdrant) -> None:
        self.fake = fake
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        super().__init__(address, _Handler)
        if fake.front.tls is not None:
            self.socket = fake.front.tls.wrap_socket(self.socket, server_side=True)

    def opened(self, connection: socket.socket) -> None:
        with self._open_lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._open_lock:
            self._open.discard(connection)

    def cut(self) -> None:
        with self._open_lock:
            connections = list(self._open)
        for connection in connections:
            _shut(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news; anything else is a fault of the fake."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    """Keep-alive, one write per answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        self.server.opened(self.request)
        super().setup()

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            self.server.closed(self.request)

    def _serve(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        front = self.server.fake.front
        if front.too_large(length):
            self.close_connection = True  # nobody reads what is still coming
            reply = front.refuses_body()
        else:
            raw = self.rfile.read(length) if length else b""
            reply = front.page(self.command, self.path, headers)
            if reply is None:
                path = self.path.removeprefix(front.prefix)
                request = Request(self.command, path, headers, raw)
                reply = self.server.fake.handle(request, self.server.closing)
        if reply is None:
            self.close_connection = True
            _shut(self.connection)
            return
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Silent: tests read `requests`."""


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster
