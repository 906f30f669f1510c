"""The mark of a point: 16 bytes that change when the point does. Nothing is read here."""

from __future__ import annotations

import json
import math
import struct
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.qdrant import Point, SparseVector

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector

DIGEST_BYTES = 16
_HALF = DIGEST_BYTES // 2
FOREIGN = b"\xff" * DIGEST_BYTES
"""Stands for a point that the application has made on both sides: the run has brought none of it,
and brings none where it goes from the target again."""


def mark_of(point: Point, move: Move) -> bytes:
    """16 bytes that stand for a point of the source: what it shares with the target, and the rest.

    Shared are the payload, the shard key and the kept vectors. The rest are vectors that others are
    made of.
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
    """One half for the payload, the key and the `shared` vectors, the other for the `own` ones."""
    payload = json.dumps(_rounded(point.payload), sort_keys=True, ensure_ascii=False).encode()
    if point.key is not None:
        payload += b"\0" + json.dumps(point.key).encode()
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
            # A sparse vector without a value is not a missing one: filters tell them apart.
            mark.update(_values(vector) or b"\1")
    return mark.digest()


def _values(vector: WritableVector) -> bytes:
    """As float32, which the server keeps."""
    try:  # three times as fast for a list, as dense vectors are read
        return struct.pack(f"={len(vector)}f", *vector)
    except (struct.error, OverflowError):  # rows of a multivector, or beyond float32
        return np.asarray(vector, np.float32).tobytes()


def _rounded(value: Any) -> Any:
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return float(f"{value:.12g}") if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    return value
