"""The practice model that makes a vector of each word: the same for the same texts, and it puts the
text first that has the words of a search, the rare ones above all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdrant_model_migration.embedders import Embedder, fit_late, kind_of, late_model, open_embedder
from qdrant_model_migration.embedders.errors import ModelChanged, ModelOutOfReach, ModelUnusable

TEXTS = ["the red cat sat", "the red dog sat", "the blue cats ran"]


@pytest.fixture
def late(tmp_path: Path) -> Embedder:
    return open_embedder(fit_late(TEXTS, tmp_path))


def best(late: Embedder, text: str) -> int:
    (asked,) = late.embed([text], "query").vectors
    made = late.embed(TEXTS, "passage").vectors
    return int(np.argmax([(np.array(asked) @ np.array(one).T).max(axis=1).sum() for one in made]))


def test_each_word_of_a_text_has_a_vector_of_length_one(late: Embedder) -> None:
    made = late.embed(["the cat the dog", "", "\ud800", "w " * 200], "passage")
    assert [len(one) for one in made.vectors] == [3, 1, 1, 1]
    assert made.cut_off == 1
    for one in made.vectors:
        np.testing.assert_allclose(np.linalg.norm(one, axis=1), 1.0, atol=1e-5)


def test_a_rare_word_counts_most_and_one_with_the_same_letters_nearly_as_much(
    late: Embedder,
) -> None:
    assert best(late, "the dog") == 1
    assert best(late, "the cats") == 2
    assert best(late, "running blues") == 2


def test_it_is_for_practice_and_the_same_texts_give_the_same(tmp_path: Path) -> None:
    one, two = (fit_late(TEXTS, tmp_path / name) for name in "ab")
    assert kind_of(one).toy
    assert (one.vector, one.fingerprint) == ("multivector", two.fingerprint)
    assert fit_late(TEXTS[1:], tmp_path / "b").fingerprint != one.fingerprint


def test_a_file_that_is_gone_changed_or_damaged_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelOutOfReach):
        late_model(tmp_path)
    model = fit_late(TEXTS, tmp_path)
    fit_late(TEXTS[1:], tmp_path)
    with pytest.raises(ModelChanged):
        open_embedder(model)
    Path(model.folder or "", "model.npz").write_bytes(b"not a model")
    with pytest.raises(ModelUnusable):
        open_embedder(model.model_copy(update={"fingerprint": None}))
    assert kind_of(model).reach(model).word == "here"
