"""Sparse vectors as stored."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt


class Sparse(NamedTuple):
    """Indices ascending (facts §4), and their values."""

    indices: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]


def as_sparse(raw: dict[str, Any]) -> Sparse:
    """From `{"indices": [...], "values": [...]}` that was checked before."""
    indices = np.asarray(raw["indices"], dtype=np.int64)
    order = np.argsort(indices)
    return Sparse(indices[order], np.asarray(raw["values"], dtype=np.float32)[order])
