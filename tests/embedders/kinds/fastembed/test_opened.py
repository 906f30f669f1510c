"""The real fastembed on a tiny real ONNX model: offline, with prefixes, limits and plain errors."""

from __future__ import annotations

import socket
import string
from pathlib import Path

import numpy as np
import pytest

from qdrant_model_migration.embedders import (
    Embedded,
    ModelRef,
    list_models,
    model_by_name,
    model_from_folder,
    open_embedder,
    reach,
    within_reach,
)
from qdrant_model_migration.embedders.errors import (
    BadVector,
    FolderHoldsNoModel,
    ModelChanged,
    ModelOutOfReach,
    ModelUnknown,
    ModelUnusable,
    PoolingUnknown,
)
from qdrant_model_migration.embedders.kinds.fastembed.downloads import files_of
from qdrant_model_migration.qdrant import SparseVector
from support.tiny_onnx import WORDS, tiny_download, tiny_onnx

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
MINILM_REPO = "Qdrant/all-MiniLM-L6-v2-onnx"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def table(folder: Path) -> dict[str, np.ndarray]:
    """Each word's vector, read from the model file itself."""
    import json

    import onnx
    from onnx import numpy_helper

    (weights,) = [
        numpy_helper.to_array(one)
        for one in onnx.load(str(folder / "model.onnx")).graph.initializer
        if one.name == "table"
    ]
    words = json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"]
    return {word: weights[at] for word, at in words.items()}


def test_a_folder_becomes_a_model_that_is_described_by_what_it_does(tmp_path: Path) -> None:
    model = model_from_folder(tiny_onnx(tmp_path / "tiny"))
    assert (model.label, model.dimensions, model.max_tokens) == ("tiny", 8, 16)
    assert (model.pooling, model.normalise, model.model_file) == ("mean", True, "model.onnx")
    assert within_reach(model)


def test_vectors_are_the_mean_of_the_tokens_normalised(tmp_path: Path) -> None:
    folder = tiny_onnx(tmp_path / "tiny")
    rows = table(folder)
    mean = np.mean([rows[one] for one in ("[CLS]", "red", "cat", "[SEP]")], axis=0)
    done = open_embedder(model_from_folder(folder)).embed(["red cat", "a dog sleeps"], "passage")
    assert done.vectors[0] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)
    assert (len(done.vectors), done.tokens, done.cut_off) == (2, 4 + 5, 0)


@pytest.mark.parametrize("pooled", [True, False])
def test_pooling_inside_the_model_or_outside_gives_the_same(tmp_path: Path, pooled: bool) -> None:
    outside = open_embedder(model_from_folder(tiny_onnx(tmp_path / "outside")))
    folder = tiny_onnx(tmp_path / "inside", pooled=pooled, pooling="mean")
    inside = open_embedder(model_from_folder(folder))
    texts = ["red cat", "the dog runs to the river"]
    for one, other in zip(
        outside.embed(texts, "query").vectors, inside.embed(texts, "query").vectors, strict=True
    ):
        assert one == pytest.approx(other, abs=1e-5)


def test_cls_pooling_takes_the_first_token(tmp_path: Path) -> None:
    folder = tiny_onnx(tmp_path / "tiny", pooling="cls", normalise=False)
    (vector,) = open_embedder(model_from_folder(folder)).embed(["red cat"], "query").vectors
    assert vector == pytest.approx(table(folder)["[CLS]"], abs=1e-6)


def test_two_folders_of_one_shape_keep_their_own_ways(tmp_path: Path) -> None:
    lengths = []
    for normalise in (True, False):
        model = model_from_folder(tiny_onnx(tmp_path / str(normalise), normalise=normalise))
        (vector,) = open_embedder(model).embed(["red cat"], "query").vectors
        lengths.append(float(np.linalg.norm(vector)))
    assert lengths[0] == pytest.approx(1.0)
    assert lengths[1] != pytest.approx(1.0, abs=0.01)


