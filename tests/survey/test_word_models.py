"""The survey measures texts in the words that keyword search counts, in their own language."""

from __future__ import annotations

from qdrant_model_migration.survey.languages import most
from qdrant_model_migration.survey.word_models import found, lengths
from support.surveys import server

GERMAN = "Der Mieter kann den Vertrag kündigen und die Frist gilt."


def test_each_field_is_measured_by_the_first_model_that_counts_words() -> None:
    models = found(server(1, 18, 3), None).value or ()
    assert models[0].model.name == "Qdrant/bm25"
    payloads = [{"text": GERMAN, "title": "Kündigung"}, {"text": "Frist", "title": ""}, {}]
    fact = lengths(payloads, ["text", "title", "none"], {"de": 1.0}, models)
    assert fact.value == {"text": 5.5, "title": 1.0}
    assert fact.how == "sample"


def test_without_a_model_nothing_is_measured() -> None:
    assert lengths([{"text": GERMAN}], ["text"], {"de": 1.0}, ()).value is None


def test_the_language_is_that_of_most_texts_where_its_endings_are_known() -> None:
    assert most({"de": 0.5, "en": 0.3, "other": 0.9}) == "de"
    assert most({"ja": 0.6, "en": 0.4}) is None
    assert most({"other": 1.0}) is None
    assert most({}) is None
