"""A kind of embedder that the program does not have, as one file, and the service that it asks.

The service is on this computer; it wants a key in a header, takes money, and works on two calls at
a time. Nothing but the file says that it is there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from zlib import crc32

import pytest

from qdrant_model_migration.embedders import known_kinds
from qdrant_model_migration.embedders.kinds import kinds

KEY = "sk-stand-in/0123 456"
NAME = "stand-in/words-32"

FILE = """
import os

import httpx

from qdrant_model_migration.embedders.embedder import Embedded, checked_dense
from qdrant_model_migration.embedders.kind import Kind, Reach
from qdrant_model_migration.embedders.model import ModelRef
from qdrant_model_migration.errors import QmmError

SIZES = {"stand-in/words-32": 32, "stand-in/words-64": 64}


class StandIn(Kind):
    name = "stand_in"
    order = 90
    service = "Stand-in Ltd"
    secret = "STAND_IN_KEY"
    calls = 2
    texts = 16

    def models(self, beside):
        return (self._model("stand-in/words-32"),)

    def named(self, name):
        return self._model(name) if name in SIZES else None

    def reach(self, model):
        if os.environ.get(self.secret):
            return Reach("remote")
        return Reach("no", why=f"The environment variable {self.secret} is not set.")

    def open(self, model, threads):
        return Asked(model, self.key())

    def usd(self, model):
        return 2.0

    def _model(self, name):
        return ModelRef(kind="stand_in", name=name, dimensions=SIZES[name], max_tokens=512,
                        languages=("en",))


class Asked:
    def __init__(self, model, key):
        self.model, self._key = model, key

    def embed(self, texts, role):
        answer = httpx.post(
            os.environ["STAND_IN_URL"],
            headers={"X-Key": self._key.get_secret_value()},
            json={"texts": list(texts), "size": self.model.dimensions},
        )
        if answer.status_code != 200:
            raise QmmError("Stand-in Ltd wants another key.", f"It says: {answer.text}", "Ask it.")
        told = answer.json()
        return Embedded(checked_dense(self.model, told["vectors"]), told["tokens"], 0)
"""


@contextmanager
def stand_in_kind(folder: Path) -> Iterator[None]:
    """The kind, found in `folder` as if it were a file of the kinds."""
    folder.mkdir(exist_ok=True)
    (folder / "stand_in.py").write_text(FILE)
    known_kinds.FOLDERS.append(str(folder))
    kinds.cache_clear()
    try:
        yield
    finally:
        known_kinds.FOLDERS.remove(str(folder))
        kinds.cache_clear()


class Service:
    """Counts words into vectors. refused: it takes no key any more, and repeats the one it got."""

    def __init__(self) -> None:
        self.url = ""
        self.refused = False
        self.calls: list[int] = []  # texts of each
        self.most_at_once = 0
        self.told_to_all: set[str] = set()  # names of processes that carry the key as an argument
        self._now, self._lock = 0, Lock()

    def answer(self, key: str, asked: dict[str, Any]) -> tuple[int, bytes]:
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            self.calls.append(len(asked["texts"]))
            self.told_to_all |= _told_to_all()
        try:
            if self.refused or key != KEY:
                return 401, f"the key {key} is not valid".encode()
            vectors = [_vector(text, asked["size"]) for text in asked["texts"]]
            tokens = sum(len(text.split()) for text in asked["texts"])
            return 200, json.dumps({"vectors": vectors, "tokens": tokens}).encode()
        finally:
            with self._lock:
                self._now -= 1


@contextmanager
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The service, named by the environment, which has its key as well."""
    one = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = one.answer(self.headers["X-Key"], asked)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        one.url = f"http://127.0.0.1:{server.server_address[1]}/embed"
        monkeypatch.setenv("STAND_IN_URL", one.url)
        monkeypatch.setenv("STAND_IN_KEY", KEY)
        try:
            yield one
        finally:
            server.shutdown()


def _vector(text: str, size: int) -> list[float]:
    vector = [0.01] * size
    for word in text.split():
        vector[crc32(word.encode()) % size] += 1.0
    return vector


def _told_to_all() -> set[str]:
    """Processes of this computer that were started with the key in their arguments."""
    found = set()
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = line.read_bytes()
        except OSError:
            continue
        if KEY.encode() in arguments:
            found.add(arguments.decode(errors="replace"))
    return found
