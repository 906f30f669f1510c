"""The survey as every face shows it: always the same lines, empty while not known, in words."""

from __future__ import annotations

from typing import Any

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.qdrant import Qdrant
from qdrant_model_migration.survey import Fact, Line, TextField, VectorFact, facts_of, lines, survey

MODEL = ModelRef(kind="fastembed", name="maker/all-MiniLM-L6-v2", dimensions=384)
FACTS: dict[str, Fact[Any]] = {
    "server": Fact[str](value="Qdrant 1.18.1", how="asked"),
    "add_vector": Fact[bool](value=True, how="by its version", note="add a named vector"),
    "insert_only": Fact[bool](value=True, how="by its version", note="insert-only writes"),
    "points": Fact[int](value=120_482, how="counted"),
    "status": Fact[str](value="green", how="asked", note="everything indexed"),
    "vectors": Fact[tuple[VectorFact, ...]](
        value=(VectorFact(name="", kind="dense", size=384, distance="Cosine"),), how="asked"
    ),
    "quantization": Fact[dict[str, Any]](
        value={"scalar": {}}, how="asked", note="scalar int8, kept in memory"
    ),
    "text_fields": Fact[tuple[TextField, ...]](value=(), how="sample", note="sample of 2,000"),
    "text_field": Fact[str](value="text", how="sample"),
    "texts_missing": Fact[int](value=118, how="counted"),
    "average_tokens": Fact[float](value=181.4, how="sample"),
    "longest_tokens": Fact[int](value=2204, how="sample"),
    "languages": Fact[dict[str, float]](
        value={"en": 0.97, "de": 0.02, "other": 0.01}, how="sample"
    ),
    "old_model": Fact[ModelRef](value=MODEL, how="re-embedded", note="64 of 64 texts match"),
    "payload_fields": Fact[tuple[str, ...]](value=tuple("abcdefg"), how="sample"),
    "payload_indexes": Fact[tuple[str, ...]](value=("a", "b"), how="asked"),
    "vector_bytes": Fact[int](value=185_060_352, how="estimated"),
    "payload_bytes": Fact[int](value=146_000_000, how="estimated"),
    "aliases": Fact[tuple[str, ...]](value=("docs", "docs_de"), how="asked"),
    "writes": Fact[int](value=1, how="counted", note="1 new point in 30 s"),
}


def by_key(**changed: Fact[Any]) -> dict[str, Line]:
    return {line.key: line for line in lines({**FACTS, **changed})}


def test_the_lines_read_as_a_person_expects_them() -> None:
    assert [(line.what, line.found, line.how) for line in lines(FACTS)] == [
        ("Server", "Qdrant 1.18.1", "asked"),
        ("It can", "add a named vector: yes", "by its version"),
        ("", "insert-only writes: yes", "by its version"),
        ("Points", "120,482, status green", "counted"),
        ("Vectors", "1 without a name: 384 dimensions, cosine", "asked"),
        ("Quantization", "scalar int8, kept in memory", "asked"),
        ("Text field", "text: in 120,364 points; 118 have none", "counted"),
        ("Text length", "about 181 tokens on average, longest 2,204", "sample of 2,000"),
        ("Languages", "English 97 %, German 2 %, other 1 %", "sample of 2,000"),
        ("Old model", "all-MiniLM-L6-v2: 64 of 64 texts match", "re-embedded"),
        ("Payload", "7 fields, 2 payload indexes", "sample of 2,000"),
        ("Size", "331 MB: vectors 185 MB, payload 146 MB", "estimated"),
        ("Aliases", "docs, docs_de", "asked"),
        ("Writes", "1 new point in 30 s", "counted"),
    ]


def test_lines_that_are_not_known_yet_are_empty_and_in_their_place() -> None:
    whole = lines(FACTS)
    told: dict[str, Fact[Any]] = {}
    for key, fact in FACTS.items():
        told[key] = fact
        now = lines(told)
        assert [(line.key, line.what) for line in now] == [(line.key, line.what) for line in whole]
    for line in lines({}):
        assert (line.found, line.how, line.settle) == ("", "", False)


def test_several_fields_ask_to_be_settled() -> None:
    note = "two fields hold long texts (a, b). Choose the one the old model was made from."
    line = by_key(text_field=Fact[str](value="a", how="sample", note=note))["text_field"]
    assert line.settle
    assert line.note == note


def test_a_field_that_was_told_or_shown_has_nothing_to_settle() -> None:
    for how in ("told", "re-embedded"):
        fact = Fact[str](value="a", how=how, note="said by you")  # type: ignore[arg-type]
        assert not by_key(text_field=fact)["text_field"].settle


def test_an_estimate_of_missing_texts_says_about() -> None:
    missing = Fact[int](value=1200, how="sample", note="20 of 2,000 sampled")
    line = by_key(texts_missing=missing)["text_field"]
    assert line.found == "text: in about 119,282 points; about 1,200 have none"
    assert line.how == "sample of 2,000"
    none = by_key(texts_missing=Fact[int](value=0, how="sample"))["text_field"]
    assert none.found == "text: in all points of the sample"


def test_what_is_not_known_is_said_in_words_and_its_sentence_stands_beside_it() -> None:
    note = "The old model is not known: no known model makes 7 dimensions. It is needed for this."
    found = by_key(
        old_model=Fact[ModelRef](note=note),
        text_field=Fact[str](how="sample", note="No text was found."),
        vector_bytes=Fact[int](),
        languages=Fact[dict[str, float]](value={}, how="sample"),
        aliases=Fact[tuple[str, ...]](value=(), how="asked"),
    )
    assert (found["old_model"].found, found["old_model"].note) == ("not known", note)
    assert (found["text_field"].found, found["text_field"].note) == (
        "none found", "No text was found.",
    )  # fmt: skip
    assert found["vector_bytes"].found == "not known"
    assert found["languages"].found == "not known"
    assert found["aliases"].found == "none"


def test_small_languages_are_added_up() -> None:
    shares = {"en": 0.5, "de": 0.3, "fr": 0.1, "it": 0.06, "other": 0.04}
    line = by_key(languages=Fact[dict[str, float]](value=shares, how="sample"))["languages"]
    assert line.found == "English 50 %, German 30 %, other 20 %"


def test_a_finished_survey_gives_the_same_lines_as_its_facts_while_it_was_read(
    docs: Qdrant,
) -> None:
    told: dict[str, Fact[Any]] = {}
    found = survey(docs, "docs", on_fact=lambda key, fact: told.update({key: fact}))
    assert lines(told) == lines(facts_of(found))
    assert all(line.found for line in lines(told))
    vectors = next(line for line in lines(told) if line.key == "vectors")
    assert vectors.found == "1 without a name: 128 dimensions, cosine"
    assert vectors.note == "3 points have no vector"
