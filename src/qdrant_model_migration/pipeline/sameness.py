"""When two payloads or two vectors are the same. Nothing is read here.

The server itself moves some doubles by one or two units in the last place, so floats are equal
within a relative 1e-12, and a mark that differs means "compare", never "different".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from qdrant_model_migration.qdrant import Document, SparseVector

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qdrant_model_migration.qdrant.points import WritableVector

_SORTED = orjson.OPT_SORT_KEYS
_RELATIVE = 1e-12
_VECTOR_TOLERANCE = 2e-3

NEARLY = 0.2
"""How far a vector may lie from another one, as a part of its length, where a model that depends on
its batch made both: a cosine of 0.98. Measured down to 0.994; the same model not quantized lies at
0.90 to 0.95, another text of a few words at most there. A text that differs in one word of many may
lie nearer: of such a model nobody can tell it."""


def same_payload(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Equal as JSON values. `1` and `1.0` differ, `1` and `true` differ."""
    try:  # nearly all are written alike, which is seen at once
        if orjson.dumps(one, option=_SORTED) == orjson.dumps(other, option=_SORTED):
            return True
    except TypeError:  # numbers beyond 64 bits
        pass
    return _same_value(one, other)


def _same_value(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return math.isclose(one, other, rel_tol=_RELATIVE, abs_tol=0.0)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same_value(one[k], other[k]) for k in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same_value, one, other))
    return bool(one == other)


def same_vector(
    one: WritableVector | None, other: WritableVector | None, tolerance: float = 1e-5
) -> bool:
    """Equal within `tolerance` per value (float32 after one more normalisation)."""
    if one is None or other is None:
        return one is other
    if isinstance(one, list) and isinstance(other, list) and one == other:
        return True  # nearly all are, which is seen at once
    if isinstance(one, SparseVector) or isinstance(other, SparseVector):
        if not isinstance(one, SparseVector) or not isinstance(other, SparseVector):
            return False
        mine, theirs = sorted(zip(*one, strict=True)), sorted(zip(*other, strict=True))
        return [index for index, _ in mine] == [index for index, _ in theirs] and same_vector(
            [value for _, value in mine], [value for _, value in theirs], tolerance
        )
    left, right = np.asarray(one, np.float32), np.asarray(other, np.float32)
    return left.shape == right.shape and bool(np.allclose(left, right, rtol=1e-4, atol=tolerance))


def made_of(
    stored: WritableVector | None,
    made: WritableVector | None,
    distance: str,
    datatype: str | None,
    *,
    nearly: bool = False,
) -> bool:
    """Whether `stored` is what `made` becomes when written: normalised under cosine, rounded.

    A model gives slightly other values in another batch, hence the wide tolerance. nearly: of one
    that gives quite other ones, see NEARLY. What the server makes of a document nobody else knows:
    there only counts whether a vector stands.
    """
    if stored is None or made is None:
        return stored is made
    if isinstance(made, Document):
        return True
    if isinstance(stored, SparseVector) or isinstance(made, SparseVector):
        return same_vector(stored, made, _VECTOR_TOLERANCE)
    left, right = np.asarray(stored, np.float64), np.asarray(made, np.float64)
    if left.shape != right.shape:
        return False
    if distance == "Cosine" and datatype != "uint8":
        right = right / np.maximum(np.linalg.norm(right, axis=-1, keepdims=True), 1e-30)
    tolerance = 1.01 if datatype == "uint8" else _VECTOR_TOLERANCE
    if datatype == "turbo4":
        tolerance = 0.2
    return bool(np.allclose(left, right, rtol=1e-2, atol=tolerance)) or (
        nearly and _near(left, right)
    )


def nearly_same(one: WritableVector | None, other: WritableVector | None) -> bool:
    """Whether a model that depends on its batch may have made both of one text; see NEARLY."""
    if one is None or other is None:
        return one is other
    if isinstance(one, SparseVector) or isinstance(other, SparseVector):
        return same_vector(one, other, _VECTOR_TOLERANCE)
    left, right = np.asarray(one, np.float64), np.asarray(other, np.float64)
    return left.shape == right.shape and _near(left, right)


def _near(left: NDArray[np.float64], right: NDArray[np.float64]) -> bool:
    apart = np.linalg.norm(left - right, axis=-1)
    return bool(np.all(apart <= NEARLY * np.linalg.norm(right, axis=-1)))
