"""A filter that lets only points pass that are still as they were read: compare, then write.

Qdrant has no version to compare with, so the payload stands for it: every string, number, truth
value and null in it, up to MOST_VALUES, must still be found where it was; long texts, of which
vectors are made, come first. What it does not see is a field that was only added, and a vector that
was changed under the same payload.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from qdrant_model_migration.qdrant.points import Point
from qdrant_model_migration.qdrant.wire import JsonObject

MOST_VALUES = 64
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
_NEAR = 1e-12  # the server moves some doubles by a unit or two in the last place
_GREATEST = sys.float_info.max  # JSON has no infinity
_INTEGERS = range(-(2**63), 2**63)


def as_seen(points: Iterable[Point]) -> JsonObject:
    """One filter for all of them: each passes only by its own id and its own payload."""
    seen = list(points)
    return {
        "must": [{"has_id": [point.id for point in seen]}],
        "should": [{"must": [{"has_id": [p.id]}, *_values(p.payload)]} for p in seen],
    }


def _values(payload: Mapping[str, Any]) -> list[JsonObject]:
    found: list[JsonObject] = []
    for path, value in sorted(_leaves(payload, ""), key=_says_less):
        if (condition := _condition(path, value)) is not None:
            found.append(condition)
        if len(found) == MOST_VALUES:
            break
    return found


def _says_less(leaf: tuple[str, Any]) -> tuple[bool, int]:
    """Of the elements of a list any one will do."""
    path, value = leaf
    return "[]" in path, -len(value) if isinstance(value, str) else 0


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Paths as Qdrant writes them (a.b, a[].b) and the values that stand there."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if '"' not in key and "\\" not in key:
                name = key if _PLAIN.fullmatch(key) else f'"{key}"'
                yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        if not any(isinstance(inner, list) for inner in value):
            for inner in value:
                yield from _leaves(inner, f"{path}[]")
    else:
        yield path, value


def _condition(path: str, value: Any) -> JsonObject | None:
    if value is None:
        # A null among the elements of a list cannot be asked for.
        return None if "[]" in path else {"is_null": {"key": path}}
    if isinstance(value, float):
        low, high = sorted((value * (1 - _NEAR), value * (1 + _NEAR)))
        ends = {"gte": max(low, -_GREATEST), "lte": min(high, _GREATEST)}
        return {"key": path, "range": ends}
    if isinstance(value, int) and value not in _INTEGERS:
        return None
    return {"key": path, "match": {"value": value}}
