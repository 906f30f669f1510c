"""Practice models: deterministic, finite for any text, and worse when cut."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdrant_model_migration.embedders import (
    RECIPES,
    Embedder,
    fit,
    open_embedder,
    practice_model,
)
from qdrant_model_migration.embedders.errors import (
    ModelChanged,
    ModelOutOfReach,
    ModelUnknown,
    ModelUnusable,
)

NAMES = tuple(RECIPES)


@pytest.fixture(scope="session")
def opened(practice: Path) -> dict[str, Embedder]:
    return {name: open_embedder(practice_model(name, practice)) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_the_same_texts_give_the_same_model(
    name: str, practice: Path, texts: Sequence[str], tmp_path: Path
) -> None:
    again = fit(name, texts, tmp_path)
    assert again.fingerprint == practice_model(name, practice).fingerprint
    assert fit(name, texts[1:], tmp_path).fingerprint != again.fingerprint


@pytest.mark.parametrize("name", NAMES)
def test_the_sign_of_each_dimension_is_settled(name: str, practice: Path) -> None:
    with np.load(Path(practice_model(name, practice).folder or "") / "model.npz") as saved:
        projection = saved["projection"].astype(np.float32)
    used = projection[:, projection.any(axis=0)]
    assert (used.max(axis=0) >= -used.min(axis=0)).all()


@given(text=st.text() | st.sampled_from(["", " ", "\n", "xyzzy", "日本語", "\ud800", "___"]))
def test_any_text_has_a_vector_of_length_one_that_stays_one_when_cut(
    opened: dict[str, Embedder], text: str
) -> None:
    for embedder in opened.values():
        first, second = embedder.embed([text, text], "passage").vectors
        assert np.array_equal(first, second)
        assert np.linalg.norm(first) == pytest.approx(1.0, abs=1e-5)
        for size in embedder.model.matryoshka:
            assert np.linalg.norm(first[:size]) > 1e-7


@pytest.mark.parametrize("name", NAMES)
def test_texts_without_known_words_differ_from_each_other(
    name: str, opened: dict[str, Embedder]
) -> None:
    one, other = opened[name].embed(["qqqq", "jjjj"], "passage").vectors
    assert abs(float(np.dot(one, other))) < 0.5


@pytest.mark.parametrize("name", NAMES)
def test_a_text_is_nearer_to_its_own_words_than_to_others(
    name: str, opened: dict[str, Embedder]
) -> None:
    query, near, far = (
        opened[name]
        .embed(
            ["whale swims", "the whale swims near the harbour", "the spider climbs in the kitchen"],
            "query",
        )
        .vectors
    )
    assert np.dot(query, near) > np.dot(query, far) + 0.3


def test_subwords_find_a_word_that_was_never_seen_by_its_parts(opened: dict[str, Embedder]) -> None:
    query, near, far = (
        opened["practice/subwords-256"]
        .embed(["mountainside", "mountain", "kitchen"], "query")
        .vectors
    )
    assert np.dot(query, near) > np.dot(query, far) + 0.3


@pytest.mark.parametrize("name", NAMES)
def test_words_after_the_limit_are_not_read_and_counted_as_cut_off(
    name: str, opened: dict[str, Embedder]
) -> None:
    limit = RECIPES[name].max_tokens
    whole = "whale " * limit
    done = opened[name].embed([whole + "spider " * 99, whole, "whale"], "passage")
    assert (done.tokens, done.cut_off) == (2 * limit + 1, 1)
    assert np.array_equal(done.vectors[0], done.vectors[1])


def test_a_cut_model_gives_the_first_values_of_the_whole_one(
    opened: dict[str, Embedder],
) -> None:
    whole = opened["practice/subwords-256"]
    cut = open_embedder(whole.model.cut_to(128))
    (long,), (short,) = (e.embed(["the dog sings"], "query").vectors for e in (whole, cut))
    first = np.array(long[:128])
    assert short == pytest.approx(first / np.linalg.norm(first), abs=1e-6)


def test_fewer_texts_than_dimensions_still_give_a_model_of_its_size(tmp_path: Path) -> None:
    model = fit("practice/words-128", ["red cat", "red dog", "blue cat"], tmp_path)
    (vector,) = open_embedder(model).embed(["red"], "query").vectors
    assert len(vector) == 128


def test_a_half_written_model_is_never_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(file: object, **arrays: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full_disk)
    with pytest.raises(OSError, match="No space"):
        fit("practice/words-128", ["red cat", "red dog"], tmp_path)
    with pytest.raises(ModelOutOfReach):
        practice_model("practice/words-128", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_model_whose_file_was_replaced_is_not_opened_as_the_same(tmp_path: Path) -> None:
    old = fit("practice/words-128", ["red cat", "red dog"], tmp_path)
    fit("practice/words-128", ["blue cat", "blue dog"], tmp_path)
    with pytest.raises(ModelChanged, match="files have changed"):
        open_embedder(old)


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path) -> None:
    model = fit("practice/words-128", ["red cat", "red dog"], tmp_path)
    (tmp_path / "words-128" / "model.npz").write_bytes(b"not an archive")
    with pytest.raises(ModelUnusable, match="damaged"):
        open_embedder(model.model_copy(update={"fingerprint": None}))


def test_an_unknown_practice_model_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ModelUnknown, match="words-128"):
        fit("practice/words-129", ["red"], tmp_path)
