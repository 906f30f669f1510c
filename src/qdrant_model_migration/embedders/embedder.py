"""The protocol of everything that makes vectors of texts, and the check that each vector passes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from qdrant_model_migration.embedders.errors import BadVector
from qdrant_model_migration.embedders.model import ModelRef, Role
from qdrant_model_migration.qdrant import SparseVector

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector

Array = NDArray[np.floating[Any]]

# Below this norm a float32 vector cannot be normalised without turning into noise.
SMALLEST_NORM = 1e-12

_INFINITE = "it holds values that are not finite"
_EMPTY = "it is empty"


class Embedded(NamedTuple):
    """Vectors in the order of the texts, tokens read, and how many texts were cut off.

    by: what has computed them, where it may be one or another; "": not told. Dense ones are arrays
    of float32, one dimension each; multivectors tokens by dimensions.
    """

    vectors: list[WritableVector]
    tokens: int
    cut_off: int
    by: str = ""


class Embedder(Protocol):
    """Makes vectors. Prefixes are added here, by role; callers pass the bare text."""

    @property
    def model(self) -> ModelRef:
        """The model as it was opened, its fingerprint included."""

    def embed(self, texts: Sequence[str], role: Role) -> Embedded:
        """One vector per text. Raises BadVector, which names the positions of bad ones."""


def checked_dense(model: ModelRef, rows: Iterable[Array]) -> list[WritableVector]:
    """Dense vectors of the model's size, cut where the model was made for that, or padded.

    Raises BadVector for a wrong size, for values that are not finite, and for zero vectors.
    """
    full = model.full_dimensions or model.dimensions
    made = [np.asarray(row, dtype=np.float64) for row in rows]
    for values in made:
        if values.shape != (full,):
            raise BadVector(model.label, f"it has {values.size} dimensions instead of {full}")
    if not made:
        return []
    whole = np.stack(made)
    if full < model.dimensions:
        whole = np.pad(whole, ((0, 0), (0, model.dimensions - full)))
    elif full > model.dimensions:
        whole = _normalised(whole[:, : model.dimensions])
    finite, norms = np.isfinite(whole).all(axis=1), np.linalg.norm(whole, axis=1)
    bad = dict.fromkeys(_where(norms < SMALLEST_NORM), _EMPTY)
    _raise_for(model, {**bad, **dict.fromkeys(_where(~finite), _INFINITE)})
    return list(whole.astype(np.float32))


def checked_multi(model: ModelRef, matrices: Iterable[Array]) -> list[WritableVector]:
    """Multivectors: at least one row each, every row of the model's size. Raises BadVector."""
    vectors: list[WritableVector] = []
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
        vectors.append(rows)
    _raise_for(model, bad)
    return vectors


def checked_sparse(model: ModelRef, pairs: Iterable[tuple[Any, Any]]) -> list[WritableVector]:
    """Sparse vectors, of (indices, values): each index once, at least one. Raises BadVector."""
    vectors: list[WritableVector] = []
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


def _normalised(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """A cut vector is shorter than 1, which matters under every distance but cosine."""
    unit: NDArray[np.float64] = rows / np.maximum(
        np.linalg.norm(rows, axis=1, keepdims=True), SMALLEST_NORM
    )
    return unit


def _where(mask: Any) -> list[int]:
    return [int(n) for n in np.flatnonzero(mask)]


def _fault(values: Array) -> str | None:
    if not np.isfinite(values).all():
        return _INFINITE
    if values.size == 0 or float(np.linalg.norm(values.astype(np.float64))) < SMALLEST_NORM:
        return _EMPTY
    return None


def _raise_for(model: ModelRef, bad: dict[int, str]) -> None:
    if bad:
        raise BadVector(model.label, next(iter(bad.values())), tuple(bad))
