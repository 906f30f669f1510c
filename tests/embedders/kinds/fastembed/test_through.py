"""Batches of about one length, several at a time; the vectors are those of each text alone."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdrant_model_migration.embedders import model_by_name, model_from_folder, open_embedder
from qdrant_model_migration.embedders.kinds.fastembed.device import device_of
from qdrant_model_migration.embedders.kinds.fastembed.through import batches, way_of
from support.tiny_onnx import SPECIAL, WORDS, tiny_onnx
from support.tiny_static import NAME, tiny_static

TOKENS = 1_024


@given(st.lists(st.integers(0, 3 * TOKENS)))
def test_every_text_is_in_one_batch_and_none_holds_too_much(lengths: list[int]) -> None:
    made = batches(lengths, TOKENS)
    assert sorted(place for batch in made for place in batch) == list(range(len(lengths)))
    for batch in made:
        padded = max(lengths[place] for place in batch) * len(batch)
        assert padded <= TOKENS or len(batch) == 1


@given(st.lists(st.integers(1, TOKENS), min_size=1))
def test_little_of_a_batch_is_filled_up(lengths: list[int]) -> None:
    longest = [max(lengths[place] for place in batch) for batch in batches(lengths, TOKENS)]
    shortest = [min(lengths[place] for place in batch) for batch in batches(lengths, TOKENS)]
    assert longest == sorted(longest, reverse=True)
    assert all(low >= high for low, high in zip(shortest, longest[1:], strict=False))


def test_texts_of_every_length_get_the_vectors_that_each_gets_alone(tmp_path: Path) -> None:
    embedder = open_embedder(model_from_folder(tiny_onnx(tmp_path / "tiny", max_tokens=400)))
    texts = [" ".join([WORDS[n % len(WORDS)]] * (n * 131 % 390 + 1)) for n in range(60)]
    together = embedder.embed(texts, "passage")
    alone = [embedder.embed([text], "passage") for text in texts]
    assert together.tokens == sum(one.tokens for one in alone)
    for vector, one in zip(together.vectors, alone, strict=True):
        assert np.array_equal(vector, one.vectors[0])


def test_batches_are_worked_on_at_the_same_time(tmp_path: Path) -> None:
    engine = open_embedder(model_from_folder(tiny_onnx(tmp_path / "tiny")))._engine  # type: ignore[attr-defined]
    met = Barrier(3)

    def make(texts: list[str], batch_size: int) -> list[str]:
        met.wait(30)
        return texts

    texts = ["red " * TOKENS, "cat " * TOKENS, "dog " * TOKENS]
    engine.model.tokenizer.enable_truncation(TOKENS)
    through = way_of(engine, callers=3)
    assert through(make, texts).made == texts


def test_a_static_model_is_read_once_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTEMBED_CACHE_PATH", str(tmp_path))
    table = tiny_static(tmp_path)
    embedder = open_embedder(model_by_name(NAME))
    done = embedder.embed(["red cat", "red " * 600], "passage")
    red, cat = (table[len(SPECIAL) + WORDS.index(word)] for word in ("red", "cat"))
    mean = (red + cat) / np.linalg.norm(red + cat)
    assert done.vectors[0] == pytest.approx(mean, abs=1e-6)
    assert (done.tokens, done.cut_off, embedder.model.max_tokens) == (2 + 512, 1, 512)
    assert embedder.embed(["red"], "query").tokens == 1


class Session:
    """Of a model that is computed by `provider`."""

    def __init__(self, provider: str) -> None:
        self._provider = provider

    def get_providers(self) -> list[str]:
        return [self._provider, "CPUExecutionProvider"]


def test_a_gpu_gets_larger_batches_and_one_that_is_not_used_is_told() -> None:
    both = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    gpu = device_of(Session("CUDAExecutionProvider"), both)
    assert gpu.name == "a GPU (CUDA)"
    assert gpu.tokens > 10 * device_of(Session("CPUExecutionProvider"), both[1:]).tokens
    missed = device_of(Session("CPUExecutionProvider"), both)
    assert missed.name == "the processor (CUDA could not be loaded)"


def test_what_computes_the_vectors_is_told(tmp_path: Path) -> None:
    embedder = open_embedder(model_from_folder(tiny_onnx(tmp_path / "tiny")))
    assert embedder.embed(["red cat"], "passage").by == "the processor"
