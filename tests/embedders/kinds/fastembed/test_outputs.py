"""Exports with several outputs: the vector is found by type, shape and name, or asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.embedders import model_from_folder, open_embedder
from qdrant_model_migration.embedders.errors import (
    ModelUnusable,
    NoVectorAmongOutputs,
    OutputUnknown,
    PoolingUnknown,
)
from support.tiny_onnx import Kind, tiny_onnx

SIZE = 6
TEXTS = ["red cat", "the dog runs to the river"]


def export(folder: Path, outputs: dict[str, Kind], **more: Any) -> Path:
    return tiny_onnx(folder / "export", dimensions=SIZE, outputs=outputs, **more)


@pytest.fixture
def plain(tmp_path: Path) -> np.ndarray:
    """What the same model gives where its tokens' vectors are its only output."""
    model = model_from_folder(tiny_onnx(tmp_path / "plain", dimensions=SIZE))
    return np.array(open_embedder(model).embed(TEXTS, "passage").vectors)


@pytest.mark.parametrize(
    ("outputs", "pooling", "used"),
    [
        ({"token_ids": "ids", "last_hidden_state": "tokens"}, "mean", "last_hidden_state"),
        ({"ids": "ids", "1234": "tokens"}, "mean", "1234"),
        ({"ids": "ids", "out": "mean"}, None, "out"),
        ({"scores": "mask", "out": "tokens"}, "mean", "out"),
        ({"attentions": "heads", "turned": "turned", "out": "tokens"}, "mean", "out"),
        ({"token_embeddings": "tokens", "sentence_embedding": "mean"}, None, "sentence_embedding"),
        ({"token_embeddings": "tokens", "sentence_embedding": "mean"}, "mean",
         "sentence_embedding"),
        ({"last_hidden_state": "tokens", "pooler_output": "first"}, "mean", None),
        ({"pooler_output": "first", "last_hidden_state": "tokens"}, "mean", "last_hidden_state"),
        ({"hidden_states.0": "tokens", "token_embeddings": "tokens"}, "mean", "token_embeddings"),
    ],
)  # fmt: skip
def test_the_vector_is_found_by_type_shape_and_name(
    tmp_path: Path,
    plain: np.ndarray,
    outputs: dict[str, Kind],
    pooling: str | None,
    used: str | None,
) -> None:
    model = model_from_folder(export(tmp_path, outputs, pooling=pooling))
    assert (model.output, model.dimensions) == (used, SIZE)
    made = open_embedder(model).embed(TEXTS, "passage").vectors
    np.testing.assert_allclose(made, plain, atol=1e-6)


def test_an_axis_of_tokens_is_not_taken_for_a_size(tmp_path: Path) -> None:
    """Whatever the number of tokens of a text: a score for each of them is no vector."""
    with pytest.raises(NoVectorAmongOutputs) as caught:
        model_from_folder(export(tmp_path, {"scores": "mask", "input_ids_again": "ids"}))
    assert "It gives scores (float32, 2 axes), input_ids_again (int64, 2 axes)." in str(
        caught.value
    )


def test_where_several_fit_a_person_says_which(tmp_path: Path, plain: np.ndarray) -> None:
    folder = export(tmp_path, {"ids": "ids", "a": "mean", "b": "first"}, pooling=None)
    with pytest.raises(OutputUnknown) as caught:
        model_from_folder(folder)
    assert [value for value, _ in caught.value.choices] == ["a", "b"]
    assert f"a: one vector per text, {SIZE} dimensions" in str(caught.value)
    assert "--model-output" in caught.value.todo
    a, b = (model_from_folder(folder, output=name) for name in ("a", "b"))
    assert (a.output, b.output) == ("a", "b")
    assert a.same_vectors(b) is False
    np.testing.assert_allclose(open_embedder(a).embed(TEXTS, "passage").vectors, plain, atol=1e-6)
    assert not np.allclose(open_embedder(b).embed(TEXTS, "passage").vectors, plain, atol=1e-3)


def test_without_a_written_pooling_a_pooler_is_not_taken_for_granted(tmp_path: Path) -> None:
    outputs: dict[str, Kind] = {"last_hidden_state": "tokens", "pooler_output": "first"}
    folder = export(tmp_path, outputs, pooling=None)
    with pytest.raises(OutputUnknown):
        model_from_folder(folder)
    with pytest.raises(PoolingUnknown):
        model_from_folder(folder, output="last_hidden_state")
    model = model_from_folder(folder, pooling="mean")
    assert (model.output, model.pooling) == (None, "mean")
    pooler = model_from_folder(folder, output="pooler_output")
    assert (pooler.output, pooler.pooling) == ("pooler_output", "none")


def test_a_pooling_that_is_said_goes_before_a_finished_output(tmp_path: Path) -> None:
    outputs: dict[str, Kind] = {"sentence_embedding": "mean", "token_embeddings": "tokens"}
    model = model_from_folder(export(tmp_path, outputs), pooling="cls")
    assert (model.output, model.pooling) == ("token_embeddings", "cls")


@pytest.mark.parametrize("name", ["ids", "nothing"])
def test_an_output_that_is_no_vector_is_refused_with_those_that_are(
    tmp_path: Path, name: str
) -> None:
    folder = export(tmp_path, {"ids": "ids", "last_hidden_state": "tokens"})
    with pytest.raises(OutputUnknown, match=rf"as {name}\. .*gives last_hidden_state: one vector"):
        model_from_folder(folder, output=name)


def test_a_file_that_takes_only_one_length_is_a_plain_sentence(tmp_path: Path) -> None:
    import onnx

    folder = export(tmp_path, {"last_hidden_state": "tokens"})
    made = onnx.load(str(folder / "model.onnx"))
    for one in made.graph.input:
        one.type.tensor_type.shape.dim[1].dim_value = 128
    onnx.save(made, str(folder / "model.onnx"))
    with pytest.raises(ModelUnusable, match="export cannot be used"):
        model_from_folder(folder)
