"""How many bytes vectors and payloads take, computed from configuration, counts and a sample."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from qdrant_model_migration.qdrant import SparseVector
from qdrant_model_migration.survey.facts import Fact, VectorFact

# bits per dimension; turbo4 adds a few bytes per vector, which a rough size does not show
_BITS = {"float32": 32, "float16": 16, "uint8": 8, "turbo4": 4}
_SPARSE_ENTRY = 8  # a 32-bit index and a 32-bit value


def vector_bytes(
    vectors: Sequence[VectorFact],
    points: int,
    sample: Sequence[Mapping[str, Any]] = (),
) -> int | None:
    """Bytes of all stored vectors, without indexes and compressed copies.

    Dense ones by size and datatype; sparse vectors and multivectors need `sample`, some points'
    vectors by name, for their average length. None where that is missing.
    """
    total = 0.0
    if not points:
        return 0
    for vector in vectors:
        each = _bytes_each(vector, [point.get(vector.name) for point in sample])
        if each is None:
            return None
        total += each * points
    return round(total)


def payload_bytes(payloads: Sequence[Mapping[str, Any]], points: int) -> int | None:
    """Bytes of all payloads as compact JSON, from a sample; None without one."""
    if not payloads:
        return None
    sampled = sum(len(_compact(payload)) for payload in payloads)
    return round(sampled / len(payloads) * points)


def bytes_fact(value: int | None, note: str) -> Fact[int]:
    """A size that was computed; not known where it is None."""
    if value is None:
        return Fact[int]()
    return Fact[int](value=value, how="estimated", note=note)


def _bytes_each(vector: VectorFact, sample: Sequence[Any]) -> float | None:
    width = _BITS.get(vector.datatype or "float32", 32) / 8
    if vector.kind == "dense":
        return vector.size * width if vector.size is not None else None
    if not sample:
        return None
    if vector.kind == "multivector":
        rows = [len(found) if found is not None else 0 for found in sample]
        return sum(rows) / len(sample) * (vector.size or 0) * width
    entries = [len(found.indices) if isinstance(found, SparseVector) else 0 for found in sample]
    return sum(entries) / len(sample) * _SPARSE_ENTRY


def _compact(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
