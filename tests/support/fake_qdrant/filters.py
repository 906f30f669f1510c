"""Filters: from JSON to a predicate over points, and what strict mode wants to know of them.

Conditions: has_id, has_vector, is_empty, is_null, match (value, any, except, text), range, nested
filters, slice from 1.19. Others that the real server knows are refused with 501.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from . import paths, replies
from .ordered import number
from .points import StoredPoint, point_id
from .versions import SLICE, Version

Json = dict[str, Any]
Predicate = Callable[[StoredPoint], bool]

_CLAUSES = {"must", "should", "must_not", "min_should"}
_NOT_HERE = {"geo_bounding_box", "geo_radius", "geo_polygon", "values_count", "nested"}
_UNKNOWN = "data did not match any variant of untagged enum Condition"


@dataclass(frozen=True)
class Filter:
    """A parsed filter. keys: payload paths it reads. sizes: of each condition's list."""

    accepts: Predicate
    conditions: int
    keys: tuple[str, ...]
    sizes: tuple[int, ...]


def parsed(raw: object, version: Version) -> Filter | None:
    """The filter, None for no filter. 400 for what this version does not know (facts, fact 7)."""
    if raw is None:
        return None
    if not isinstance(raw, dict) or not raw.keys() <= _CLAUSES:
        raise replies.format_error("data did not match any variant of untagged enum Filter")
    if raw.get("min_should") is not None:
        raise replies.not_spoken("min_should")
    clauses = {
        name: [_condition(one, version) for one in _listed(raw.get(name))]
        for name in ("must", "should", "must_not")
    }
    inner = [one for group in clauses.values() for one in group]
    must = [one.accepts for one in clauses["must"]]
    should = [one.accepts for one in clauses["should"]]
    must_not = [one.accepts for one in clauses["must_not"]]

    def accepts(point: StoredPoint) -> bool:
        return (
            all(check(point) for check in must)
            and (not should or any(check(point) for check in should))
            and not any(check(point) for check in must_not)
        )

    return Filter(
        accepts,
        sum(one.conditions for one in inner),
        tuple(key for one in inner for key in one.keys),
        tuple(size for one in inner for size in one.sizes),
    )


def _listed(raw: object) -> Iterator[Any]:
    if raw is None:
        return
    yield from raw if isinstance(raw, list) else [raw]


def _condition(raw: object, version: Version) -> Filter:
    if not isinstance(raw, dict):
        raise replies.format_error(_UNKNOWN)
    if raw.keys() & _CLAUSES:
        nested = parsed(raw, version)
        if nested is None:
            raise replies.format_error(_UNKNOWN)
        return nested
    if "has_id" in raw:
        wanted = frozenset(point_id(one) for one in raw["has_id"])
        return _single(lambda point: point.id in wanted, size=len(raw["has_id"]))
    if "has_vector" in raw:
        # Facts §5: an unknown name matches nothing.
        name = raw["has_vector"]
        return _single(lambda point: name in point.vectors)
    if "is_empty" in raw:
        key = raw["is_empty"]["key"]
        return _single(lambda point: _is_empty(point.payload, key), key)
    if "is_null" in raw:
        key = raw["is_null"]["key"]
        return _single(
            lambda point: any(value is None for value in paths.leaves(point.payload, key)), key
        )
    if "slice" in raw and version >= SLICE:
        return _slice(raw["slice"])
    if "key" in raw:
        return _field(raw, str(raw["key"]))
    if raw.keys() & _NOT_HERE:
        raise replies.not_spoken(f"the condition {sorted(raw)}")
    raise replies.format_error(_UNKNOWN)


def _single(accepts: Predicate, *keys: str, size: int = 1) -> Filter:
    return Filter(accepts, 1, keys, (size,))


def _is_empty(payload: Json, key: str) -> bool:
    return all(value is None or value == [] for value in paths.values(payload, key))


def _slice(raw: Json) -> Filter:
    # Facts §5: SipHash24 of the id, a stable contract; the client ships the same function.
    from qdrant_client.local.siphash import siphash24

    index, total = int(raw["index"]), int(raw["total"])

    def accepts(point: StoredPoint) -> bool:
        import uuid

        data = (
            point.id.to_bytes(8, "little")
            if isinstance(point.id, int)
            else uuid.UUID(point.id).bytes
        )
        return siphash24(data) % total == index

    return _single(accepts)


def _field(raw: Json, key: str) -> Filter:
    match, bounds = raw.get("match"), raw.get("range")
    if isinstance(match, dict):
        return _match(key, match)
    if isinstance(bounds, dict):
        return _range(key, bounds)
    if raw.keys() & _NOT_HERE or raw.keys() & {"is_empty", "is_null"}:
        raise replies.not_spoken(f"the condition {sorted(raw)}")
    raise replies.format_error(_UNKNOWN)


def _match(key: str, match: Json) -> Filter:
    if "value" in match:
        wanted = match["value"]
        if not isinstance(wanted, (str, int, bool)):
            raise replies.format_error(_UNKNOWN)
        return _single(
            lambda point: any(_equal(value, wanted) for value in paths.leaves(point.payload, key)),
            key,
        )
    if "any" in match:
        options = list(match["any"])
        return _single(
            lambda point: any(
                _equal(value, option)
                for value in paths.leaves(point.payload, key)
                for option in options
            ),
            key,
            size=len(options),
        )
    if "except" in match:
        unwanted = list(match["except"])
        return _single(
            lambda point: any(
                not any(_equal(value, option) for option in unwanted)
                for value in paths.leaves(point.payload, key)
            ),
            key,
            size=len(unwanted),
        )
    if "text" in match:
        words = str(match["text"])
        return _single(
            lambda point: any(
                isinstance(value, str) and words in value
                for value in paths.leaves(point.payload, key)
            ),
            key,
        )
    if match.keys() & {"phrase", "text_any", "prefix"}:
        raise replies.not_spoken(f"match {sorted(match)}")
    raise replies.format_error(_UNKNOWN)


def _equal(value: object, wanted: object) -> bool:
    return type(value) is type(wanted) and value == wanted


def _range(key: str, bounds: Json) -> Filter:
    limits = {name: value for name, value in bounds.items() if value is not None}
    if any(isinstance(value, str) for value in limits.values()):
        raise replies.not_spoken("datetime ranges")
    limits = {name: float(value) for name, value in limits.items()}  # as the real server does

    def inside(value: object) -> bool:
        # A date with an index is met by its microseconds too; without one the real server says no.
        if (value := number(value)) is None:
            return False
        return (
            ("gt" not in limits or value > limits["gt"])
            and ("gte" not in limits or value >= limits["gte"])
            and ("lt" not in limits or value < limits["lt"])
            and ("lte" not in limits or value <= limits["lte"])
        )

    return _single(
        lambda point: any(inside(value) for value in paths.leaves(point.payload, key)), key
    )
