"""One request as routes, faults and hooks see it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from . import replies


def _no_constant(name: str) -> Any:
    # Facts §4: REST rejects NaN with 400.
    raise ValueError(f"expected value, found {name}")


def _integer(digits: str) -> int | float:
    # Facts §17: the server turns integers beyond 64 bits into floats.
    value = int(digits)
    return value if -(2**63) <= value < 2**64 else float(digits)


@dataclass(eq=False)
class Request:
    """method, path without query (decoded), headers by lower-case name, raw body."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""

    @cached_property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """Decoded parts of the path; a quoted slash stays inside its part."""
        path = urlsplit(self.target).path.strip("/")
        return tuple(unquote(part) for part in path.split("/")) if path else ()

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def wait(self) -> bool:
        return self.query.get("wait") == "true"

    @cached_property
    def body(self) -> Any:
        """The JSON body, `{}` for none. 400 for what is not JSON."""
        if not self.raw:
            return {}
        try:
            return json.loads(self.raw, parse_constant=_no_constant, parse_int=_integer)
        except ValueError as problem:
            raise replies.format_error(str(problem)) from None

    @property
    def object(self) -> dict[str, Any]:
        """The body, which must be an object."""
        if not isinstance(self.body, dict):
            raise replies.format_error("invalid type: expected a map")
        return self.body
