"""What a product is recognised by: the keys of some payloads, ids, names of vectors. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from qdrant_model_migration.qdrant import PointId

_DEEP = 2
_OTHERS = 10  # one payload in so many may lack a key: markers, points that somebody else wrote


class Shape(NamedTuple):
    """keys: how many of the payloads have each path. ids: "integer", "uuid 4", "uuid 5", "uuid"."""

    payloads: int
    keys: Mapping[str, int]
    ids: frozenset[str]
    vectors: tuple[str, ...]
    collection: str

    def has(self, key: str) -> bool:
        """Whether nearly every payload has it."""
        number = self.keys.get(key, 0)
        return number > 0 and number >= self.payloads - max(1, self.payloads // _OTHERS)

    @property
    def bare(self) -> bool:
        return not self.keys


def shape_of(
    payloads: Sequence[Mapping[str, Any]],
    ids: Sequence[PointId],
    vectors: Sequence[str],
    collection: str,
) -> Shape:
    keys = Counter(key for payload in payloads for key in _keys(payload, "", 1))
    return Shape(len(payloads), keys, frozenset(map(_kind, ids)), tuple(vectors), collection)


def _keys(payload: Mapping[str, Any], before: str, depth: int) -> Iterator[str]:
    for key, value in payload.items():
        yield f"{before}{key}"
        if isinstance(value, Mapping) and depth < _DEEP:
            yield from _keys(value, f"{before}{key}.", depth + 1)


def _kind(ident: PointId) -> str:
    if isinstance(ident, int):
        return "integer"
    version = UUID(ident).version
    return f"uuid {version}" if version in (4, 5) else "uuid"
