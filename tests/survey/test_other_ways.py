"""A model in the hands of others: without its prefixes, pooled otherwise. Real files."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from qdrant_model_migration.advice.questions.model import why_closed
from qdrant_model_migration.embedders import ModelRef, model_by_name, model_from_folder
from qdrant_model_migration.embedders import open_embedder as opened
from qdrant_model_migration.embedders.kinds.fastembed.opened import pooled_by
from qdrant_model_migration.qdrant import Point
from qdrant_model_migration.survey import old_model
from qdrant_model_migration.survey.facts import VectorFact
from support.surveys import ANSWERS, docs, fact
from support.tiny_onnx import WORDS, tiny_download, tiny_onnx

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
TEXTS = [" ".join(random.Random(n).choices(WORDS[:16], k=5)) for n in range(64)]


def stored(by: ModelRef, texts: Sequence[str] = TEXTS) -> list[Point]:
    vectors = opened(by).embed(texts, "passage").vectors
    return [
        Point(n, {"text": text}, {"": [float(value) for value in vector]})
        for n, (text, vector) in enumerate(zip(TEXTS, vectors, strict=True))
    ]


def found(model: ModelRef, points: Sequence[Point]) -> old_model.OldModel:
    size = model.dimensions
    return old_model.find(
        None, False, VectorFact(name="", kind="dense", size=size), points, ["text"],
        known=lambda: (model,), reachable=lambda _: True,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny_onnx(tmp_path / "e5", pooling="mean", dimensions=16)


@pytest.fixture
def e5(folder: Path) -> ModelRef:
    prefixes = {"query_prefix": "query : ", "passage_prefix": "passage : "}
    return model_from_folder(folder, name="maker/e5", **prefixes)


def test_as_it_is_meant_nothing_is_added(e5: ModelRef) -> None:
    assert found(e5, stored(e5)).fact.note == "64 of 64 texts match"


@pytest.mark.parametrize(
    ("prefix", "said"),
    [("", "without its prefixes"), ("query : ", "with the prefix of searches")],
)
def test_a_prefix_that_was_left_out_or_taken_for_another_is_found(
    e5: ModelRef, prefix: str, said: str
) -> None:
    used = e5.model_copy(update={"passage_prefix": prefix})
    one = found(e5, stored(used))
    assert one.fact.note == f"64 of 64 texts match {said}"
    assert one.fact.value is not None
    assert one.fact.value.passage_prefix == prefix
    survey = docs(old_model=fact(one.fact.value, "re-embedded"), matches=one.matches)
    assert why_closed(survey, ANSWERS, e5) == "", "the same model used as it is meant is another"
    assert why_closed(survey, ANSWERS, one.fact.value) != ""


def test_another_pooling_is_found_of_a_folder_and_of_a_download(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_first = model_from_folder(folder, name="maker/own", pooling="cls")
    by_mean = by_first.model_copy(update={"pooling": "mean", "fingerprint": None})
    assert found(by_first, stored(by_mean)).fact.note == (
        "64 of 64 texts match pooled by the mean of the tokens"
    )
    monkeypatch.setenv("FASTEMBED_CACHE_PATH", str(tmp_path))
    tiny_download(tmp_path, "Qdrant/all-MiniLM-L6-v2-onnx", dimensions=384)
    known = model_by_name(MINILM)
    assert known is not None
    other = pooled_by(known, "cls")
    assert other is not None
    one = found(known, stored(other))
    assert one.fact.note == "64 of 64 texts match pooled by the first token"
    assert one.fact.value is not None
    assert one.fact.value.name == MINILM
    assert known.same_vectors(one.fact.value) is False


def test_lines_before_the_text_are_told_from_another_model(e5: ModelRef) -> None:
    headed = stored(e5, [f"the {text}" for text in TEXTS])
    note = found(e5, headed).fact.note
    assert "e5 comes near with text (cosine 0.9" in note
    assert "the model fits, the text does not" in note
