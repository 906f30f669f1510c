"""What one search found, as a number: recall@k, nDCG@k, reciprocal rank, overlap. The rank decides,
never the score, so that ties cannot flatter. Results are ids, best first, each once."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from qdrant_model_migration.qdrant import PointId


def recall_at(k: int, results: Sequence[PointId], answers: Collection[PointId]) -> float:
    """The share of the right answers among the first k results, 0..1. No results: 0."""
    return len(set(results[:k]) & set(answers)) / len(set(answers))


def ndcg_at(k: int, results: Sequence[PointId], answers: Collection[PointId]) -> float:
    """Normalised discounted cumulative gain of the first k results with gains 0 and 1, 0..1.

    Järvelin and Kekäläinen 2002, with the discount 1 / log2(rank + 1) that trec_eval uses.
    """
    wanted = set(answers)
    discounts = 1 / np.log2(np.arange(2, k + 2))
    gains = np.array([result in wanted for result in results[:k]], dtype=float)
    return float(gains @ discounts[: len(gains)] / discounts[: len(wanted)].sum())


def best_rank(results: Sequence[PointId], answers: Collection[PointId]) -> int | None:
    """The rank of the first right answer, counted from 1; None if it is not among the results."""
    wanted = set(answers)
    return next((rank for rank, result in enumerate(results, 1) if result in wanted), None)


def reciprocal_rank_at(k: int, results: Sequence[PointId], answers: Collection[PointId]) -> float:
    """1 / rank of the first right answer, 0 if it is not among the first k. Its mean is MRR@k."""
    rank = best_rank(results[:k], answers)
    return 1 / rank if rank else 0.0


def overlap_at(k: int, old: Sequence[PointId], new: Sequence[PointId]) -> float:
    """The share of the first k results that both sides have, 0..1. Churn, not quality.

    Two empty sides are the same: 1.
    """
    longer = max(len(old[:k]), len(new[:k]))
    return len(set(old[:k]) & set(new[:k])) / longer if longer else 1.0
