"""From what both sides found to a judgement and an overlap. Pure: no searching, no deciding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Literal, NamedTuple

import numpy as np

from qdrant_model_migration.qdrant import PointId
from qdrant_model_migration.quality.intervals import Interval, paired_interval
from qdrant_model_migration.quality.judgement import Judgement, Measure, Overlap, RankChange
from qdrant_model_migration.quality.metrics import (
    best_rank,
    ndcg_at,
    overlap_at,
    recall_at,
    reciprocal_rank_at,
)
from qdrant_model_migration.quality.query_set import Query

SHOWN = 10
SHOWN_CHARACTERS = 200
MOST_PARTS = 20

_Metric = Callable[[int, Sequence[PointId], Collection[PointId]], float]


class Ranked(NamedTuple):
    """One query with the ids that each side found, best first; old None: it cannot search."""

    query: Query
    old: tuple[PointId, ...] | None
    new: tuple[PointId, ...]


class Scale(NamedTuple):
    """How queries are measured: k results count, a right answer is looked for among `depth`."""

    k: int
    depth: int
    seed: int
    origin: Literal["labelled", "made up"]


def overlap(ranked: Sequence[Ranked], k: int) -> Overlap | None:
    """The mean overlap of the first k results, None where the old side did not search."""
    shares = [overlap_at(k, one.old, one.new) for one in ranked if one.old is not None]
    return Overlap(share=float(np.mean(shares)), k=k, n=len(shares)) if shares else None


def judge(ranked: Sequence[Ranked], scale: Scale, left_out: int = 0) -> Judgement:
    """The judgement of all queries, with one for each of the 20 largest parts among them.

    `ranked` has at least one query, each query at least one right answer.
    """
    sizes = Counter(one.query.part for one in ranked)
    names = [name for name, _ in sizes.most_common(MOST_PARTS) if name is not None]
    parts: list[Judgement] = []
    if len(sizes) > 1:
        for name in names:
            part = _judge([one for one in ranked if one.query.part == name], scale)
            parts.append(part.model_copy(update={"part": name}))
    return _judge(ranked, scale).model_copy(update={"parts": tuple(parts), "left_out": left_out})


def _judge(ranked: Sequence[Ranked], scale: Scale) -> Judgement:
    k = scale.k
    old, new = _scores(recall_at, k, ranked)
    known = Judgement(
        metric=f"recall@{k}",
        k=k,
        old=None,
        new=float(np.mean(new)),
        n=len(ranked),
        seed=scale.seed,
        origin=scale.origin,
        depth=scale.depth,
        measures=(
            _measure(f"nDCG@{k}", ndcg_at, k, ranked),
            _measure(f"MRR@{k}", reciprocal_rank_at, k, ranked),
        ),
    )
    if old is None:
        return known
    found = paired_interval(old, new, seed=scale.seed)
    gains = [after - before for before, after in zip(old, new, strict=True)]
    compared = {
        "old": float(np.mean(old)),
        "difference": float(np.mean(gains)),
        "nonzero": found.nonzero,
        "worst": _changes(ranked, gains, scale.depth, 1),
        "best": _changes(ranked, gains, scale.depth, -1),
    }
    if isinstance(found, Interval):
        compared |= {"low": found.low, "high": found.high}
    else:
        compared |= {"no_interval": found.reason}
    return Judgement.model_validate({**dict(known), **compared})


def _scores(
    metric: _Metric, k: int, ranked: Sequence[Ranked]
) -> tuple[list[float] | None, list[float]]:
    """One value per query and side; None for an old side that did not search."""
    new = [metric(k, one.new, one.query.answers) for one in ranked]
    old = [metric(k, one.old, one.query.answers) for one in ranked if one.old is not None]
    return (old if len(old) == len(new) else None), new


def _measure(name: str, metric: _Metric, k: int, ranked: Sequence[Ranked]) -> Measure:
    old, new = _scores(metric, k, ranked)
    return Measure(name=name, old=float(np.mean(old)) if old else None, new=float(np.mean(new)))


def _changes(
    ranked: Sequence[Ranked], gains: Sequence[float], depth: int, sign: int
) -> tuple[RankChange, ...]:
    """The queries that lost most (sign 1) or gained most (sign -1), by metric, then by rank."""
    rows = []
    for one, gain in zip(ranked, gains, strict=True):
        before = best_rank(one.old or (), one.query.answers)
        after = best_rank(one.new, one.query.answers)
        moved = (before or depth + 1) - (after or depth + 1)
        change = RankChange(text=one.query.text[:SHOWN_CHARACTERS], old=before, new=after)
        rows.append(((sign * gain, sign * moved), change))
    rows.sort(key=lambda row: row[0])
    return tuple(change for key, change in rows[:SHOWN] if key < (0, 0))
