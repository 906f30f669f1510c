"""Whether the neighbours of vectors are nearer than chance puts them: what a recall is worth."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist, median

import numpy as np

FEWEST_POINTS = 200
MARGIN = 0.5
"""Standard deviations. Random vectors of 8 to 384 dimensions stay within 0.3 of what chance gives,
texts by the weakest practice model lie at least 1.6 above it."""


def like_chance(
    neighbours: Sequence[Sequence[float]], others: Sequence[Sequence[float]], points: int
) -> bool | None:
    """Whether the neighbours look like the largest of so many random scores; None: cannot tell.

    For each search the scores of its exact neighbours, and of some points from all over the
    collection; higher is nearer. The spread is taken below the median, since real vectors have
    more relatives than strangers above it.
    """
    if points < FEWEST_POINTS or len(neighbours) < 8:
        return None
    heights = []
    for near, far in zip(neighbours, others, strict=True):
        middle = float(np.median(far))
        spread = middle - float(np.quantile(far, NormalDist().cdf(-1)))
        # Without any spread all points lie alike, which is no neighbourhood either.
        heights.append((float(np.mean(near)) - middle) / spread if spread > 1e-9 else 0.0)
    by_chance = NormalDist().inv_cdf(1 - len(neighbours[0]) / 2 / points)
    return median(heights) < by_chance + MARGIN
