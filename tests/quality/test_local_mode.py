"""The whole room on a real local collection, with two practice models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from qdrant_model_migration.embedders import fit, open_embedder
from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from qdrant_model_migration.quality import (
    Asked,
    Check,
    Document,
    Integrity,
    Searcher,
    compare,
    decide,
    made_up,
    side_by_side,
)

WHOLE = Integrity(checks=(Check(name="Each id once", ok=True),))


class World(NamedTuple):
    qdrant: Qdrant
    documents: list[Document]
    old: Searcher
    new: Searcher


def some_documents() -> list[Document]:
    """60 texts of 30 words, each around two of 20 topics; the title is four of its words."""
    random = np.random.default_rng(1)
    syllables = ["ba", "de", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu"]
    words = [a + b + c for a in syllables for b in syllables for c in syllables[:4]]
    documents = []
    for number in range(60):
        topic = random.choice(20, 2, replace=False)
        chosen = [words[t * 20 + i] for t in topic for i in random.integers(0, 20, 15)]
        random.shuffle(chosen)
        documents.append(Document(number, " ".join(sorted(chosen[:4])), " ".join(chosen)))
    return documents


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("quality")
    documents = some_documents()
    texts = [document.text for document in documents]
    with open_qdrant(Address(folder=str(folder / "qdrant"))) as qdrant:
        sides = []
        for collection, name in (("old", "practice/words-128"), ("new", "practice/subwords-256")):
            embedder = open_embedder(fit(name, texts, folder / "models"))
            size = embedder.model.dimensions
            qdrant.create_collection(
                collection, {"vectors": {"text": {"size": size, "distance": "Cosine"}}}
            )
            vectors = embedder.embed(texts, "passage").vectors
            qdrant.insert(
                collection,
                [
                    Point(document.id, {"title": document.title}, {"text": vector})
                    for document, vector in zip(documents, vectors, strict=True)
                ],
            )
            sides.append(Searcher(qdrant, collection, (Asked(embedder, "text"),), exact=True))
        qdrant.switch_alias("docs", "old")
        yield World(qdrant, documents, *sides)


def test_two_models_are_judged_on_a_real_collection(world):
    queries = made_up(world.documents, n=60)
    comparison = compare(queries, world.old, world.new, k=3)
    judged = comparison.judgement
    assert judged is not None
    assert (judged.n, judged.left_out) == (60, 0)
    assert 0.3 < (judged.old or 0) <= 1
    assert 0.3 < judged.new <= 1
    assert comparison.overlap is not None
    assert 0 < comparison.overlap.share < 1
    verdict = decide(WHOLE, judged, comparison.overlap, collection="old")
    assert verdict.evidence == "made up"


def test_a_model_against_itself_changes_nothing_and_proves_nothing(world):
    comparison = compare(made_up(world.documents, n=60), world.old, world.old)
    assert comparison.overlap.share == 1
    assert comparison.judgement.difference == 0
    assert decide(WHOLE, comparison.judgement, comparison.overlap).word == "INCONCLUSIVE"


def test_an_alias_is_searched_like_its_collection_and_results_have_their_payload(world):
    through_alias = replace(world.old, name="docs")
    title = world.documents[7].title
    seen = side_by_side(title, through_alias, world.old, limit=4)
    assert {row.move for row in seen.rows} == {"same"}
    assert all(row.hit.payload["title"] for row in seen.rows)
    assert seen.new.seconds > 0
