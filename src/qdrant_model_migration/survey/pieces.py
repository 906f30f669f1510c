"""Whether the texts are pieces of documents: a payload field that several of them have in common
names the document, and then both lengths are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import quantiles
from typing import Any

from qdrant_model_migration.survey import texts
from qdrant_model_migration.survey.facts import Pieces
from qdrant_model_migration.survey.path import leaves, value_at

_PARENTS = (
    "document_id", "doc_id", "parent_id", "parent", "doc", "document", "source_id", "source",
    "article_id", "article", "page_id", "book", "file", "filename", "file_name", "path", "url",
)  # fmt: skip
"""What the field that names a document is usually called, the surest first."""
_EACH = 1.5  # pieces of a document from which a field counts as shared; the sample has but some
_FEWEST = 8  # texts from which their lengths say something


def find(payloads: Sequence[Mapping[str, Any]], field: str) -> Pieces | None:
    """What the sample says of the texts in this field; None where it holds too few."""
    held = [(one, text) for one in payloads if (text := texts.first_text(one, (field,)))]
    if len(held) < _FEWEST:
        return None
    lengths = [texts.words(text) for _, text in held]
    cuts = quantiles(lengths, n=4)
    plain = Pieces(quarter=round(cuts[0]), three_quarters=round(cuts[2]))
    for parent in sorted(_candidates(held, field), key=_rank):
        values = [_value(payload, parent) for payload, _ in held]
        documents = Counter(value for value in values if value is not None)
        if len(documents) < 2 or sum(documents.values()) < _EACH * len(documents):
            continue
        each = sum(documents.values()) / len(documents)
        whole = sum(length for length, v in zip(lengths, values, strict=True) if v is not None)
        shared = {"parent": parent, "each": round(each, 1), "of": round(whole / len(documents))}
        return plain.model_copy(update=shared)
    return plain


def _candidates(held: Sequence[tuple[Mapping[str, Any], str]], field: str) -> set[str]:
    found = {path for payload, _ in held for path, _ in leaves(payload)}
    return {path for path in found - {field} if _last(path) in _PARENTS}


def _rank(path: str) -> tuple[int, int, str]:
    return _PARENTS.index(_last(path)), path.count("."), path


def _last(path: str) -> str:
    return path.rpartition(".")[2].lower()


def _value(payload: Mapping[str, Any], parent: str) -> str | int | None:
    found = value_at(payload, parent)
    return found if isinstance(found, str | int) and found != "" else None
