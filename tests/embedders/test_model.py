"""What a ModelRef promises."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from qdrant_model_migration.embedders import METADATA_KEY, ModelRef, mapped_from, projected_to

FULL = ModelRef(
    kind="fastembed",
    name="nomic-ai/nomic-embed-text-v1.5",
    dimensions=768,
    query_prefix="search_query: ",
    passage_prefix="search_document: ",
    max_tokens=8192,
    languages=("en",),
    fingerprint="f" * 32,
    matryoshka=(512, 256, 128, 64),
)


def test_a_model_comes_back_unchanged_from_a_collections_metadata() -> None:
    assert ModelRef.of_metadata({"mine": 1, **FULL.to_metadata()}) == FULL


def test_a_server_is_not_told_where_the_models_files_lie() -> None:
    here = FULL.model_copy(update={"folder": "/home/someone/models/nomic"})
    assert "/home/someone" not in json.dumps(here.to_metadata())
    told = ModelRef.of_metadata(here.to_metadata())
    assert told is not None
    assert told.same_vectors(here) is True


@pytest.mark.parametrize(
    "metadata",
    [{}, {METADATA_KEY: None}, {METADATA_KEY: "bge"}, {METADATA_KEY: {"name": "bge", "dims": 3}}],
)
def test_metadata_of_others_names_no_model_and_is_no_error(metadata: dict[str, object]) -> None:
    assert ModelRef.of_metadata(metadata) is None


def test_a_misspelt_field_is_an_error_and_not_a_default() -> None:
    with pytest.raises(ValidationError, match="dimension"):
        ModelRef.model_validate({"kind": "fastembed", "name": "a", "dimension": 3})


def test_a_cut_model_knows_its_full_size_and_the_smaller_cuts() -> None:
    cut = FULL.cut_to(256)
    assert (cut.dimensions, cut.full_dimensions, cut.matryoshka) == (256, 768, (128, 64))
    assert cut.cut_to(64).full_dimensions == 768
    assert FULL.cut_to(768) is FULL
    assert FULL.has_cut(cut)
    assert not cut.has_cut(FULL)


def test_a_cut_says_so_wherever_it_is_named() -> None:
    cut = FULL.cut_to(256)
    assert cut.label == f"{FULL.label} cut to 256"
    assert cut.short_name == FULL.short_name == FULL.label


def test_a_padded_model_says_so_and_is_whole_again_once_the_zeros_are_cut_off() -> None:
    padded = FULL.padded_to(1024)
    assert (padded.dimensions, padded.full_dimensions, padded.padded) == (1024, 768, True)
    assert padded.label == f"{FULL.label} padded to 1024"
    assert padded.cut_to(768) == FULL
    assert padded.cut_to(256) == FULL.cut_to(256)
    assert padded.has_cut(FULL)


def test_a_model_is_not_cut_to_a_size_it_was_not_made_for() -> None:
    with pytest.raises(ValueError, match="300"):
        FULL.cut_to(300)


def test_a_cut_that_it_was_not_made_for_says_that_it_is_unproven():
    cut = FULL.cut_to(300, unproven=True)
    assert (cut.unproven, cut.full_dimensions, cut.label.endswith("cut to 300")) == (
        True,
        768,
        True,
    )
    assert not FULL.cut_to(256, unproven=True).unproven
    assert ModelRef.of_metadata(cut.to_metadata()) == cut
    for length in (0, 769):
        with pytest.raises(ValueError, match="not made to be cut"):
            FULL.cut_to(length, unproven=True)


def test_a_projected_vector_has_no_model_that_makes_its_queries_alone():
    said = FULL.to_metadata()
    said["qmm_model"] |= {"mapped_from": FULL.name, "projected_to": 128}
    assert ModelRef.of_metadata(said) is None
    assert mapped_from(said, "") == FULL.name
    assert projected_to(said, "")
    assert not projected_to(FULL.to_metadata(), "")


@pytest.mark.parametrize(
    ("languages", "label"),
    [
        ((), "not known"),
        (("en",), "English"),
        (("zh", "en"), "Chinese, English"),
        (("many",), "many"),
        (tuple(f"l{n}" for n in range(97)), "about 100"),
    ],
)
def test_languages_fit_into_a_column(languages: tuple[str, ...], label: str) -> None:
    assert FULL.model_copy(update={"languages": languages}).languages_label == label


def test_whether_a_model_speaks_a_language_can_be_unknown() -> None:
    assert FULL.speaks("en") is True
    assert FULL.speaks("de") is False
    assert FULL.model_copy(update={"languages": ("many",)}).speaks("de") is None
    assert FULL.model_copy(update={"languages": ()}).speaks("en") is None


def test_two_models_make_the_same_vectors_by_their_files_wherever_those_lie() -> None:
    moved = FULL.model_copy(update={"folder": "/elsewhere", "license": "other"})
    assert FULL.same_vectors(moved) is True
    assert FULL.same_vectors(FULL.model_copy(update={"fingerprint": "0" * 32})) is False
    assert FULL.same_vectors(FULL.cut_to(128)) is False
    assert FULL.same_vectors(FULL.model_copy(update={"passage_prefix": ""})) is False
    assert FULL.same_vectors(FULL.model_copy(update={"fingerprint": None})) is None
