"""How much of what proper vectors find calculated ones find."""

from __future__ import annotations

import numpy as np
import pytest

from qdrant_model_migration.quality.retention import Searched, retention

RANDOM = np.random.default_rng(3)
DOCUMENTS = RANDOM.normal(size=(120, 8))
QUERIES = DOCUMENTS[:60] + RANDOM.normal(scale=0.1, size=(60, 8))
NOTHING = [frozenset[int]()] * 60


def searched(documents: np.ndarray, distance: str = "Cosine") -> Searched:
    return Searched(QUERIES, documents, distance)


def test_equal_vectors_find_everything_and_strange_ones_what_chance_gives() -> None:
    all_of_it = retention(searched(DOCUMENTS), searched(DOCUMENTS), NOTHING)
    assert (all_of_it.share, all_of_it.n, all_of_it.among) == (1.0, 60, 120)
    assert 0.9 < all_of_it.low < 1.0  # 60 searches do not prove that nothing is lost
    strange = retention(searched(DOCUMENTS), searched(RANDOM.normal(size=(120, 8))), NOTHING)
    assert strange.low < 10 / 120 < strange.high


def test_known_answers_count_where_proper_vectors_find_them() -> None:
    right = [frozenset({at}) for at in range(60)]
    found = retention(searched(DOCUMENTS), searched(DOCUMENTS), right)
    assert (found.share, found.n) == (1.0, 60)
    broken = DOCUMENTS.copy()
    broken[:30] *= -1
    assert retention(searched(DOCUMENTS), searched(broken), right).share == 0.5
    beyond = [frozenset({(at + 60) % 120}) for at in range(60)]
    assert retention(searched(DOCUMENTS), searched(DOCUMENTS), beyond).n < 20


def test_a_document_does_not_find_itself() -> None:
    own = Searched(DOCUMENTS, DOCUMENTS, "Cosine")
    nothing = [frozenset[int]()] * 120
    turned = Searched(DOCUMENTS, -DOCUMENTS, "Cosine")
    assert retention(own, own, nothing, leave_out_own=True).share == 1.0
    assert retention(own, turned, nothing, leave_out_own=True).share == 0.0


@pytest.mark.parametrize(("distance", "longer"), [("Cosine", 1.0), ("Dot", 0.0), ("Euclid", 0.0)])
def test_length_counts_where_the_distance_says_so(distance: str, longer: float) -> None:
    """The nearest document, made a hundred times as long or as short, where that matters."""
    documents = np.vstack([np.eye(20), -np.eye(20)])
    queries = np.eye(20)
    other = documents.copy()
    other[:20] *= -100 if distance == "Dot" else 100
    proper = Searched(queries, documents, distance)
    found = retention(proper, Searched(queries, other, distance), [frozenset[int]()] * 20)
    assert found.share == longer
