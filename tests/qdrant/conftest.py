"""A folder with a practice Qdrant, and a tiny HTTP server that answers as a test tells it to."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from qdrant_model_migration.qdrant import Address, Patience, Qdrant, open_qdrant

QUICK = Patience(total_s=20.0, first_wait_s=0.001, longest_wait_s=0.002)


class Reply(NamedTuple):
    """body: bytes as they are, anything else as the `result` of Qdrant's JSON."""

    status: int = 200
    body: object = True
    headers: dict[str, str] = {}  # noqa: RUF012

    @staticmethod
    def refusal(status: int, text: str, **headers: str) -> Reply:
        body = json.dumps({"status": {"error": text}, "time": 0.0}).encode()
        return Reply(status, body, {k.replace("_", "-"): v for k, v in headers.items()})


class Request(NamedTuple):
    method: str
    path: str
    body: Any
    size: int
    headers: dict[str, str]


class ScriptedServer:
    """Says it is a Qdrant; every other answer is set with `on`, the last one repeats."""

    def __init__(self, version: str = "1.18.3") -> None:
        self.requests: list[Request] = []
        self._replies: list[tuple[str, re.Pattern[str], list[Any]]] = []
        root = json.dumps({"title": "qdrant - vector search engine", "version": version}).encode()
        self.on("GET", "/", Reply(200, root))
        self.on("GET", "/collections", Reply(200, {"collections": []}))
        script = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path = self.path.split("?")[0]
                request = Request(
                    self.command,
                    path,
                    json.loads(raw) if raw else None,
                    len(raw),
                    {k.lower(): v for k, v in self.headers.items()},
                )
                script.requests.append(request)
                reply = script._reply(request)
                body = (
                    reply.body
                    if isinstance(reply.body, bytes)
                    else json.dumps({"result": reply.body, "status": "ok", "time": 0.0}).encode()
                )
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def on(self, method: str, path: str, *replies: Reply | Callable[[Request], Reply]) -> None:
        self._replies.insert(0, (method, re.compile(path + r"\Z"), list(replies)))

    def _reply(self, request: Request) -> Reply:
        for method, path, replies in self._replies:
            if method == request.method and path.match(request.path):
                reply = replies.pop(0) if len(replies) > 1 else replies[0]
                return reply(request) if callable(reply) else reply
        return Reply.refusal(404, "Not found")

    def sent(self, method: str, path: str) -> list[Request]:
        return [r for r in self.requests if r.method == method and re.fullmatch(path, r.path)]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def scripted() -> Iterator[Callable[..., ScriptedServer]]:
    made: list[ScriptedServer] = []

    def make(version: str = "1.18.3") -> ScriptedServer:
        made.append(ScriptedServer(version))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture
def server(scripted: Callable[..., ScriptedServer]) -> ScriptedServer:
    return scripted()


@pytest.fixture
def remote(server: ScriptedServer) -> Iterator[Qdrant]:
    with open_qdrant(Address(url=server.url), patience=QUICK) as qdrant:
        yield qdrant


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Qdrant]:
    with open_qdrant(Address(folder=str(tmp_path / "practice"))) as qdrant:
        yield qdrant


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
def quick() -> Patience:
    return QUICK


@pytest.fixture
def real() -> Iterator[Qdrant]:
    """The server that QDRANT_URL names, which has to be able to get a vector in place."""
    url = os.environ.get("QDRANT_URL")
    if not url:
        pytest.skip("QDRANT_URL names no server")
    with open_qdrant(Address(url=url), os.environ.get("QDRANT_API_KEY")) as opened:
        if not opened.capabilities.add_vector:
            pytest.skip("this server cannot add a vector in place")
        yield opened
