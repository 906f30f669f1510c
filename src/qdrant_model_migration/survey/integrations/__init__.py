"""Products that write into Qdrant, found from the files of this folder: a new one is one new file.

Their knowledge is data; nothing here reads or decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.registry import defined_in
from qdrant_model_migration.survey.facts import Fact, WrittenBy
from qdrant_model_migration.survey.integrations.integration import Integration, Sign
from qdrant_model_migration.survey.integrations.shape import Shape, shape_of

__all__ = [
    "Integration",
    "Shape",
    "Sign",
    "blind",
    "embedded_as",
    "how_it_looks",
    "integrations",
    "named",
    "recognise",
    "shape_of",
    "texts_elsewhere",
    "texts_of",
    "that_compare",
    "titles",
    "untold",
]


@lru_cache(maxsize=1)
def integrations() -> tuple[Integration, ...]:
    """One of each, by title."""
    found = (kind() for kind in defined_in(__name__, Integration))
    return tuple(sorted(found, key=lambda one: one.title.lower()))


def named(names: Sequence[str]) -> tuple[Integration, ...]:
    """Those of these names that are known here: a plan can name one of another version."""
    return tuple(one for one in integrations() if one.name in names)


def titles(names: Sequence[str], last: str = "or") -> str:
    """ "LangChain JS, n8n or Flowise"."""
    return words.listing([one.title for one in named(names)], last)


def blind(names: Sequence[str]) -> tuple[Integration, ...]:
    """Those of these that find no collection by an alias."""
    return tuple(one for one in named(names) if not one.sees_alias)


def untold(names: Sequence[str]) -> tuple[Integration, ...]:
    """Those of these that can be told no name: it is fixed, or made of the model."""
    return tuple(one for one in named(names) if not one.settings.collection)


def that_compare(names: Sequence[str]) -> tuple[Integration, ...]:
    """Those of these that refuse a collection of another distance when they start."""
    return tuple(one for one in named(names) if one.compares)


def how_it_looks(names: Sequence[str]) -> str:
    """How those that find no collection by an alias look for theirs; "" where there is none."""
    ones = blind(names)
    if not ones:
        return ""
    said = " ".join(dict.fromkeys(one.looks for one in ones))
    return f"{titles([one.name for one in ones])} finds no collection by an alias. {said}"


def recognise(shape: Shape) -> Fact[WrittenBy]:
    """All whose points look like these: what is sure rules out what is only probable."""
    seen = [(one, sign) for one in integrations() if (sign := one.sign_of(shape)) is not None]
    sure = any(sign.sure for _, sign in seen)
    kept = [(one, sign) for one, sign in seen if sign.sure == sure]
    if not kept:
        return Fact[WrittenBy]()
    by = WrittenBy(names=tuple(one.name for one, _ in kept), sure=sure)
    told = words.listing(list(dict.fromkeys(sign.in_words for _, sign in kept)))
    return Fact[WrittenBy](value=by, how="sample", note=f"recognised by {told}")


def texts_of(by: WrittenBy | None) -> tuple[str, ...]:
    """Where the text is for sure; empty where what wrote it is only probable."""
    sure = named(by.names) if by is not None and by.sure else ()
    return tuple(dict.fromkeys(path for one in sure for path in one.text))


def embedded_as(by: WrittenBy | None, payloads: Sequence[Mapping[str, Any]], text: str) -> str:
    """The template of what was embedded, as what surely wrote these does it; "" where several that
    it may be do not agree."""
    ones = named(by.names) if by is not None and by.sure else ()
    said = {one.embedded_as(payloads, text) for one in ones}
    return said.pop() if len(said) == 1 else ""


def texts_elsewhere(names: Sequence[str]) -> str:
    """Where the texts are, of those that leave none in their points; "" of others."""
    return " ".join(one.elsewhere for one in named(names) if one.elsewhere)
