"""What the survey found, line by line, as the survey screen says it. Pure text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.survey import Fact, Survey

ORDER = (
    ("server", "Server"),
    ("add_vector", "It can"),
    ("insert_only", ""),
    ("points", "Points"),
    ("vectors", "Vectors"),
    ("quantization", "Quantization"),
    ("text_field", "Text field"),
    ("texts_missing", "Missing"),
    ("average_tokens", "Text length"),
    ("languages", "Languages"),
    ("old_model", "Old model"),
    ("payload_fields", "Payload"),
    ("payload_bytes", "Size"),
    ("aliases", "Aliases"),
    ("writes", "Writes"),
)
CORRECTABLE = frozenset({"text_field", "old_model"})


class FoundLine(NamedTuple):
    """One line: its key, what, found, how we know. found "" while it is not known yet."""

    key: str
    what: str
    found: str
    how: str


def lines(facts: Mapping[str, Fact[Any]]) -> tuple[FoundLine, ...]:
    """All lines in order; those not found yet are empty, never zero."""
    return tuple(
        FoundLine(key, label, *(_line(key, facts) if key in facts else ("", "")))
        for key, label in ORDER
    )


def of_survey(survey: Survey, facts: Mapping[str, Fact[Any]]) -> dict[str, Fact[Any]]:
    """The facts as told, filled up with those of a survey that was made before."""
    known = {
        key: getattr(survey, key)
        for key in Survey.model_fields
        if isinstance(getattr(survey, key), Fact)
    }
    return {**known, **facts}


def _line(key: str, facts: Mapping[str, Fact[Any]]) -> tuple[str, str]:
    fact = facts[key]
    said = _SAY.get(key, _plain)(fact, facts)
    return said, fact.how


def _plain(fact: Fact[Any], _: Mapping[str, Fact[Any]]) -> str:
    value = "not known" if fact.value is None else str(fact.value)
    return f"{value}; {fact.note}" if fact.note and fact.note != value else value


def _able(fact: Fact[Any], _: Mapping[str, Fact[Any]]) -> str:
    return f"{fact.note}: {'yes' if fact.value else 'no'}"


def _points(fact: Fact[Any], facts: Mapping[str, Fact[Any]]) -> str:
    status = facts.get("status")
    said = words.count(fact.value) if fact.value is not None else "not known"
    if status is not None and status.value:
        said += f", status {status.value}"
    return f"{said}; {fact.note}" if fact.note else said


def _note(fact: Fact[Any], _: Mapping[str, Fact[Any]]) -> str:
    return fact.note or "not known"


def _text_field(fact: Fact[Any], _: Mapping[str, Fact[Any]]) -> str:
    if fact.value is None:
        return f"none found. {fact.note}"
    return f"{fact.value}; {fact.note}" if fact.note else str(fact.value)


def _missing(fact: Fact[Any], _: Mapping[str, Fact[Any]]) -> str:
    if fact.value is None:
        return fact.note or "not known"
    said = f"{words.plural(fact.value, 'point')} without a text"
    return f"{said}; {fact.note}" if fact.note else said


def _lengths(fact: Fact[Any], facts: Mapping[str, Fact[Any]]) -> str:
    if fact.value is None:
        return "not known"
    longest = facts.get("longest_tokens")
    end = f", longest {words.count(longest.value)}" if longest and longest.value else ""
    return f"{words.count(fact.value)} tokens on average{end}"


def _languages(fact: Fact[Any], _: Mapping[str, Fact[Any]]) -> str:
    if not fact.value:
        return fact.note or "not known"
    most = sorted(fact.value.items(), key=lambda item: -item[1])[:3]
    return ", ".join(f"{NAMES.get(code, code)} {words.share(part)}" for code, part in most)


NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian",
    "nl": "Dutch", "pt": "Portuguese", "ru": "Russian", "zh": "Chinese", "ja": "Japanese",
    "pl": "Polish", "sv": "Swedish", "tr": "Turkish", "ar": "Arabic", "ko": "Korean",
}  # fmt: skip


def _model(fact: Fact[Any], _: Mapping[str, Fact[Any]]) -> str:
    label = fact.value.label if isinstance(fact.value, ModelRef) else ""
    if not label:
        return f"not known. {fact.note}".strip()
    return f"{label}: {fact.note}" if fact.note else label


def _payload(fact: Fact[Any], facts: Mapping[str, Fact[Any]]) -> str:
    fields = words.plural(len(fact.value or ()), "field")
    indexes = facts.get("payload_indexes")
    if indexes is None:
        return fields
    return f"{fields}, {words.plural(len(indexes.value or ()), 'payload index', 'payload indexes')}"


def _size(fact: Fact[Any], facts: Mapping[str, Fact[Any]]) -> str:
    vectors = facts.get("vector_bytes")
    if fact.value is None or vectors is None or vectors.value is None:
        return "not known"
    return (
        f"{words.size(fact.value + vectors.value)}: vectors {words.size(vectors.value)}, "
        f"payload {words.size(fact.value)}"
    )


def _aliases(fact: Fact[Any], _: Mapping[str, Fact[Any]]) -> str:
    return words.listing(list(fact.value or ())) or "none"


_SAY = {
    "server": lambda fact, _: str(fact.value),
    "add_vector": _able,
    "insert_only": _able,
    "points": _points,
    "vectors": _note,
    "quantization": _note,
    "text_field": _text_field,
    "texts_missing": _missing,
    "average_tokens": _lengths,
    "languages": _languages,
    "old_model": _model,
    "payload_fields": _payload,
    "payload_bytes": _size,
    "aliases": _aliases,
    "writes": _note,
}
