"""How much of what proper vectors find calculated ones find: a share with its interval. Pure.

For each search what the proper vectors find is what has to be found again: the right answers among
their first ten, or, where none is known, the result that they put first. Found is what stands among
the first ten of the calculated ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

K = 10
FEWEST = 30
_SURE = 1.96
_AT_A_TIME = 256

Distance = Literal["Cosine", "Dot", "Euclid"]


class Retention(NamedTuple):
    """share, low, high: 0..1, with the 95 % interval of Wilson, which holds for a share of all or
    none as well. n: searches that count. among: documents that were searched."""

    share: float
    low: float
    high: float
    n: int
    among: int


class Searched(NamedTuple):
    """Vectors of searches and of the documents that are searched, and by which distance."""

    queries: NDArray[Any]
    documents: NDArray[Any]
    distance: str


def retention(
    proper: Searched,
    calculated: Searched,
    answers: Sequence[frozenset[int]],
    *,
    leave_out_own: bool = False,
) -> Retention:
    """Both search the same documents, in the same order. answers: the right ones of each search by
    their place, empty where none is known. leave_out_own: each search is the document of its own
    place, which does not count."""
    among = len(proper.documents)
    depth = K + leave_out_own
    real, made = _first(proper, depth), _first(calculated, depth)
    shares = []
    for at, known in enumerate(answers):
        right, found = real[at], made[at]
        if leave_out_own:
            right, found = ([i for i in row if i != at][:K] for row in (right, found))
        wanted = known & set(right) if known else set(right[:1])
        if wanted:
            shares.append(len(wanted & set(found)) / len(wanted))
    return _with_interval(shares, among)


def _first(searched: Searched, depth: int) -> list[list[int]]:
    """The places of the nearest documents, the nearest first."""
    rows: list[list[int]] = []
    documents = np.asarray(searched.documents, np.float64)
    lengths = (documents**2).sum(axis=1)
    if searched.distance == "Cosine":
        documents = documents / np.maximum(np.sqrt(lengths), 1e-12)[:, None]
    for start in range(0, len(searched.queries), _AT_A_TIME):
        queries = np.asarray(searched.queries[start : start + _AT_A_TIME], np.float64)
        scores = queries @ documents.T
        if searched.distance == "Euclid":
            scores = 2 * scores - lengths
        rows += np.argsort(-scores, axis=1, kind="stable")[:, :depth].tolist()
    return rows


def _with_interval(shares: Sequence[float], among: int) -> Retention:
    n = len(shares)
    if not n:
        return Retention(0.0, 0.0, 1.0, 0, among)
    share = float(np.mean(shares))
    spread, wide = _SURE**2 / n, 1 + _SURE**2 / n
    middle = (share + spread / 2) / wide
    half = _SURE / wide * sqrt(share * (1 - share) / n + spread / (4 * n))
    return Retention(share, max(0.0, middle - half), min(1.0, middle + half), n, among)
