"""Models at the Qdrant server: named, told things, and opened as documents."""

from __future__ import annotations

import pytest

from qdrant_model_migration.embedders import (
    ModelRef,
    bm25,
    kind_of,
    model_by_name,
    open_embedder,
    reach,
    server_model,
    stays_here,
)
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.pipeline.speed import kept_under
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Document

TEXT = TextSource(fields=("text",))


def test_a_name_alone_never_means_one_at_the_server() -> None:
    name = "mixedbread-ai/mxbai-embed-large-v1"
    here, there = model_by_name(name), model_by_name(f"server:{name}")
    assert (here.kind, there.kind) == ("fastembed", "server")
    assert here.dimensions == there.dimensions == 1024
    assert kept_under(here) != kept_under(there)


def test_one_that_is_in_no_list_is_named_with_its_size_or_without() -> None:
    assert model_by_name("server:openai/text=1536") == server_model("openai/text", 1536)
    assert model_by_name("server:openai/text").dimensions == 0


def test_texts_stand_in_the_place_of_vectors_and_leave_this_computer() -> None:
    model = server_model("some/model", 8, options=(("mrl", 8),), passage_prefix="passage: ")
    made = open_embedder(model).embed(["a", "b"], "passage").vectors
    assert made == [Document(f"passage: {text}", "some/model", (("mrl", 8),)) for text in "ab"]
    assert reach(model).word == "remote"
    assert not stays_here(model)


def test_bm25_wants_idf_and_is_paid_to_nobody() -> None:
    model = bm25(language="german", avg_len=40.0)
    kind = kind_of(model)
    assert dict(model.options) == {"language": "german", "avg_len": 40.0}
    assert kind.wants_idf(model)
    assert kind.counts_words(model)
    assert kind.billed(model) == ""
    assert kind.billed(server_model("some/model", 8)) == "whoever runs the server"
    assert not kind.wants_idf(server_model("some/sparse", 0, "sparse"))


@pytest.mark.parametrize(
    ("model", "how"),
    [
        (server_model("some/model", 8), "infer"),
        (bm25(), "infer"),
        (ModelRef(kind="fastembed", name="some/model", dimensions=8), "embed"),
    ],
)
def test_who_makes_the_vector_is_said_by_the_model(model: ModelRef, how: str) -> None:
    assert embedded(model, TEXT).how == how
