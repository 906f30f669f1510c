from __future__ import annotations

import pytest

from qdrant_model_migration.embedders.errors import BadVector
from qdrant_model_migration.errors import Stopped
from qdrant_model_migration.quality import Query, QuerySet, compare

QUERIES = QuerySet(
    queries=(Query(text="lease", answers=(1,)), Query(text="notice", answers=(2, 3))),
    origin="labelled",
)
OLD = {"lease": [1, 2, 3], "notice": [7, 8]}
NEW = {"lease": [2, 1, 9], "notice": [3, 2]}


def test_both_sides_are_searched_and_compared(side):
    comparison = compare(QUERIES, side(OLD), side(NEW), k=2)
    judged = comparison.judgement
    assert (judged.old, judged.new, judged.n) == (0.5, 1.0, 2)
    assert (judged.origin, judged.left_out) == ("labelled", 0)
    assert comparison.overlap.share == 0.5
    assert comparison.unjudged is None
    assert [(one.old, one.new) for one in comparison.ranked] == [
        ((1, 2, 3), (2, 1, 9)),
        ((7, 8), (3, 2)),
    ]


def test_queries_are_embedded_as_queries_in_one_batch_per_side(side):
    old, new = side(OLD), side(NEW)
    compare(QUERIES, old, new)
    for searcher in (old, new):
        assert searcher.asked[0].embedder.batches == [(("lease", "notice"), "query")]


def test_searches_use_the_vector_and_the_exactness_of_their_side(side):
    new = side(NEW, using="bge", exact=True)
    compare(QUERIES, side(OLD), new, k=2, depth=3)
    assert (
        new.qdrant.asked
        == [{"name": "docs", "using": "bge", "limit": 3, "exact": True, "payload": False}] * 2
    )


def test_many_queries_are_embedded_in_bounded_batches_and_keep_their_order(side):
    found = {f"query {i}": [i] for i in range(300)}
    queries = QuerySet(
        queries=tuple(Query(text=text, answers=(ids[0],)) for text, ids in found.items()),
        origin="made up",
    )
    new = side(found)
    comparison = compare(queries, side(found), new)
    assert [len(texts) for texts, _ in new.asked[0].embedder.batches] == [256, 44]
    assert (comparison.judgement.new, comparison.judgement.origin) == (1.0, "made up")


def test_progress_counts_the_searches_of_both_sides(side):
    seen: list[tuple[int, int]] = []
    compare(QUERIES, side(OLD), side(NEW), on_progress=lambda *now: seen.append(now))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_progress_may_stop_the_comparison(side):
    def stop(done: int, total: int) -> None:
        raise Stopped

    new = side(NEW)
    with pytest.raises(Stopped):
        compare(QUERIES, side(OLD), new, on_progress=stop)
    assert new.qdrant.asked == []


def test_answers_that_are_not_in_the_collection_are_left_out(side):
    comparison = compare(QUERIES, side(OLD, ids=[1]), side(NEW, ids=[1]), k=2)
    assert (comparison.judgement.n, comparison.judgement.left_out) == (1, 1)
    comparison = compare(QUERIES, side(OLD, ids=[]), side(NEW, ids=[]), k=2)
    assert (comparison.judgement, comparison.unjudged) == (None, "answers not found")
    assert comparison.overlap is not None


def test_an_answer_that_only_the_new_side_lost_is_judged(side):
    comparison = compare(QUERIES, side(OLD), side(NEW, ids=[]), k=2)
    assert (comparison.judgement.n, comparison.judgement.left_out) == (2, 0)


def test_unlabelled_queries_give_overlap_alone(side):
    log = QuerySet(queries=(Query(text="lease"), Query(text="notice")), origin="unlabelled")
    comparison = compare(log, side(OLD), side(NEW), k=2)
    assert (comparison.judgement, comparison.unjudged) == (None, "no answers marked")
    assert comparison.overlap.n == 2


def test_an_unknown_old_model_leaves_the_new_side(side):
    comparison = compare(QUERIES, None, side(NEW), k=2)
    assert comparison.overlap is None
    assert (comparison.judgement.old, comparison.judgement.new) == (None, 1.0)
    assert comparison.unjudged == "old model not known"  # what judges anew is its name
    log = QuerySet(queries=(Query(text="lease"),), origin="unlabelled")
    assert compare(log, None, side(NEW)).unjudged == "old model not known"


def test_no_queries_are_said(side):
    nothing = QuerySet(queries=(), origin="unlabelled")
    assert compare(nothing, side(OLD), side(NEW)).unjudged == "no searches"
    made = nothing.model_copy(update={"origin": "made up"})
    assert compare(made, side(OLD), side(NEW)).unjudged == "none made"


def test_a_query_the_model_can_make_nothing_of_finds_nothing(side):
    new = side(NEW)
    new.asked[0].embedder.unusable = ("lease",)
    comparison = compare(QUERIES, side(OLD), new, k=2)
    assert [one.new for one in comparison.ranked] == [(), (3, 2)]
    assert comparison.judgement.new == 0.5


def test_a_model_that_can_make_nothing_of_any_query_is_an_error(side):
    new = side(NEW)
    new.asked[0].embedder.unusable = ("lease", "notice")
    with pytest.raises(BadVector):
        compare(QUERIES, side(OLD), new)
