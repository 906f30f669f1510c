"""How much of the neighbourhood is left when vectors are cut."""

from __future__ import annotations

import numpy as np
import pytest

from qdrant_model_migration.quality.shortening import shortened

CHANCE = np.random.default_rng(5)


def test_what_stands_in_the_first_values_stays_and_what_stands_behind_them_goes() -> None:
    rows = np.zeros((300, 16))
    rows[:, :8] = CHANCE.normal(size=(300, 8))
    eight, two = shortened(rows, (2, 8), "Cosine")
    assert (eight.length, two.length) == (8, 2)
    assert eight.share == 1.0
    assert eight.low == 1.0
    assert two.share < 0.5
    assert two.low < two.share


@pytest.mark.parametrize("distance", ["Cosine", "Dot", "Euclid", "Manhattan"])
def test_the_nearest_are_those_of_the_distance(distance: str) -> None:
    rows = CHANCE.normal(size=(60, 4))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert shortened(rows, (4,), distance)[0].share == 1.0


def test_dot_weighs_by_a_length_that_cut_vectors_do_not_have() -> None:
    rows = CHANCE.normal(size=(200, 4)) * CHANCE.uniform(0.2, 5, size=(200, 1))
    assert shortened(rows, (4,), "Dot")[0].share < 0.9
    assert shortened(rows, (4,), "Cosine")[0].share == 1.0


def test_two_vectors_are_each_others_neighbours() -> None:
    assert shortened(np.eye(2), (1,), "Cosine")[0].share == 1.0
