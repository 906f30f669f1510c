"""The declared table agrees with what fastembed says in prose."""

from __future__ import annotations

import re

import pytest
from fastembed import LateInteractionTextEmbedding, SparseTextEmbedding, TextEmbedding

from qdrant_model_migration.embedders.kinds.fastembed.known import KNOWN, NOT_OFFERED

LISTED = {
    model["model"]: model
    for library in (TextEmbedding, SparseTextEmbedding, LateInteractionTextEmbedding)
    for model in library.list_supported_models()
    if not model["model"].startswith("qmm-folder/")
}


def test_every_model_of_fastembed_is_declared_or_left_out_for_a_reason() -> None:
    assert set(LISTED) == set(KNOWN) | set(NOT_OFFERED)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_token_limits_languages_and_prefixes_agree_with_the_description(name: str) -> None:
    said, known = LISTED[name]["description"], KNOWN[name]
    if limit := re.search(r"(\d+) input tokens", said):
        assert known.max_tokens == int(limit[1])
    if ", English," in said:
        assert known.languages == ("en",)
    if "~100" in said:
        assert 85 <= len(known.languages) <= 100
    if "documents: necessary" in said:
        assert known.query_prefix
    if "documents: not necessary" in said:
        assert (known.query_prefix, known.passage_prefix) == ("", "")


@pytest.mark.parametrize("name", [name for name, known in KNOWN.items() if known.matryoshka])
def test_cuts_are_smaller_than_the_model_and_get_smaller(name: str) -> None:
    sizes = (LISTED[name]["dim"], *KNOWN[name].matryoshka)
    assert list(sizes) == sorted(set(sizes), reverse=True)
