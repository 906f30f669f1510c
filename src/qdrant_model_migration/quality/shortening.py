"""How much of a vector's neighbourhood is left when it is made shorter. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

DEPTH = 10
QUERIES = 200


class Shortened(NamedTuple):
    """share: of the 10 nearest of a whole vector, how many are among the 10 nearest of the one of
    `length` values (0..1); low: what it is at least, with 95 % confidence."""

    length: int
    share: float
    low: float


def shortened(
    rows: NDArray[np.floating[Any]],
    lengths: Sequence[int],
    distance: str,
    directions: NDArray[np.floating[Any]] | None = None,
) -> list[Shortened]:
    """For each length, of vectors from all over a collection; the longest first. Every row is
    searched in, some of them search; none finds itself. directions: of a projection, the best
    first; None: the first values are cut off and made to length one."""
    asked = np.linspace(0, len(rows) - 1, min(QUERIES, len(rows))).round().astype(int)
    whole = _nearest(rows, asked, distance)
    found = []
    for length in sorted(lengths, reverse=True):
        short = _cut(rows, length) if directions is None else rows @ directions[:, :length]
        near = _nearest(short, asked, distance)
        shares = np.array([len(a & b) / max(len(a), 1) for a, b in zip(whole, near, strict=True)])
        error = 1.96 * float(shares.std(ddof=1)) / len(shares) ** 0.5 if len(shares) > 1 else 1.0
        mean = float(shares.mean())
        found.append(Shortened(length, mean, max(0.0, mean - error)))
    return found


def _cut(rows: NDArray[np.floating[Any]], length: int) -> NDArray[np.floating[Any]]:
    short = rows[:, :length]
    norms = np.linalg.norm(short, axis=1, keepdims=True)
    made: NDArray[np.floating[Any]] = short / np.maximum(norms, 1e-12)
    return made


def _nearest(
    rows: NDArray[np.floating[Any]], asked: NDArray[np.signedinteger[Any]], distance: str
) -> list[set[int]]:
    found = []
    for at in asked:
        if distance in ("Euclid", "Manhattan"):
            power = 2 if distance == "Euclid" else 1
            scores = -np.linalg.norm(rows - rows[at], ord=power, axis=1)
        else:
            scores = rows @ rows[at]
            if distance == "Cosine":
                scores = scores / np.maximum(np.linalg.norm(rows, axis=1), 1e-12)
        scores[at] = -np.inf
        depth = min(DEPTH, len(rows) - 1)
        found.append(
            {int(n) for n in np.argpartition(-scores, depth - 1)[:depth]} if depth else set()
        )
    return found
