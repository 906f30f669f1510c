"""Learning a map from pairs of vectors: ridge regression, or a rotation where sizes agree. Pure.

Pairs are of three parts: most are learned from, some choose among the maps, and some, which no map
has seen, are left to judge the one that was chosen. Neighbours in the order of ids are often pieces
of one text, so whole blocks of them belong to one part.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qdrant_model_migration.embedders.learned_map import LearnedMap, Rows, to_length_one
from qdrant_model_migration.pipeline.errors import SampleTooSmall

BLOCK = 16
LEARN, CHOOSE, JUDGE = 0, 1, 2
FEWEST_TO_JUDGE = 30
_TURN = (JUDGE, LEARN, CHOOSE, LEARN, LEARN)
_STRENGTHS = (1e-6, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
"""Of the regularisation, as parts of the mean variance of an old dimension."""


class Learned(NamedTuple):
    """method: "ridge, strength 0.001" or "rotation". pairs: how many it was learned from."""

    map: LearnedMap
    method: str
    pairs: int


def parts(number: int, judging: int = 0) -> NDArray[np.int8]:
    """The part of each of so many pairs in the order of their ids, behind `judging` others that
    judge whatever their ids are: the right answers of searches."""
    block = max(1, min(BLOCK, number // 20))
    turn = _TURN if judging * (len(_TURN) - 1) < number else _TURN[1:]
    rest = np.asarray(turn, np.int8)[np.arange(number) // block % len(turn)]
    return np.concatenate([np.full(judging, JUDGE, np.int8), rest])


def learn(old: Rows, new: Rows, part: NDArray[np.int8], *, length_one: bool) -> Learned:
    """The map that comes nearest to the vectors that choose, learned anew from those as well.

    length_one: the new vectors are compared by their direction alone. Raises SampleTooSmall where
    there are fewer pairs to learn from than old dimensions, or too few to judge by.
    """
    first, choose = part == LEARN, part == CHOOSE
    size, judging = old.shape[1], int((part == JUDGE).sum())
    if first.sum() < size or judging < FEWEST_TO_JUDGE or not choose.any():
        # Of five blocks three are learned from, and one judges; the last one may be cut short.
        raise SampleTooSmall(len(part), max(2 * size, 6 * FEWEST_TO_JUDGE), size)
    tried = _candidates(old[first], new[first])
    nearness = {m: _nearness(one, old[choose], new[choose], length_one) for m, one in tried.items()}
    method = max(nearness, key=lambda name: nearness[name])
    both = first | choose
    final = _candidates(old[both], new[both], only=method)[method]
    return Learned(final, method, int(both.sum()))


def _candidates(old: Rows, new: Rows, only: str | None = None) -> dict[str, LearnedMap]:
    """Maps by their methods. only: this one alone."""
    made: dict[str, LearnedMap] = {}
    rotation = "rotation"
    if old.shape[1] == new.shape[1] and only in (None, rotation):
        left, _, right = np.linalg.svd(old.T @ new)
        made[rotation] = _as_map(left @ right, np.zeros(new.shape[1]))
    names = {f"ridge, strength {strength:g}": strength for strength in _STRENGTHS}
    wanted = {n: s for n, s in names.items() if only in (None, n)}
    if not wanted:
        return made
    centre, goal = old.mean(axis=0), new.mean(axis=0)
    x, y = old - centre, new - goal
    variances, axes = np.linalg.eigh(x.T @ x)
    variances = np.maximum(variances, 0.0)
    turned, usual = axes.T @ (x.T @ y), max(float(variances.mean()), 1e-30)
    for name, strength in wanted.items():
        matrix = axes @ (turned / (variances + strength * usual)[:, None])
        made[name] = _as_map(matrix, goal - centre @ matrix)
    return made


def _as_map(matrix: Rows, offset: Rows) -> LearnedMap:
    return LearnedMap(matrix.astype(np.float32), offset.astype(np.float32))


def _nearness(one: LearnedMap, old: Rows, new: Rows, length_one: bool) -> float:
    """How near the map comes: the mean cosine, or minus the mean squared distance."""
    made = one.of(old, length_one=length_one)
    if length_one:
        return float((made * to_length_one(new)).sum(axis=1).mean())
    return -float(((made - new) ** 2).sum(axis=1).mean())
