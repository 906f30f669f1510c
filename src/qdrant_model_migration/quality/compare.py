"""Runs a query set through the old and the new side. Measuring is in measure.py, deciding in
verdict.py; nothing is written to the server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from qdrant_model_migration.qdrant import PointId
from qdrant_model_migration.quality.judgement import Judgement, Overlap
from qdrant_model_migration.quality.measure import Ranked, Scale, judge, overlap
from qdrant_model_migration.quality.query_set import QuerySet
from qdrant_model_migration.quality.searcher import Searcher
from qdrant_model_migration.quality.verdict import Unjudged

K = 10
DEPTH = 50
IDS_AT_A_TIME = 256


class Comparison(NamedTuple):
    """What `decide` needs. unjudged: why there is no judgement. ranked: every query of the set."""

    judgement: Judgement | None
    overlap: Overlap | None
    unjudged: Unjudged | None
    ranked: tuple[Ranked, ...]


def compare(
    query_set: QuerySet,
    old: Searcher | None,
    new: Searcher,
    *,
    k: int = K,
    depth: int = DEPTH,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Search with every query on both sides and measure. old None: its model is not known.

    k: how many results count. depth: how far a right answer is looked for, to say where it went.
    on_progress gets the searches done and their total; it may raise to stop.
    """
    ranked = _search(query_set, old, new, max(k, depth), on_progress)
    churn = overlap(ranked, k)
    if not ranked:
        made = query_set.origin == "made up"
        return Comparison(None, None, "none made" if made else "no searches", ranked)
    if query_set.origin == "unlabelled":
        return Comparison(
            None, churn, "no answers marked" if old else "old model not known", ranked
        )
    judged = _with_known_answers(ranked, old or new)
    if not judged:
        return Comparison(None, churn, "answers not found", ranked)
    scale = Scale(k, max(k, depth), seed, query_set.origin)
    judgement = judge(judged, scale, left_out=len(ranked) - len(judged))
    return Comparison(judgement, churn, None if old else "old model not known", ranked)


def _search(
    query_set: QuerySet,
    old: Searcher | None,
    new: Searcher,
    limit: int,
    on_progress: Callable[[int, int], None] | None,
) -> tuple[Ranked, ...]:
    texts = [query.text for query in query_set.queries]
    languages = [query.language for query in query_set.queries]
    done, total = 0, len(texts) * (2 if old else 1)

    def count() -> None:
        nonlocal done
        done += 1
        if on_progress:
            on_progress(done, total)

    def ids(side: Searcher) -> list[tuple[PointId, ...]]:
        found = side.search_many(texts, limit, languages=languages, on_search=count)
        return [tuple(hit.id for hit in one.hits) for one in found]

    before = ids(old) if old else [None] * len(texts)
    return tuple(map(Ranked, query_set.queries, before, ids(new)))


def _with_known_answers(ranked: Sequence[Ranked], side: Searcher) -> list[Ranked]:
    """The queries with those of their answers that are in the collection at all.

    An answer that is not there can be found by neither side and would only blur the difference.
    """
    wanted = list(dict.fromkeys(answer for one in ranked for answer in one.query.answers))
    known: set[PointId] = set()
    for start in range(0, len(wanted), IDS_AT_A_TIME):
        ids = wanted[start : start + IDS_AT_A_TIME]
        known.update(p.id for p in side.qdrant.retrieve(side.name, ids, payload=False))
    kept = []
    for one in ranked:
        answers = tuple(answer for answer in one.query.answers if answer in known)
        if answers:
            kept.append(one._replace(query=one.query.model_copy(update={"answers": answers})))
    return kept
