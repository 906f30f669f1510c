"""Bytes of vectors and payloads, from configuration, counts and a few points."""

from __future__ import annotations

from qdrant_model_migration.qdrant import SparseVector
from qdrant_model_migration.survey.facts import VectorFact
from qdrant_model_migration.survey.sizes import payload_bytes, vector_bytes


def test_dense_vectors_take_size_times_width_times_points() -> None:
    plain = VectorFact(name="", kind="dense", size=384)
    assert vector_bytes([plain], 120_482) == 120_482 * 384 * 4
    for datatype, width in (("float16", 2), ("uint8", 1), ("float32", 4), ("turbo4", 0.5)):
        narrow = plain.model_copy(update={"datatype": datatype})
        assert vector_bytes([narrow], 1000) == 1000 * 384 * width


def test_sparse_and_multivectors_are_taken_from_a_sample() -> None:
    sparse = VectorFact(name="bm25", kind="sparse")
    multi = VectorFact(name="colbert", kind="multivector", size=2)
    sample = [
        {"bm25": SparseVector((1, 2, 3), (1.0, 1.0, 1.0)), "colbert": [[1.0, 2.0]] * 4},
        {"bm25": SparseVector((1,), (1.0,))},
    ]
    assert vector_bytes([sparse], 100, sample) == 100 * 2 * 8
    assert vector_bytes([multi], 100, sample) == 100 * 2 * 2 * 4


def test_what_is_not_known_is_none_and_nothing_is_zero() -> None:
    sparse = VectorFact(name="bm25", kind="sparse")
    assert vector_bytes([sparse], 100) is None
    assert vector_bytes([sparse], 0) == 0
    assert vector_bytes([], 100) == 0
    assert payload_bytes([], 100) is None


def test_payloads_are_measured_in_bytes_not_in_characters() -> None:
    assert payload_bytes([{"a": "xx"}, {"a": "é\u20ac"}], 1000) == (10 + 13) * 500
    assert payload_bytes([{"a": "\ud800"}], 1) is not None
