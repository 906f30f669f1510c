"""BM25 works with no file at all, and is told language, length and weights by its options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.embedders import (
    ModelRef,
    average_words,
    kind_of,
    open_embedder,
    reach,
    word_models,
)
from qdrant_model_migration.embedders.errors import ModelOutOfReach
from qdrant_model_migration.qdrant import SparseVector
from qdrant_model_migration.survey.word_models import spoken

TEXT = "The cats and the cat sat on the mat"


@pytest.fixture(autouse=True)
def _no_downloads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FASTEMBED_CACHE_PATH", str(tmp_path / "none"))


def bm25() -> ModelRef:
    return next(one.model for one in word_models() if one.model.name == "Qdrant/bm25")


def made(model: ModelRef, text: str = TEXT, role: Any = "passage") -> SparseVector:
    (vector,) = open_embedder(model).embed([text], role).vectors
    assert isinstance(vector, SparseVector)
    return vector


def test_it_is_here_without_a_download_and_says_that_it_has_no_list() -> None:
    model = bm25()
    assert model.options == (("stopwords", ()),)
    assert reach(model).word == "here"
    assert len(made(model).indices) == 6, "the, cat, and, sat, on, mat"
    others = [
        one
        for one in word_models()
        if one.model.name != "Qdrant/bm25" and one.model.kind == "fastembed"
    ]
    assert others
    assert {one.reach.word for one in others} == {"fetch"}


def test_with_its_list_asked_for_it_has_to_be_fetched() -> None:
    whole = bm25().model_copy(update={"options": (("language", "english"),)})
    assert reach(whole).word == "fetch"
    with pytest.raises(ModelOutOfReach):
        open_embedder(whole)


def test_with_the_list_here_filler_words_are_left_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from qdrant_model_migration.embedders.kinds.fastembed.catalogue import catalogue

    folder = tmp_path / "models--Qdrant--bm25" / "snapshots" / "abc"
    folder.mkdir(parents=True)
    (folder.parents[1] / "refs").mkdir()
    (folder.parents[1] / "refs" / "main").write_text("abc")
    for file in catalogue()["qdrant/bm25"].needed:
        (folder / file).write_text("the\nand\non\n" if file == "english.txt" else "")
    monkeypatch.setenv("FASTEMBED_CACHE_PATH", str(tmp_path))
    model = spoken(bm25(), "en")
    assert dict(model.options) == {"language": "english"}
    assert len(made(model).indices) == 3, "cat, sat, mat"
    assert average_words(model, [TEXT, "cat"]) == (4 + 1) / 2


def test_the_language_decides_the_endings() -> None:
    english, german, none = (spoken(bm25(), code) for code in ("en", "de", None))
    assert made(english, "cats") == made(english, "cat")
    assert made(german, "Häuser", "query") == made(german, "Hauses", "query")
    assert made(none, "cats", "query") != made(none, "cat", "query")


def test_a_query_weighs_each_word_alike_and_a_document_by_its_length() -> None:
    short = spoken(bm25(), "en", avg_len=4.0)
    long = spoken(bm25(), "en", avg_len=400.0)
    assert set(made(short, TEXT, "query").values) == {1.0}
    assert made(short).indices == made(long).indices
    assert all(a < b for a, b in zip(made(short).values, made(long).values, strict=True))
    flat = spoken(bm25(), "en", avg_len=4.0, k=1.2, b=0.0)
    assert made(flat, "cat").values == made(flat, "cat mat").values[:1]


def test_lengths_are_counted_in_its_own_words_each_time_that_one_occurs() -> None:
    assert average_words(spoken(bm25(), "en"), [TEXT, "mat", "..."]) == (9 + 1 + 0) / 3
    long = " ".join(["word"] * 5_000)
    assert average_words(spoken(bm25(), "en", avg_len=3.0, k=2.0, b=1.0), [long]) == 5_000


def test_it_wants_the_modifier_idf_and_others_need_not() -> None:
    wants = {one.model.name: kind_of(one.model).wants_idf(one.model) for one in word_models()}
    assert wants["Qdrant/bm25"]
    assert not wants["prithivida/Splade_PP_en_v1"]


def test_what_it_is_told_makes_other_vectors_of_it() -> None:
    assert spoken(bm25(), "en").same_vectors(spoken(bm25(), "de")) is False
