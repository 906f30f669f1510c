"""Which way of merging the lists finds more, on the same searches. Either is only a word in the
application's query: nothing that is stored depends on it."""

from __future__ import annotations

from qdrant_model_migration.qdrant import Fusion
from qdrant_model_migration.quality.judgement import Judgement, Measure

IN_WORDS: dict[Fusion, str] = {"rrf": "by rank (rrf)", "dbsf": "by score (dbsf)"}


def with_other(judged: Judgement, fusion: Fusion, other: Judgement) -> Judgement:
    """The judgement with the metric of the other way among its measures. fusion: the other one."""
    name = f"{judged.metric}, merged {IN_WORDS[fusion]}"
    further = Measure(name=name, old=judged.old, new=other.new)
    return judged.model_copy(update={"measures": (*judged.measures, further)})


def in_words(judged: Judgement, fusion: Fusion, other: Judgement) -> str:
    """What both ways found, as a sentence. fusion: the other one."""
    found = f"Merged {IN_WORDS[fusion]} the same searches find {other.new:.3f} of {judged.metric}"
    if other.new > judged.new:
        return f"{found}, which is more: change the word in the query if you like."
    return f"{found}, which is not more."
