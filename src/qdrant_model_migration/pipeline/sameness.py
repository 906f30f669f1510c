"""When two payloads or two vectors are the same, and a digest of both. Nothing is read here.

The server itself moves some doubles by one or two units in the last place, so floats are equal
within a relative 1e-12, and a digest that differs means "compare", never "different".
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.qdrant import Point, SparseVector

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector

DIGEST_BYTES = 16
_HALF = DIGEST_BYTES // 2
_RELATIVE = 1e-12
_VECTOR_TOLERANCE = 2e-3


def same_payload(one: Any, other: Any) -> bool:
    """Equal as JSON values. `1` and `1.0` differ, `1` and `true` differ."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=_RELATIVE, abs_tol=0.0)
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same_payload(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same_payload, one, other))
    return bool(one == other)


def same_vector(
    one: WritableVector | None, other: WritableVector | None, tolerance: float = 1e-5
) -> bool:
    """Equal within `tolerance` per value (float32 after one more normalisation)."""
    if one is None or other is None:
        return one is other
    if isinstance(one, SparseVector) or isinstance(other, SparseVector):
        return (
            isinstance(one, SparseVector)
            and isinstance(other, SparseVector)
            and tuple(one.indices) == tuple(other.indices)
            and same_vector(list(one.values), list(other.values), tolerance)
        )
    left, right = np.asarray(one, np.float32), np.asarray(other, np.float32)
    return left.shape == right.shape and bool(np.allclose(left, right, rtol=1e-4, atol=tolerance))


def made_of(
    stored: WritableVector | None, made: WritableVector, distance: str, datatype: str | None
) -> bool:
    """Whether `stored` is what `made` becomes when written: normalised under cosine, rounded.

    A model gives slightly other values in another batch, hence the wide tolerance.
    """
    if stored is None or isinstance(stored, SparseVector) or isinstance(made, SparseVector):
        return same_vector(stored, made, _VECTOR_TOLERANCE)
    left, right = np.asarray(stored, np.float64), np.asarray(made, np.float64)
    if left.shape != right.shape:
        return False
    if distance == "Cosine" and datatype != "uint8":
        right = right / np.maximum(np.linalg.norm(right, axis=-1, keepdims=True), 1e-30)
    tolerance = 1.01 if datatype == "uint8" else _VECTOR_TOLERANCE
    if datatype == "turbo4":
        tolerance = 0.2
    return bool(np.allclose(left, right, rtol=1e-2, atol=tolerance))


def mark_of(point: Point, move: Move) -> bytes:
    """16 bytes that stand for a point of the source: what it shares with the target, and the rest.

    Shared are the payload and the kept vectors. The rest are vectors that the target has only cut.
    """
    kept = tuple(dict.fromkeys(move.kept.values()))
    return digest(point, kept, tuple(name for name in move.read_vectors if name not in kept))


def unfinished(mark: bytes) -> bytes:
    """The mark of a point that is in the target without the vectors that a model makes."""
    return mark[:_HALF] + bytes(_HALF)


def is_unfinished(mark: bytes | None) -> bool:
    return mark is not None and mark[_HALF:] == bytes(_HALF)


def shares(mark: bytes, point: Point, move: Move) -> bool:
    """Whether a point of the target still has what it shares with the source's point of `mark`."""
    carried = {move.kept[name]: v for name, v in point.vectors.items() if name in move.kept}
    return mark[:_HALF] == mark_of(point._replace(vectors=carried), move)[:_HALF]


def digest(point: Point, shared: tuple[str, ...] = (), own: tuple[str, ...] = ()) -> bytes:
    """One half for the payload and the `shared` vectors, the other for the `own` ones."""
    payload = json.dumps(_rounded(point.payload), sort_keys=True, ensure_ascii=False).encode()
    return _half(payload, point, shared) + _half(b"", point, own)


def _half(start: bytes, point: Point, vectors: tuple[str, ...]) -> bytes:
    mark = blake2b(start, digest_size=_HALF)
    for name in vectors:
        mark.update(b"\0" + name.encode() + b"\0")
        vector = point.vectors.get(name)
        if isinstance(vector, SparseVector):
            mark.update(np.asarray(vector.indices, np.uint32).tobytes())
            vector = list(vector.values)
        if vector is not None:
            mark.update(np.asarray(vector, np.float32).tobytes())
    return mark.digest()


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.12g}") if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return value
