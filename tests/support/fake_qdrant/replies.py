"""What the fake answers: the JSON envelope of the server, and its refusals with their texts.

No behaviour lives here. Texts follow facts §14.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole HTTP answer. body: bytes as sent. headers: besides Content-Length."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):
    """The server says no: status, text, and further headers."""

    def __init__(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.headers = headers or {}


def as_json(status: int, value: object, headers: dict[str, str] | None = None) -> Reply:
    """`value` as a JSON answer."""
    body = json.dumps(value, separators=(",", ":")).encode()
    return Reply(status, body, {"content-type": "application/json", **(headers or {})})


def ok(result: Any, inference: dict[str, Any] | None = None) -> Reply:
    """200 with the server's envelope. inference: what its service took (lib/api/src/rest/models.rs:
    usage is left out where there is nothing to tell)."""
    usage = {"usage": {"inference": inference}} if inference else {}
    return as_json(200, {"result": result, "status": "ok", "time": 0.0, **usage})


def accepted() -> Reply:
    """202 without a result, as `wait=false` gives for snapshots (facts §10)."""
    return as_json(202, {"status": "accepted", "time": 0.0})


def error(status: int, text: str, headers: dict[str, str] | None = None) -> Reply:
    """An error in the server's envelope."""
    return as_json(status, {"status": {"error": text}, "time": 0.0}, headers)


def plain(status: int, text: str, headers: dict[str, str] | None = None) -> Reply:
    """A plain-text answer, as credentials get (facts §12)."""
    return Reply(
        status, text.encode(), {"content-type": "text/plain; charset=utf-8", **(headers or {})}
    )


def unknown_route() -> Reply:
    """An unmatched route: 404 with an empty body (facts §3, §14)."""
    return Reply(404)


def wrong_input(text: str) -> Refusal:
    return Refusal(400, f"Wrong input: {text}")


def bad_request(text: str) -> Refusal:
    return Refusal(400, f"Bad request: {text}")


def not_found(text: str) -> Refusal:
    return Refusal(404, f"Not found: {text}")


def conflict(text: str) -> Refusal:
    return Refusal(409, f"Wrong input: {text}")


def forbidden(text: str) -> Refusal:
    return Refusal(403, f"Forbidden: {text}")


def format_error(text: str) -> Refusal:
    return Refusal(400, f"Format error in JSON body: {text}")


def invalid(field_path: str, text: str) -> Refusal:
    """422, the shape of a failed validation."""
    return Refusal(422, f"Validation error in JSON body: [{field_path}: {text}]")


def not_spoken(what: str) -> Refusal:
    """The real server knows this and the fake does not: loud, so that no test passes by it."""
    return Refusal(501, f"the fake Qdrant does not speak {what}")
