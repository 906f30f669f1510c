"""Each search is made in its language: as it was told, else as its words show."""

from __future__ import annotations

import pytest

from qdrant_model_migration.embedders import ModelRef, Spoken
from qdrant_model_migration.quality import Leg, Query, QuerySet, Side
from qdrant_model_migration.steps.verify import in_languages

WORDS = ModelRef(kind="fastembed", name="Qdrant/bm25", dimensions=0, vector="sparse")
TOLD = Spoken(
    field="lang", told={"de": (("language", "german"),), "en": (("language", "english"),)}
)
GERMAN = "Was ist in dem Vertrag nicht geregelt"
FRENCH = "Que dit le contrat sur les loyers et la durée"


def told(query: Query, spoken: Spoken | None = TOLD) -> str | None:
    side = Side(collection="docs", legs=(Leg(using="bm25", model=WORDS, spoken=spoken),))
    (found,) = in_languages(QuerySet(queries=(query,), origin="unlabelled"), side).queries
    return found.language


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (Query(text=GERMAN), "de"),
        (Query(text=GERMAN, language="English"), "en"),
        (Query(text=GERMAN, language="klingon"), "klingon"),
        (Query(text="XR 2047"), None),
        (Query(text=FRENCH), None),
    ],
    ids=["shown", "told", "told one that nobody knows", "shows none", "shows one of no text"],
)
def test_a_search_has_the_language_that_it_was_told_or_shows(query: Query, code: str) -> None:
    assert told(query) == code


def test_where_searches_are_told_apart_by_nothing_they_stay_as_they_are() -> None:
    assert told(Query(text=GERMAN), None) is None
