"""Vectors that stand for none: all zeros, all values equal, the same one for other texts. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from qdrant_model_migration.qdrant import Point
from qdrant_model_migration.survey.facts import Placeholders, VectorFact
from qdrant_model_migration.survey.texts import first_text

_MANY = 3  # one vector for as many different texts, or for as many points without any
_FEWEST = 4  # dimensions; below that all values are equal by chance


def find(pairs: Sequence[tuple[str | None, Sequence[float]]]) -> Placeholders | None:
    """The placeholders among vectors, each given with its text; None without any."""
    kinds: Counter[str] = Counter()
    texts = defaultdict[tuple[float, ...], list[str | None]](list)
    for text, vector in pairs:
        if not any(vector):
            kinds["all zeros"] += 1
        elif len(vector) >= _FEWEST and max(vector) - min(vector) < 1e-6:
            kinds["all values equal"] += 1
        else:
            texts[tuple(vector)].append(text)
    for of in texts.values():
        if len(of) >= _MANY and (len(set(of)) >= _MANY or not any(of)):
            kinds["one vector for many points"] += len(of)
    if not kinds:
        return None
    return Placeholders(found=kinds.total(), of=len(pairs), what=" or ".join(kinds))


def find_each(
    vectors: Sequence[VectorFact], points: Sequence[Point], fields: Sequence[str]
) -> dict[str, Placeholders]:
    """Of each of these dense vectors that has some, by its name. fields: which may hold a text."""
    found = {}
    for vector in vectors:
        pairs: list[tuple[str | None, Sequence[float]]] = []
        for point in points:
            stored = point.vectors.get(vector.name)
            if isinstance(stored, list):  # dense: one row
                pairs.append((first_text(point.payload, fields), stored))  # type: ignore[arg-type]
        if one := find(pairs):
            found[vector.name] = one
    return found


def in_words(name: str, found: Placeholders) -> str:
    """ "5 of 64 sampled vectors stand for none (all zeros)"."""
    whose = f" {name}" if name else ""
    return f"{found.found} of {found.of} sampled vectors{whose} stand for none ({found.what})"