def test_a_text_beyond_the_limit_is_counted_as_cut_off(tmp_path: Path) -> None:
    embedder = open_embedder(model_from_folder(tiny_onnx(tmp_path / "tiny", max_tokens=6)))
    done = embedder.embed(["red cat dog bird", "red cat dog bird house"], "passage")
    assert (done.tokens, done.cut_off) == (12, 1)
    assert done.vectors[0] == pytest.approx(done.vectors[1], abs=1e-6)


def test_prefixes_are_added_by_role_and_found_in_the_folder(tmp_path: Path) -> None:
    prompts = {"query": "search_query: ", "passage": "search_document: "}
    model = model_from_folder(tiny_onnx(tmp_path / "tiny", prompts=prompts))
    bare = open_embedder(model.model_copy(update={"query_prefix": "", "passage_prefix": ""}))
    embedder = open_embedder(model)
    for role, prefix in (("query", "search_query: "), ("passage", "search_document: ")):
        (expected,) = bare.embed([prefix + "red cat"], "query").vectors
        (found,) = embedder.embed(["red cat"], role).vectors  # type: ignore[arg-type]
        assert found == pytest.approx(expected, abs=1e-6)


def test_prefixes_that_are_given_go_before_those_in_the_folder(tmp_path: Path) -> None:
    folder = tiny_onnx(tmp_path / "tiny", prompts={"query": "a", "document": "b"})
    model = model_from_folder(folder, query_prefix="")
    assert (model.query_prefix, model.passage_prefix) == ("", "b")


@pytest.mark.parametrize("value", [np.nan, 0.0])
def test_a_vector_that_is_not_finite_or_zero_is_never_given_out(
    tmp_path: Path, value: float
) -> None:
    folder = tiny_onnx(tmp_path / "tiny", unknown_value=value)
    embedder = open_embedder(model_from_folder(folder, normalise=False))
    with pytest.raises(BadVector) as caught:
        embedder.embed(["red cat", "xyzzy", "blue dog"], "passage")
    assert caught.value.positions == (1,)


def test_a_model_of_another_size_than_said_is_refused(tmp_path: Path) -> None:
    model = model_from_folder(tiny_onnx(tmp_path / "tiny")).model_copy(update={"dimensions": 9})
    with pytest.raises(BadVector, match="8 dimensions instead of 9"):
        open_embedder(model).embed(["red cat"], "query")


def test_no_texts_give_no_vectors(tmp_path: Path) -> None:
    embedder = open_embedder(model_from_folder(tiny_onnx(tmp_path / "tiny")), threads=1)
    assert embedder.embed([], "passage") == Embedded([], 0, 0)


def test_a_downloaded_model_is_found_and_opened_as_the_library_knows_it(downloads: Path) -> None:
    tiny_download(downloads, MINILM_REPO, dimensions=384, max_tokens=7)
    model = model_by_name("all-minilm-l6-v2")
    assert within_reach(model)
    assert model.fingerprint
    assert model.pooling is None
    embedder = open_embedder(model)
    assert len(embedder.embed(["red cat"], "query").vectors[0]) == 384
    # The tokenizer's own limit is the one that cuts, whatever the list says.
    assert (model.max_tokens, embedder.model.max_tokens) == (256, 7)
    assert [one.name for one in list_models() if reach(one).word == "here"] == [MINILM]


def test_a_downloaded_multivector_model_gives_a_row_per_token(downloads: Path) -> None:
    words = ("[MASK]", *WORDS, *string.punctuation.replace(",", "").replace(":", ""))
    tiny_download(downloads, "colbert-ir/colbertv2.0", dimensions=128, max_tokens=32, words=words)
    embedder = open_embedder(model_by_name("colbertv2.0"))
    passages = embedder.embed(["red cat", "the red cat , dog"], "passage").vectors
    assert [len(one) for one in passages] == [5, 7]
    assert {len(row) for one in passages for row in one} == {128}  # type: ignore[arg-type]


