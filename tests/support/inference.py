"""A stand-in for the inference service that a Qdrant server asks for vectors.

It speaks as such a service does (src/common/inference of Qdrant): a fake Qdrant asks it in this
process, a real one over HTTP. What it makes of a search is not what it makes of a document, as with
models that have prefixes.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, NamedTuple
from zlib import crc32

import pytest

from qdrant_model_migration.qdrant import Address

from .fake_qdrant import FakeQdrant

Json = dict[str, Any]

DENSE, WIDE = "stand-in/words-48", "stand-in/words-128"
SPARSE, MULTI = "stand-in/sparse", "stand-in/tokens-16"
OPENAI = "openai/words-48"
LISTED = "sentence-transformers/all-minilm-l6-v2"  # one that Qdrant Cloud is known to have
SIZES = {DENSE: 48, WIDE: 128, MULTI: 16, OPENAI: 48, LISTED: 384}
KEYS = {"openai-api-key": "sk-of-the-provider/0123 4567"}
TOO_LONG = "too long for the model"
"""A text with these words in it is refused, with all others of its request."""

_WORD = re.compile(r"\w+")


class Answer(NamedTuple):
    """What the service answers: status, JSON or text, seconds to wait."""

    status: int
    body: bytes
    retry_after: int | None = None


class Inference:
    """The service. calls: the number of texts of each. refusing: answers that come first, one each.

    texts: how often each text was embedded, by whether for a document or a search. tokens: of all,
    told as usage unless it is `silent`. shown: keys of providers that came in headers. It has their
    models too, for the right key: see KEYS.
    """

    def __init__(self) -> None:
        self.calls: list[int] = []
        self.refusing: list[Answer] = []
        self.texts: Counter[tuple[str, str]] = Counter()
        self.asked: list[Json] = []  # the first input of each call
        self.shown: list[dict[str, str]] = []
        self.tokens, self.silent = 0, False
        self._lock = Lock()

    def answer(self, asked: Json) -> Answer:
        """asked: the body, and under `headers` those of the request that end in -api-key."""
        inputs, role, keys = asked["inputs"], asked["inference"], asked["headers"]
        with self._lock:
            self.shown.append(dict(keys))
            if self.refusing:
                return self.refusing.pop(0)
            for one in inputs:
                header = f"{one['model'].partition('/')[0]}-api-key"
                if header in KEYS and keys.get(header) != KEYS[header]:
                    return refusal(401, f"invalid key {keys.get(header)}")
            self.calls.append(len(inputs))
            self.asked.append({**inputs[0], "inference": role})
            self.texts.update((role, one["data"]) for one in inputs)
        for one in inputs:
            if one["model"] not in (*SIZES, SPARSE):
                return refusal(400, f"Unsupported model: {one['model']}")
            if TOO_LONG in one["data"]:
                return refusal(400, "the text is too long")
        made = [vector(one["model"], one["data"], search=role == "search") for one in inputs]
        tokens = Counter[str]()
        for one in inputs:
            tokens[one["model"]] += len(one["data"].split())
        usage = {"models": {model: {"tokens": count} for model, count in tokens.items()}}
        with self._lock:
            self.tokens += sum(tokens.values())
        told = {"embeddings": made, "usage": None if self.silent else usage}
        return Answer(200, json.dumps(told).encode())


def refusal(status: int, text: str, retry_after: int | None = None) -> Answer:
    return Answer(status, json.dumps({"error": text}).encode(), retry_after)


def vector(model: str, text: str, *, search: bool = False) -> Any:
    """Words counted; a search leans to one side."""
    words = [crc32(word.lower().encode()) for word in _WORD.findall(text)]
    if model == SPARSE:
        counts = Counter(word % 10_000 for word in words)
        return {"indices": sorted(counts), "values": [float(counts[i]) for i in sorted(counts)]}
    size = SIZES[model]
    lean = 0.4 if search else 0.0
    if model == MULTI:
        return [[lean + float(word % size == at) for at in range(size)] for word in words]
    made = [0.01 + lean] * size
    for word in words:
        made[word % size] += 1.0
    return made


@contextmanager
def served(one: Inference, port: int = 0) -> Iterator[str]:
    """The service over HTTP; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            keys = {k.lower(): v for k, v in self.headers.items() if k.lower().endswith("-api-key")}
            said = one.answer({**asked, "headers": keys})
            self.send_response(said.status)
            if said.retry_after is not None:
                self.send_header("Retry-After", str(said.retry_after))
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/embed"
        finally:
            server.shutdown()


@contextmanager
def beside(version: str) -> Iterator[tuple[Address, Inference, FakeQdrant | None]]:
    """A Qdrant that has the service: a fake one of this version, or a "real" one.

    That is the one at QDRANT_INFERENCE_URL, whose configuration must say, with the same port:
    `inference: {address: http://127.0.0.1:$INFERENCE_PORT/embed}`.
    """
    one = Inference()
    if version != "real":
        with FakeQdrant(version, inference=one) as fake:
            yield Address(url=fake.url), one, fake
        return
    url, port = os.environ.get("QDRANT_INFERENCE_URL"), os.environ.get("INFERENCE_PORT")
    if not url or not port:
        pytest.skip("QDRANT_INFERENCE_URL and INFERENCE_PORT name no server with inference")
    with served(one, int(port)):
        yield Address(url=url), one, None
