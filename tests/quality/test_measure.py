from __future__ import annotations

import pytest

from qdrant_model_migration.quality import Query, RankChange
from qdrant_model_migration.quality.measure import Ranked, Scale, judge, overlap

SCALE = Scale(k=2, depth=4, seed=9, origin="labelled")


def ranked(
    old: list[int] | None, new: list[int], answers: tuple[int, ...] = (1,), part: str | None = None
) -> Ranked:
    text = f"{old} {new} {part}"
    return Ranked(
        Query(text=text, answers=answers, part=part),
        None if old is None else tuple(old),
        tuple(new),
    )


def test_means_difference_and_interval_are_those_of_the_queries():
    rows = [ranked([1, 2], [2, 3])] * 10 + [ranked([2, 3], [1, 2])] * 30
    judged = judge(rows, SCALE)
    assert (judged.metric, judged.k, judged.n, judged.nonzero) == ("recall@2", 2, 40, 40)
    assert (judged.old, judged.new, judged.difference) == (0.25, 0.75, 0.5)
    assert judged.low is not None
    assert judged.high is not None
    assert 0 < judged.low < 0.5 < judged.high < 1
    assert [measure.name for measure in judged.measures] == ["nDCG@2", "MRR@2"]
    assert judged.measures[1].new == pytest.approx(0.75)


def test_without_an_interval_the_reason_stands_there():
    judged = judge([ranked([1], [2])], SCALE)
    assert (judged.low, judged.high, judged.no_interval) == (None, None, "too few queries")


def test_an_unknown_old_side_leaves_only_the_new_one():
    judged = judge([ranked(None, [1, 2]), ranked(None, [2, 3])], SCALE)
    assert (judged.old, judged.new, judged.difference) == (None, 0.5, None)
    assert judged.measures[0].old is None
    assert judged.worst == judged.best == ()
    assert overlap([ranked(None, [1, 2])], 2) is None


def test_worst_and_best_queries_tell_where_the_right_answer_went():
    lost, sunk, same, won = (
        ranked([1, 2], [2, 3, 4]),
        ranked([1, 2], [2, 1]),
        ranked([2, 1], [3, 1]),
        ranked([2, 3, 4], [2, 3, 1]),
    )
    judged = judge([same, sunk, won, lost], SCALE)
    assert judged.worst == (
        RankChange(text=lost.query.text, old=1, new=None),
        RankChange(text=sunk.query.text, old=1, new=2),
    )
    assert judged.best == (RankChange(text=won.query.text, old=None, new=3),)


def test_at_most_ten_worst_are_kept_and_long_queries_are_cut():
    rows = [
        Ranked(Query(text="a" * 500, answers=(1,)), (1,), (2,)),
    ] * 30
    judged = judge(rows, SCALE)
    assert len(judged.worst) == 10
    assert len(judged.worst[0].text) == 200


def test_each_part_is_judged_on_its_own():
    rows = [ranked([1], [1], part="German")] + [ranked([2], [1], part="English")] * 2
    judged = judge([*rows, ranked([2], [2])], SCALE, left_out=4)
    assert [(part.part, part.n, part.old, part.new) for part in judged.parts] == [
        ("English", 2, 0.0, 1.0),
        ("German", 1, 1.0, 1.0),
    ]
    assert (judged.n, judged.left_out) == (4, 4)


def test_a_single_part_is_the_whole_and_not_judged_twice():
    assert judge([ranked([1], [1], part="German")] * 3, SCALE).parts == ()


def test_overlap_is_the_mean_of_the_shares():
    churn = overlap([ranked([1, 2, 9], [2, 1, 8]), ranked([1, 2], [3, 4])], 2)
    assert churn is not None
    assert (churn.share, churn.k, churn.n) == (0.5, 2, 2)
