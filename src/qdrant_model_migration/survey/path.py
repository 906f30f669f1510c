"""Dotted paths into a payload: what lies at one, and which a payload has. No judgement here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

ABSENT: Final = object()
"""What `value_at` gives where a path leads nowhere; None is a value."""

_DEEPEST = 6  # payloads nested deeper than this hold trees, not texts
_PLAIN = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\Z")


def value_at(payload: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; a key that contains the dots itself comes first."""
    if path in payload:
        return payload[path]
    head, dot, rest = path.partition(".")
    inner = payload.get(head, ABSENT)
    if not dot:
        return inner
    return value_at(inner, rest) if isinstance(inner, Mapping) else ABSENT


def leaves(payload: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each path that ends in no object, with its value; lists are not entered."""
    yield from _leaves(payload, "", 1)


def _leaves(payload: Mapping[str, Any], before: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in payload.items():
        path = f"{before}{key}"
        if isinstance(value, Mapping):
            if depth < _DEEPEST:
                yield from _leaves(value, f"{path}.", depth + 1)
        else:
            yield path, value


def payload_of(paths: Sequence[str]) -> list[str] | bool:
    """The same for several; False for none."""
    asked = [selector(path) for path in paths]
    named = [one for each in asked if isinstance(each, list) for one in each]
    return bool(asked) if len(named) < len(asked) else named or False


def selector(path: str) -> list[str] | bool:
    """What to ask the server for to see this path: the path alone, or (odd keys) all payload."""
    return [path] if _PLAIN.match(path) else True
