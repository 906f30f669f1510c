"""A model in the hands of others: without its prefixes, pooled otherwise. Real files."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.advice import BY_KEY
from qdrant_model_migration.advice.questions.model import why_closed
from qdrant_model_migration.embedders import ModelRef, model_by_name, model_from_folder
from qdrant_model_migration.embedders import open_embedder as opened
from qdrant_model_migration.embedders.kinds.fastembed.opened import pooled_by
from qdrant_model_migration.qdrant import Point
from qdrant_model_migration.strategies.answered.texts import other_text
from qdrant_model_migration.survey import old_model
from qdrant_model_migration.survey.facts import TextField, VectorFact
from qdrant_model_migration.survey.template import filled
from support.surveys import ANSWERS, docs, fact
from support.tiny_onnx import WORDS, tiny_download, tiny_onnx

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
TEXTS = [" ".join(random.Random(n).choices(WORDS[:16], k=14)) for n in range(64)]


def stored(by: ModelRef, texts: Sequence[str] = TEXTS) -> list[Point]:
    vectors = opened(by).embed(texts, "passage").vectors
    return [
        Point(n, {"text": text}, {"": [float(value) for value in vector]})
        for n, (text, vector) in enumerate(zip(TEXTS, vectors, strict=True))
    ]


def found(
    model: ModelRef, points: Sequence[Point], field: str = "text", **vector: Any
) -> old_model.OldModel:
    size = {"size": model.dimensions, **vector}
    return old_model.find(
        None, False, VectorFact(name="", kind="dense", **size), points, [field],
        known=lambda: (model,), reachable=lambda _: True,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny_onnx(tmp_path / "e5", pooling="mean", dimensions=16, max_tokens=64)


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


def drifting(n: int) -> str:
    """Every second one is long, and ends with other words than it began with."""
    chosen = random.Random(n)
    begins, ends = chosen.sample(WORDS[:8], 3), chosen.sample(WORDS[8:16], 3)
    return " ".join([*chosen.choices(begins, k=40), *chosen.choices(ends, k=600 * (n % 2))])


DRIFTING = [drifting(n) for n in range(64)]


@pytest.mark.parametrize(
    ("reads", "cut", "said"),
    [
        (1024, ("tokens", 256), "256 tokens"),
        (128, ("tokens", 256), "256 tokens"),
        (1024, ("letters", 1000), "1,000 letters"),
    ],
)
def test_texts_that_were_cut_before_are_told_from_a_second_model(
    tmp_path: Path, reads: int, cut: tuple[str, int], said: str
) -> None:
    model = model_from_folder(tiny_onnx(tmp_path / "e5", dimensions=16, max_tokens=reads))
    used = model.model_copy(update={"cut_texts": cut})
    vectors = opened(used).embed(DRIFTING, "passage").vectors
    points = [
        Point(n, {"text": text}, {"": [float(value) for value in vector]})
        for n, (text, vector) in enumerate(zip(DRIFTING, vectors, strict=True))
    ]
    one = found(model, points)
    assert one.fact.value is not None
    assert one.fact.value.cut_texts == cut
    assert one.fact.note == (
        f"32 of 32 texts match with its texts cut after {said}. New vectors are made of all of a "
        "text that a model reads."
    )
    assert one.matches == (32, 32), "it is no mixture"
    survey = docs(old_model=fact(one.fact.value, "re-embedded"), matches=one.matches)
    assert why_closed(survey, ANSWERS, model) == "", "whole texts give other vectors"


def lengthened(points: Sequence[Point], by: int) -> list[Point]:
    return [p._replace(vectors={"": [*p.vectors[""], *([0.0] * by)]}) for p in points]  # type: ignore[misc,list-item]


def test_vectors_that_were_cut_or_filled_up_with_zeros_are_found(e5: ModelRef) -> None:
    e5 = e5.model_copy(update={"matryoshka": (8,)})
    cut = found(e5, stored(e5.cut_to(8)), size=8)
    assert cut.fact.note == "64 of 64 texts match with its vectors cut to 8 values"
    assert cut.fact.value is not None
    assert (cut.fact.value.dimensions, cut.fact.value.full_dimensions) == (8, 16)
    bare = e5.cut_to(8).model_copy(update={"passage_prefix": "", "query_prefix": ""})
    assert found(e5, stored(bare), size=8).fact.note == (
        "64 of 64 texts match with its vectors cut to 8 values, without its prefixes"
    )
    padded = found(e5, lengthened(stored(e5), 8), size=24).fact
    assert padded.note == "64 of 64 texts match with zeros behind the 16 values of its vectors"
    assert padded.value is not None
    made = opened(padded.value).embed(TEXTS[:1], "query").vectors[0]
    assert (len(made), list(made[16:])) == (24, [0.0] * 8), "it can still be searched"
    assert padded.value.cut_to(16).same_vectors(opened(e5).model)
    other = found(e5.model_copy(update={"matryoshka": ()}), stored(e5.cut_to(8)), size=8)
    assert other.fact.value is None, "only what it was made for, or what somebody names, is tried"


@pytest.mark.parametrize("distance", ["Dot", "Euclid", "Cosine"])
def test_vectors_that_are_not_of_length_one_are_found_where_lengths_count(
    e5: ModelRef, distance: str
) -> None:
    uneven = e5.model_copy(update={"normalise": False})
    fact_of = found(e5, stored(uneven), distance=distance).fact
    assert fact_of.value is not None
    if distance == "Cosine":
        assert (fact_of.note, fact_of.value.normalise) == ("64 of 64 texts match", True)
        return
    assert not fact_of.value.normalise
    assert fact_of.note == (
        "64 of 64 texts match with vectors that are not made to length one. "
        f"{distance} counts these lengths too. With a model that makes all vectors of length one "
        "that ends; the new vector keeps the distance."
    )
    even = found(uneven, stored(e5), distance=distance).fact
    assert even.note == "64 of 64 texts match with vectors made to length one"
    assert found(e5, stored(e5), distance=distance).fact.note == "64 of 64 texts match"
    doubled = [
        p._replace(vectors={"": [2 * value for value in p.vectors[""]]})  # type: ignore[misc,list-item]
        for p in stored(e5)
    ]
    note = found(e5, doubled, distance=distance).fact.note
    assert note.startswith("64 of 64 texts match with vectors of other lengths than it makes. ")


def test_a_download_that_was_not_made_to_length_one_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTEMBED_CACHE_PATH", str(tmp_path))
    tiny_download(tmp_path, "Qdrant/all-MiniLM-L6-v2-onnx", dimensions=384)
    known = model_by_name(MINILM)
    pooled = pooled_by(known, "mean")
    assert pooled is not None
    one = found(known, stored(pooled.model_copy(update={"normalise": False})), distance="Dot")
    assert one.fact.note.startswith(
        "64 of 64 texts match with vectors that are not made to length one."
    )
    assert one.fact.value is not None
    assert (one.fact.value.name, one.fact.value.normalise) == (MINILM, False)


def headed(e5: ModelRef, texts: Sequence[str], payloads: Sequence[dict[str, Any]]) -> list[Point]:
    points = stored(e5, texts)
    return [p._replace(payload=one) for p, one in zip(points, payloads, strict=True)]


def test_words_before_the_text_are_told_from_another_model(e5: ModelRef) -> None:
    note = found(e5, stored(e5, [f"see that works {text}" for text in TEXTS])).fact.note
    assert "e5 comes near with text (cosine 0." in note
    assert "the model fits, the text does not" in note


@pytest.mark.parametrize(
    "template", ["{title}\n{text}", "{title}, {text}", "Title: {title}\n\n{text}"]
)
def test_a_title_that_stood_before_the_text_is_found(e5: ModelRef, template: str) -> None:
    payloads = [{"title": WORDS[n % 16], "text": text, "n": n} for n, text in enumerate(TEXTS)]
    one = found(e5, headed(e5, [filled(template, payload) for payload in payloads], payloads))
    same = (" ".join(said.lower().split()) for said in (one.template, template))
    assert next(same) == next(same), "the model does not tell spaces apart"
    assert one.field == "text"
    assert one.fact.note == "64 of 64 texts match, together with other fields"
    survey = docs(
        old_model=one.fact, matches=one.matches, figures={"": one.figures},
        text_template=one.template,
        text_fields=fact((TextField(path="text", share=1.0, average_words=9.0),)),
    )  # fmt: skip
    suggested = BY_KEY["text"].suggest(survey, ANSWERS)
    assert suggested.value == {"fields": ["title", "text"], "template": one.template}
    assert other_text(survey, {**ANSWERS, "text": suggested.value}) is None
    alone = other_text(survey, {**ANSWERS, "text": {"fields": ["text"]}})
    assert alone is not None
    assert alone.made_of == one.template


def test_lines_of_metadata_before_the_text_of_a_node_are_found(e5: ModelRef) -> None:
    nodes = [
        {
            "metadata": {"author": WORDS[n % 7], "page": n % 4, "path": WORDS[n % 5]},
            "excluded_embed_metadata_keys": ["path"],
            "text": text,
        }
        for n, text in enumerate(TEXTS)
    ]
    said = [
        f"author: {one['metadata']['author']}\npage: {one['metadata']['page']}\n\n{one['text']}"  # type: ignore[index]
        for one in nodes
    ]
    points = headed(e5, said, [{"_node_content": json.dumps(one)} for one in nodes])
    one = found(e5, points, "_node_content.text")
    assert one.template == (
        "author: {_node_content.metadata.author}\npage: {_node_content.metadata.page}\n\n"
        "{_node_content.text}"
    ), one.fact.note


def test_a_head_that_the_first_points_lack_is_found_of_those_that_have_it(e5: ModelRef) -> None:
    titled = [{"title": WORDS[n % 16]} if n % 3 else {} for n in range(64)]
    payloads = [{**one, "text": text} for one, text in zip(titled, TEXTS, strict=True)]
    template = "Title: {title}\n\n{text}"
    one = found(e5, headed(e5, [filled(template, payload) for payload in payloads], payloads))
    assert one.fact.note == "64 of 64 texts match, together with other fields"
    assert " ".join(one.template.lower().split()) == "title: {title} {text}"


def test_lines_of_metadata_stand_in_the_order_that_most_have_and_only_where_they_are(
    e5: ModelRef,
) -> None:
    def of(n: int) -> dict[str, Any]:
        every = {"author": WORDS[n % 7], "page": n % 4, "path": WORDS[n % 5]}
        if n == 0:
            return dict(reversed(every.items()))
        return {key: value for key, value in every.items() if n % 4 != 1 or key != "page"}

    nodes = [{"metadata": of(n), "text": text} for n, text in enumerate(TEXTS)]
    said = [
        "\n".join(f"{key}: {value}" for key, value in of(n).items()) + f"\n\n{text}"
        for n, text in enumerate(TEXTS)
    ]
    points = headed(e5, said, [{"_node_content": json.dumps(one)} for one in nodes])
    one = found(e5, points, "_node_content.text")
    assert one.template == (
        "author: {_node_content.metadata.author}\npage: {_node_content.metadata.page}\n"
        "path: {_node_content.metadata.path}\n\n{_node_content.text}"
    ), one.fact.note
    assert one.matches is not None
    assert one.matches[0] >= 63, "also of points that lack a line"
