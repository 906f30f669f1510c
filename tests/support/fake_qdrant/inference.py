"""Documents in the place of vectors: all of a request go to the inference service in one call, and
what it refuses is told in the server's words (src/common/inference/service.rs of Qdrant).

The server's own BM25 needs no service; see bm25.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from . import bm25, replies

Json = dict[str, Any]


class Said(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def retry_after(self) -> int | None: ...


class Service(Protocol):
    """Answers as a service of its own would over HTTP. asked: the body, and the `headers` of the
    request that a server passes on (src/common/inference/api_keys.rs, from 1.17)."""

    def answer(self, asked: Json) -> Said: ...


Headers = Mapping[str, str]


Usage = Json | None
"""What the service says that it took, as the server passes it on; None: it says nothing."""


def of_points(body: Json, service: Service | None, headers: Headers) -> tuple[Json, Usage]:
    """A body that writes points, with vectors for documents. headers: of the request."""
    points = body.get("points")
    if service is None or not isinstance(points, list):
        return body, None
    made, usage = _made([one.get("vector") for one in points], service, "update", headers)
    whole = [
        {**one, "vector": vector} if "vector" in one else one
        for one, vector in zip(points, made, strict=True)
    ]
    return {**body, "points": whole}, usage


def of_search(body: Json, service: Service | None, headers: Headers) -> tuple[Json, Usage]:
    """A search, with vectors for documents, in its parts as well."""
    if service is None:
        return body, None
    parts = {key: body[key] for key in ("query", "prefetch", "searches") if key in body}
    (made,), usage = _made([parts], service, "search", headers)
    return {**body, **made}, usage


def _made(
    values: list[Any], service: Service, role: str, headers: Headers
) -> tuple[list[Any], Usage]:
    documents: list[Json] = []

    def note(one: Json) -> Any:
        if one not in documents:
            documents.append(one)
        return one

    _each(values, note)
    if not documents:
        return values, None
    vectors, usage = _asked(documents, service, role, headers)
    made: list[Any] = _each(values, lambda one: vectors[documents.index(one)])
    return made, usage


def _each(value: Any, do: Callable[[Json], Any]) -> Any:
    if isinstance(value, list):
        return [_each(one, do) for one in value]
    if not isinstance(value, dict):
        return value
    if {"text", "model"} <= value.keys() and not bm25.is_bm25(value):
        return do(value)
    return {key: _each(one, do) for key, one in value.items()}


def _asked(
    documents: list[Json], service: Service, role: str, headers: Headers
) -> tuple[list[Any], Usage]:
    inputs = [
        {
            "data": one["text"],
            "data_type": "text",
            "model": one["model"],
            "options": one.get("options"),
        }
        for one in documents
    ]
    keys = {name.lower(): v for name, v in headers.items() if name.lower().endswith("-api-key")}
    said = service.answer({"inputs": inputs, "inference": role, "token": None, "headers": keys})
    text = said.body.decode()
    if said.status == 200:
        told = json.loads(text)
        made: list[Any] = told["embeddings"]
        if not made:
            raise _internal(
                "Inference service returned no vectors. Check if models are properly loaded."
            )
        return made, told.get("usage")
    if said.status == 400:
        try:
            raise replies.bad_request(
                f"Inference request validation failed: {json.loads(text)['error']}"
            )
        except (ValueError, KeyError):
            raise replies.bad_request(f"Invalid inference request: {text}") from None
    status = f"{said.status} {_NAMES[said.status]}"
    if said.status in (401, 403):
        raise _internal(f"Authentication failed for inference service ({status}): {text}")
    if said.status == 429:
        wait = {} if said.retry_after is None else {"retry-after": str(said.retry_after)}
        refused = f"Too many requests for inference service ({status}): {text}"
        raise replies.Refusal(429, f"Rate limiting exceeded: {refused}", wait)
    if said.status >= 500:
        raise _internal(f"Inference service error ({status}): {text}")
    raise replies.bad_request(f"Inference can't process request ({status}): {text}")


def _internal(text: str) -> replies.Refusal:
    return replies.Refusal(500, f"Service internal error: {text}")


_NAMES = {
    401: "Unauthorized",
    403: "Forbidden",
    413: "Payload Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
