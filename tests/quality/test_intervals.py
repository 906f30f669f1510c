from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qdrant_model_migration.quality.intervals import Interval, NoInterval, paired_interval


def noisy(n: int, gain: float, seed: int = 3) -> tuple[list[float], list[float]]:
    random = np.random.default_rng(seed)
    old = random.random(n)
    return list(old), list(old + gain + random.normal(0, 0.1, n))


def test_the_interval_holds_the_mean_and_what_it_rests_on():
    old, new = noisy(200, 0.05)
    found = paired_interval(old, new, seed=7)
    assert isinstance(found, Interval)
    assert found.low < found.mean < found.high
    assert found.mean == pytest.approx(np.mean(new) - np.mean(old))
    assert (found.n, found.nonzero, found.seed) == (200, 200, 7)
    # Normal theory: 1.96 * 0.1 / sqrt(200) to either side.
    assert found.high - found.low == pytest.approx(2 * 0.01386, rel=0.15)


def test_queries_are_paired_so_that_their_own_difficulty_does_not_blur():
    old = [0.0] * 50 + [1.0] * 50
    new = [value + (0.1 if i % 2 else 0.05) for i, value in enumerate(old)]
    found = paired_interval(old, new)
    assert isinstance(found, Interval)
    assert found.high - found.low < 0.02


def test_the_same_seed_gives_the_same_interval():
    old, new = noisy(50, 0.0)
    assert paired_interval(old, new, seed=1) == paired_interval(old, new, seed=1)
    assert paired_interval(old, new, seed=1) != paired_interval(old, new, seed=2)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ([0.5] * 40, [0.5] * 39 + [float("nan")], "not a number"),
        ([0.5] * 40, [0.5] * 39 + [float("inf")], "not a number"),
        ([], [], "too few queries"),
        ([0.1], [0.9], "too few queries"),
        ([0.5] * 40, [0.5] * 40, "all equal"),
        ([0.1] * 40, [0.3] * 40, "all equal"),
        ([0.0] * 50, [0.0] * 49 + [1.0], "too few differences"),
        ([0.0] * 50, [0.0] * 45 + [1.0] * 5, "too few differences"),
    ],
)
def test_what_proves_nothing_gives_a_reason_and_no_warning(old, new, reason):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = paired_interval(old, new)
    assert isinstance(found, NoInterval)
    assert (found.reason, found.n) == (reason, len(old))


values = st.sampled_from([0.0, 0.25, 0.5, 1.0, float("nan")])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(values, values), max_size=40))
def test_an_interval_is_always_finite_and_in_order(pairs):
    found = paired_interval([old for old, _ in pairs], [new for _, new in pairs])
    if isinstance(found, Interval):
        assert -1 <= found.low <= found.high <= 1
        assert found.nonzero >= 6
