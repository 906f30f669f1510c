"""Pieces of documents are told by a field that several texts have in common."""

from __future__ import annotations

from qdrant_model_migration.survey.facts import Pieces
from qdrant_model_migration.survey.pieces import find


def texts(number: int, **fields: object) -> list[dict[str, object]]:
    """Texts of 10, 20, 30, 40 words by turns. fields: called with the number, or put in as it is"""
    return [
        {"text": "word " * (10 * (n % 4 + 1))}
        | {key: value(n) if callable(value) else value for key, value in fields.items()}
        for n in range(number)
    ]


def test_texts_of_one_document_are_counted_and_added_up() -> None:
    found = find(texts(40, doc_id=lambda n: n // 4), "text")
    assert found == Pieces(quarter=12, three_quarters=38, parent="doc_id", each=4.0, of=100)


def test_a_field_that_each_text_has_for_itself_names_no_document() -> None:
    found = find(texts(40, doc_id=lambda n: n), "text")
    assert found is not None
    assert found.parent is None


def test_one_document_alone_or_a_field_of_another_kind_says_nothing() -> None:
    for payloads in (texts(40, source="handbook"), texts(40, colour=lambda n: n // 4)):
        found = find(payloads, "text")
        assert found is not None
        assert found.parent is None


def test_the_surest_name_counts_and_one_may_lie_deeper() -> None:
    found = find(texts(40, url=lambda n: n // 2, meta=lambda n: {"doc_id": n // 4}), "text")
    assert found is not None
    assert (found.parent, found.each) == ("meta.doc_id", 4.0)


def test_too_few_texts_say_nothing() -> None:
    assert find(texts(7), "text") is None
