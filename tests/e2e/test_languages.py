"""Keyword search over texts in several languages: each is read in the one that a field of its
payload says, from the plan to the switch, by BM25 here and by the server's own."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import pytest

from qdrant_model_migration.embedders import open_embedder
from qdrant_model_migration.engine import change_lines, view
from qdrant_model_migration.plan import Plan
from qdrant_model_migration.qdrant import Point
from qdrant_model_migration.quality import Searcher

from .conftest import Place, document, ident
from .trips import add, plan_for, switch, to_the_cutover

pytestmark = pytest.mark.parametrize(
    "place", ["fake 1.18.3", pytest.param("real", marks=pytest.mark.server)], indirect=True
)
GERMAN, ENGLISH, NEITHER = range(20, 50), range(50, 80), 80
_NAMES = {"de": cycle(["de", "deu", "German", "de-DE"]), "en": cycle(["en", "eng", "English"])}


def written(number: int) -> dict[str, Any]:
    """A text, and the language that it is in, as one of many applications would say it."""
    if number in ENGLISH:
        said, code = "This is one of the engines that runs in the hall and is not for sale", "en"
        title = f"Is it running in hall {number}"
    else:
        said, code = "Das ist einer von den Verträgen die in dem Ordner sind und nicht gelten", "de"
        title = f"Gilt der Vertrag im Ordner {number}"
    text = f"{said} {document(number)['text']}"
    lang = "klingon" if number == NEITHER else next(_NAMES[code])
    return document(number) | {"title": title, "text": text, "lang": lang}


def write(place: Place, name: str, payloads: dict[int, dict[str, Any]]) -> None:
    texts = [payload["text"] for payload in payloads.values()]
    made = open_embedder(place.models.old).embed(texts, "passage").vectors
    with place.open() as qdrant:
        qdrant.upsert(
            name,
            [
                Point(ident(n), payload, {"": vector})
                for (n, payload), vector in zip(payloads.items(), made, strict=True)
            ],
        )


def by_words(plan: Plan, place: Place, text: str, language: str) -> set[Any]:
    """The points that the sparse vector alone finds."""
    assert plan.after is not None
    words = plan.after.model_copy(update={"legs": plan.after.legs[1:], "fusion": None})
    with place.open() as qdrant:
        searcher = words.searcher(qdrant, open_embedder)
        assert isinstance(searcher, Searcher)
        return {hit.id for hit in searcher.search(text, 100, language).hits}


@pytest.mark.parametrize(
    ("kind", "in_place"), [("fastembed", "new"), ("server", "in place")], ids=["here", "server"]
)
def test_each_text_is_read_in_the_language_that_its_field_says(
    place: Place, kind: str, in_place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qdrant_model_migration.steps.readiness.POLL_SECONDS", 0.0)
    write(place, place.collection, {n: written(n) for n in (*GERMAN, *ENGLISH, NEITHER)})
    plan = plan_for(
        place,
        "dense_to_hybrid",
        "keywords",
        keyword_model={"kind": kind, "name": "Qdrant/bm25"},
        in_place=in_place,
        proof={"kind": "made up", "title_field": "title"},
    )
    assert plan.after is not None
    assert set(plan.after.languages) == {"de", "en"}
    folder = to_the_cutover(plan)
    seen = view(folder)
    assert seen.verdict is not None
    parts = {part["part"] for part in seen.verdict["judgement"]["parts"]}
    assert {"meaning, German", "meaning, English"} <= parts
    said = [event.text for event in seen.events if "of no listed language" in event.text]
    assert said, "texts whose field names no language are counted"

    german, english = {ident(n) for n in GERMAN}, {ident(n) for n in ENGLISH}
    assert by_words(plan, place, "Verträgen", "de") == german
    assert by_words(plan, place, "Verträgen", "en") == {ident(NEITHER)}, "as it is written"
    assert by_words(plan, place, "running", "en") == english
    assert not by_words(plan, place, "running", "de")
    assert by_words(plan, place, "Verträgen", "tlh") == {ident(NEITHER)}

    now_english = written(20) | {"lang": "en"}
    write(place, place.alias, {20: now_english})
    switch(folder)
    assert by_words(plan, place, "Verträgen", "de") == german - {ident(20)}, "it was made again"
    lines = change_lines.lines(view(folder).facts["application_changes"], "Python")
    (settings,) = (line for line in lines if line.startswith("+ settings_2"))
    assert "'de': {'language': 'german'" in settings
    assert "language of the question" in settings
    meant = dict(change_lines.meaning(view(folder).facts["application_changes"]))
    assert "field lang" in meant["Language"]
    with place.open() as qdrant:
        made_by = qdrant.config(plan.after.collection).metadata["qmm_models"]["bm25"]
    assert made_by["by_language"]["field"] == "lang"
    add(folder, "rollback")
