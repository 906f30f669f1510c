"""The protocol of everything that makes vectors of texts, and the check that each vector passes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from qdrant_model_migration.embedders.errors import BadVector
from qdrant_model_migration.embedders.model import ModelRef, Role
from qdrant_model_migration.qdrant import SparseVector, Vector

Array = NDArray[np.floating[Any]]

# Below this norm a float32 vector cannot be normalised without turning into noise.
SMALLEST_NORM = 1e-12


class Embedded(NamedTuple):
    """Vectors in the order of the texts, tokens read, and how many texts were cut off."""

    vectors: list[Vector]
    tokens: int
    cut_off: int


class Embedder(Protocol):
    """Makes vectors. Prefixes are added here, by role; callers pass the bare text."""

    @property
    def model(self) -> ModelRef:
        """The model as it was opened, its fingerprint included."""

    def embed(self, texts: Sequence[str], role: Role) -> Embedded:
        """One vector per text. Raises BadVector, which names the positions of bad ones."""


def checked_dense(model: ModelRef, rows: Iterable[Array]) -> list[Vector]:
    """Dense vectors of the model's size, cut where the model was made for that.

    Raises BadVector for a wrong size, for values that are not finite, and for zero vectors.
    """
    full = model.full_dimensions or model.dimensions
    vectors: list[Vector] = []
    bad: dict[int, str] = {}
    for position, row in enumerate(rows):
        values = np.asarray(row, dtype=np.float64)
        if values.shape != (full,):
            raise BadVector(model.label, f"it has {values.size} dimensions instead of {full}")
        if full != model.dimensions:
            values = _normalised(values[: model.dimensions])
        if reason := _fault(values):
            bad[position] = reason
        vectors.append(values.astype(np.float32).tolist())
    _raise_for(model, bad)
    return vectors


def checked_multi(model: ModelRef, matrices: Iterable[Array]) -> list[Vector]:
    """Multivectors: at least one row each, every row of the model's size. Raises BadVector."""
    vectors: list[Vector] = []
    bad: dict[int, str] = {}
    for position, matrix in enumerate(matrices):
        rows = np.asarray(matrix, dtype=np.float32)
        if rows.ndim != 2 or rows.shape[1] != model.dimensions:
            raise BadVector(
                model.label,
                f"it has the shape {rows.shape} instead of tokens by {model.dimensions}",
            )
        if reason := _fault(rows):
            bad[position] = reason
        vectors.append(rows.tolist())
    _raise_for(model, bad)
    return vectors


def checked_sparse(model: ModelRef, pairs: Iterable[tuple[Any, Any]]) -> list[Vector]:
    """Sparse vectors, of (indices, values): each index once, at least one. Raises BadVector."""
    vectors: list[Vector] = []
    bad: dict[int, str] = {}
    for position, (indices, values) in enumerate(pairs):
        keys = tuple(int(index) for index in indices)
        weights = np.asarray(values, dtype=np.float32)
        if len(set(keys)) != weights.size:
            bad[position] = "its indices are not unique"
        elif reason := _fault(weights):
            bad[position] = reason
        vectors.append(SparseVector(keys, tuple(weights.tolist())))
    _raise_for(model, bad)
    return vectors


def _normalised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A cut vector is shorter than 1, which matters under every distance but cosine."""
    return values / max(float(np.linalg.norm(values)), SMALLEST_NORM)


def _fault(values: Array) -> str | None:
    if not np.isfinite(values).all():
        return "it holds values that are not finite"
    if values.size == 0 or float(np.linalg.norm(values.astype(np.float64))) < SMALLEST_NORM:
        return "it is empty"
    return None


def _raise_for(model: ModelRef, bad: dict[int, str]) -> None:
    if bad:
        raise BadVector(model.label, next(iter(bad.values())), tuple(bad))
