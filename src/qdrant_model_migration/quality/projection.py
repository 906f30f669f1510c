"""Which directions of vectors tell most, so that a few of them stand for all. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]


def principal(rows: NDArray[np.floating[Any]], distance: str) -> Rows:
    """The directions, one a column, the one that tells most first; as many as a row has values.

    Under cosine and dot those that keep the products of two vectors: nothing is taken off, and
    under cosine each vector counts alike. Under Euclid and Manhattan those that keep the
    differences, which the mean has no part in.
    """
    values = np.asarray(rows, np.float64)
    if distance == "Cosine":
        values = values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-12)
    elif distance != "Dot":
        values = values - values.mean(axis=0)
    _, directions = np.linalg.eigh(values.T @ values)
    return np.asarray(directions[:, ::-1], np.float64)
