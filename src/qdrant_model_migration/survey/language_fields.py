"""Which payload fields say in which language a text is: their values name languages, and agree with
what the texts themselves show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from qdrant_model_migration.survey import languages, texts
from qdrant_model_migration.survey.facts import LanguageField
from qdrant_model_migration.survey.path import ABSENT, leaves, value_at

_NAMING = 0.9  # of the values have to name a language
_AGREEING = 0.8  # of the texts whose language shows have to be in the one that is named
_FEWEST = 8  # of those texts, to say so
_LONGEST = 20  # characters of a value


def find(payloads: Sequence[Mapping[str, Any]], text: str) -> tuple[LanguageField, ...]:
    """Those that name several languages, the one that agrees best first. text: the field that holds
    the texts."""
    held = [(one, found) for one in payloads if (found := texts.first_text(one, (text,)))]
    named = Counter(
        path
        for payload, _ in held
        for path, value in leaves(payload)
        if path != text and isinstance(value, str) and len(value) <= _LONGEST
        if languages.code_of(value) is not None
    )
    likely = [path for path, number in named.items() if number >= _NAMING * _filled(held, path)]
    shown = [languages.language(found) for _, found in held] if likely else []
    fields = [one for path in likely if (one := _field(held, shown, path)) is not None]
    return tuple(sorted(fields, key=lambda one: (-one.agrees, one.path)))


_Held = Sequence[tuple[Mapping[str, Any], str]]


def _filled(held: _Held, path: str) -> int:
    return sum(value_at(payload, path) not in (ABSENT, None, "") for payload, _ in held)


def _field(held: _Held, shown: Sequence[str | None], path: str) -> LanguageField | None:
    named = [languages.code_of(value_at(payload, path)) for payload, _ in held]
    compared = [
        said == seen
        for said, seen in zip(named, shown, strict=True)
        if said is not None and seen not in (None, "other")
    ]
    counted = Counter(code for code in named if code is not None)
    agrees = sum(compared) / len(compared) if compared else 0.0
    if len(counted) < 2 or len(compared) < _FEWEST or agrees < _AGREEING:
        return None
    return LanguageField(
        path=path,
        texts=dict(counted.most_common()),
        agrees=round(agrees, 4),
        unnamed=len(held) - sum(counted.values()),
    )
