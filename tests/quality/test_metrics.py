from __future__ import annotations

import math

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG

from qdrant_model_migration.quality.metrics import (
    best_rank,
    ndcg_at,
    overlap_at,
    recall_at,
    reciprocal_rank_at,
)

ids = st.integers(0, 30)
runs = st.lists(ids, unique=True, max_size=20)
answers = st.lists(ids, unique=True, min_size=1, max_size=6)


@given(st.lists(st.tuples(runs, answers), min_size=1, max_size=5), st.integers(1, 15))
def test_means_are_those_of_ir_measures(queries, k):
    qrels, run = [], []
    for q, (results, wanted) in enumerate(queries):
        qrels += [ir_measures.Qrel(str(q), str(d), 1) for d in wanted]
        # The score is the rank: with equal scores trec_eval would sort by id.
        run += [ir_measures.ScoredDoc(str(q), str(d), -rank) for rank, d in enumerate(results)]
    judge = ir_measures.calc_aggregate([R @ k, nDCG @ k], qrels, run)
    n = len(queries)
    assert sum(recall_at(k, *q) for q in queries) / n == pytest.approx(judge[R @ k])
    assert sum(ndcg_at(k, *q) for q in queries) / n == pytest.approx(judge[nDCG @ k])
    cut = {str(q): {str(d) for d in results[:k]} for q, (results, _) in enumerate(queries)}
    first = ir_measures.calc_aggregate([RR], qrels, [s for s in run if s.doc_id in cut[s.query_id]])
    assert sum(reciprocal_rank_at(k, *q) for q in queries) / n == pytest.approx(first[RR])


def test_by_hand():
    assert recall_at(3, [5, 9, 7, 8], [7, 8]) == 0.5
    assert best_rank([5, 9, 7, 8], [8, 7]) == 3
    assert reciprocal_rank_at(10, [5, 9, 7, 8], [8, 7]) == pytest.approx(1 / 3)
    assert reciprocal_rank_at(2, [5, 9, 7, 8], [8, 7]) == 0
    ideal = 1 / math.log2(2) + 1 / math.log2(3)
    assert ndcg_at(3, [5, 9, 7, 8], [7, 8]) == pytest.approx(1 / math.log2(4) / ideal)


def test_a_search_without_results_counts_as_nothing_found():
    assert recall_at(10, [], [1]) == ndcg_at(10, [], [1]) == reciprocal_rank_at(10, [], [1]) == 0
    assert best_rank([], [1]) is None


@given(runs, runs, st.integers(1, 15))
def test_overlap_is_a_share_the_same_both_ways_and_one_for_equal_results(one, other, k):
    share = overlap_at(k, one, other)
    assert 0 <= share <= 1
    assert share == overlap_at(k, other, one)
    assert overlap_at(k, one, one) == 1


def test_overlap_by_hand():
    assert overlap_at(4, [1, 2, 3, 4], [4, 9, 1, 8]) == 0.5
    assert overlap_at(4, [1, 2, 3, 4], []) == 0
