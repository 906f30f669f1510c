"""How sure a difference is: a paired bootstrap over queries, or the reason why nothing can be said.
No verdicts here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

RESAMPLES = 9_999
# With five differences even a sign test cannot reach 5 % (2 * 0.5**5 = 0.06); with six it can.
FEWEST_DIFFERENCES = 6

Reason = Literal["not a number", "too few queries", "all equal", "too few differences"]


class Interval(NamedTuple):
    """The 95 % interval of the mean difference new - old, over `n` queries.

    nonzero: how many queries differ at all. seed: makes it repeatable, stands in the report.
    """

    low: float
    high: float
    mean: float
    n: int
    nonzero: int
    seed: int


class NoInterval(NamedTuple):
    """Why there is no interval. Such a measurement proves nothing and must never be a GO."""

    reason: Reason
    n: int
    nonzero: int


def paired_interval(
    old: Sequence[float], new: Sequence[float], *, seed: int = 0
) -> Interval | NoInterval:
    """The BCa bootstrap interval (Efron 1987) of the mean of `new - old`, query by query.

    Both sequences hold one value per query, in the same order. Queries are resampled, never single
    results. What makes BCa undefined or meaningless (a value that is not a number, fewer than 2
    queries, no spread, fewer than 6 queries that differ) comes back as NoInterval.
    """
    differences = np.asarray(new, dtype=float) - np.asarray(old, dtype=float)
    n, nonzero = len(differences), int(np.count_nonzero(differences))
    if not np.isfinite(differences).all():
        return NoInterval("not a number", n, nonzero)
    if n < 2:
        return NoInterval("too few queries", n, nonzero)
    if np.ptp(differences) < 1e-12:
        return NoInterval("all equal", n, nonzero)
    if nonzero < FEWEST_DIFFERENCES:
        return NoInterval("too few differences", n, nonzero)
    from scipy.stats import bootstrap

    low, high = bootstrap(
        (differences,),
        np.mean,
        method="BCa",
        n_resamples=RESAMPLES,
        batch=200,  # all at once would take 320 MB for 2,000 queries
        rng=np.random.default_rng(seed),
    ).confidence_interval
    if not (np.isfinite(low) and np.isfinite(high)):
        return NoInterval("not a number", n, nonzero)
    return Interval(float(low), float(high), float(differences.mean()), n, nonzero, seed)
