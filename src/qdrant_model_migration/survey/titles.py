"""Payload fields that may hold the title of a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from qdrant_model_migration.survey.path import EACH, leaves

_USUAL = ("title", "heading", "headline", "subject", "name", "summary")
_LONGEST = 300  # characters


def title_fields(payloads: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Paths at which at least half of these payloads have a line of text; those that are called
    like a title first, and of these the least deep."""
    seen = Counter(
        path for payload in payloads for path, value in leaves(payload) if _is_line(path, value)
    )
    most = (path for path, number in seen.items() if number * 2 >= len(payloads))
    return tuple(sorted(most, key=lambda path: (_rank(path), path.count("."), path)))


def called_like_one(path: str) -> bool:
    """Whether a field of this path is a title by its name."""
    return _rank(path) < len(_USUAL)


def _rank(path: str) -> int:
    name = path.rpartition(".")[2].lower()
    return _USUAL.index(name) if name in _USUAL else len(_USUAL)


def _is_line(path: str, value: Any) -> bool:
    return (
        EACH not in path
        and isinstance(value, str)
        and 0 < len(value.strip()) <= _LONGEST
        and "\n" not in value.strip()
        and value.lstrip()[:1] not in ("{", "[")
    )
