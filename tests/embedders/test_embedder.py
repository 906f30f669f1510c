"""The check that every vector passes before it can be written."""

from __future__ import annotations

import numpy as np
import pytest

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.embedders.embedder import checked_dense, checked_multi, checked_sparse
from qdrant_model_migration.embedders.errors import BadVector
from qdrant_model_migration.qdrant import SparseVector

MODEL = ModelRef(kind="fastembed", name="a/b", dimensions=3, matryoshka=(2,))
GOOD = np.array([1.0, 2.0, 2.0])


@pytest.mark.parametrize("bad", [[np.nan, 1, 1], [np.inf, 1, 1], [0, 0, 0], [1e-20, 0, 0]])
def test_the_positions_of_bad_vectors_are_named(bad: list[float]) -> None:
    with pytest.raises(BadVector) as caught:
        checked_dense(MODEL, [GOOD, np.array(bad), GOOD, np.array(bad)])
    assert caught.value.positions == (1, 3)


@pytest.mark.parametrize("size", [2, 4])
def test_a_vector_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(BadVector, match=f"{size} dimensions instead of 3"):
        checked_dense(MODEL, [np.ones(size)])


def test_a_model_that_was_cut_gives_the_first_values_with_length_one() -> None:
    (vector,) = checked_dense(MODEL.cut_to(2), [GOOD])
    assert vector == pytest.approx([1 / 5**0.5, 2 / 5**0.5])


def test_a_model_that_was_padded_gives_zeros_behind_its_values() -> None:
    (vector,) = checked_dense(MODEL.padded_to(5), [GOOD])
    assert list(vector) == [1.0, 2.0, 2.0, 0.0, 0.0]


def test_a_vector_whose_kept_part_is_empty_is_refused() -> None:
    with pytest.raises(BadVector, match="empty"):
        checked_dense(MODEL.cut_to(2), [np.array([0.0, 0.0, 1.0])])


def test_sparse_vectors_need_an_index_and_each_only_once() -> None:
    sparse = MODEL.model_copy(update={"vector": "sparse", "dimensions": 0})
    assert checked_sparse(sparse, [([7, 3], [0.5, 1.0])]) == [SparseVector((7, 3), (0.5, 1.0))]
    with pytest.raises(BadVector) as caught:
        checked_sparse(sparse, [([1], [1.0]), ([], []), ([2, 2], [1.0, 1.0]), ([1], [np.nan])])
    assert caught.value.positions == (1, 2, 3)


def test_multivectors_need_a_row_of_the_right_size() -> None:
    (rows,) = checked_multi(MODEL, [np.ones((2, 3))])
    assert np.array_equal(rows, [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
    with pytest.raises(BadVector, match="tokens by 3"):
        checked_multi(MODEL, [np.ones((2, 4))])
    with pytest.raises(BadVector, match="empty"):
        checked_multi(MODEL, [np.ones((0, 3))])