def test_a_downloaded_sparse_model_gives_words_and_names_texts_without_any(downloads: Path) -> None:
    bm25 = model_by_name("Qdrant/bm25")
    snapshot = downloads / "models--Qdrant--bm25" / "snapshots" / "1"
    snapshot.mkdir(parents=True)
    for file in files_of(bm25):
        (snapshot / file).write_text("the\nand" if file == "english.txt" else "")
    refs = downloads / "models--Qdrant--bm25" / "refs"
    refs.mkdir()
    (refs / "main").write_text("1")
    embedder = open_embedder(bm25)
    (passage,) = embedder.embed(["the cat and the cats"], "passage").vectors
    (query,) = embedder.embed(["cat"], "query").vectors
    assert isinstance(passage, SparseVector)
    assert isinstance(query, SparseVector)
    assert passage.indices == query.indices
    with pytest.raises(BadVector) as caught:
        embedder.embed(["cat", "the and", "dog"], "passage")
    assert caught.value.positions == (1,)


@pytest.mark.parametrize("gone", ["model.onnx", "tokenizer.json", "tokenizer_config.json"])
def test_a_download_that_is_not_whole_is_out_of_reach(downloads: Path, gone: str) -> None:
    snapshot = tiny_download(downloads, MINILM_REPO, dimensions=384)
    model = model_by_name(MINILM)
    (snapshot / gone).unlink()
    assert not within_reach(model)
    with pytest.raises(ModelOutOfReach, match="is not on this computer"):
        open_embedder(model)


def test_a_damaged_model_file_is_a_plain_sentence(downloads: Path) -> None:
    snapshot = tiny_download(downloads, MINILM_REPO, dimensions=384)
    (snapshot / "model.onnx").write_bytes(b"\x00 broken")
    with pytest.raises(ModelUnusable, match="all-MiniLM-L6-v2 cannot be used"):
        open_embedder(model_by_name(MINILM))


def test_a_model_whose_files_changed_since_is_refused(downloads: Path) -> None:
    snapshot = tiny_download(downloads, MINILM_REPO, dimensions=384)
    model = model_by_name(MINILM)
    tiny_onnx(snapshot, dimensions=384, seed=1)
    with pytest.raises(ModelChanged):
        open_embedder(model)
    assert open_embedder(model.model_copy(update={"fingerprint": None})).model.fingerprint


def test_a_known_model_can_lie_in_a_folder_for_a_machine_without_internet(tmp_path: Path) -> None:
    folder = tiny_onnx(tmp_path / "carried here", dimensions=384)
    model = model_from_folder(folder, name=MINILM)
    assert (model.name, model.folder, model.pooling) == (MINILM, str(folder), None)
    assert len(open_embedder(model).embed(["red cat"], "query").vectors[0]) == 384


def test_a_folder_without_a_model_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FolderHoldsNoModel) as caught:
        model_from_folder(tmp_path)
    assert "model.onnx, tokenizer.json and tokenizer_config.json are missing" in str(caught.value)


def test_a_folder_is_as_good_as_a_name(tmp_path: Path) -> None:
    folder = tiny_onnx(tmp_path / "tiny")
    assert model_by_name(str(folder)) == model_from_folder(folder)
    assert model_by_name(f"fastembed:{folder}") == model_from_folder(folder)
    with pytest.raises(FolderHoldsNoModel):
        model_by_name(str(tmp_path))


def test_pooling_is_asked_for_and_never_guessed(tmp_path: Path) -> None:
    folder = tiny_onnx(tmp_path / "tiny", pooling=None)
    with pytest.raises(PoolingUnknown, match="cls, mean or last"):
        model_from_folder(folder)
    assert model_from_folder(folder, pooling="cls").pooling == "cls"


def test_an_unknown_name_gets_names_that_are_close() -> None:
    with pytest.raises(ModelUnknown, match=r"BAAI/bge-small-en-v1\.5"):
        model_by_name("BAAI/bge-smal-en-v1.5")
    with pytest.raises(ModelUnknown):
        open_embedder(ModelRef(kind="fastembed", name="nobody/nothing", dimensions=3))


def test_the_list_has_practice_models_first_and_no_model_of_one_side_only(practice: Path) -> None:
    models = list_models(practice)
    names = [model.name for model in models]
    assert names[:2] == ["practice/words-128", "practice/subwords-256"]
    assert "BAAI/bge-small-en-v1.5" in names
    assert "Qdrant/constella-zero" not in names
    assert len(names) == len({(model.kind, model.name) for model in models})
