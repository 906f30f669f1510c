"""Makes searches of the documents themselves: each title must find its own text. Weak evidence, and
marked so: real searches are shorter, vaguer, and do not use the document's words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from qdrant_model_migration.qdrant import PointId
from qdrant_model_migration.quality.query_set import Query, QuerySet

SHORTEST, LONGEST = 8, 300
REST = 40
MOST_ANSWERS = 10

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n")


class Document(NamedTuple):
    """A point with the text it is embedded from, and its title, if it has one."""

    id: PointId
    title: str | None
    text: str


def made_up(documents: Iterable[Document], n: int = 200, seed: int = 0) -> QuerySet:
    """At most `n` searches: titles, or first sentences where there is no title. In characters:

    A search has at least 8 and at most 300. Documents that hold less than 40 besides it are left
    out. A search is answered by every document that has its title, because pieces of one text
    share it; titles of more than 10 are left out. Titles that their text does not repeat come
    first: a repeated one is found by any model. Same documents and seed, same searches.
    """
    answers: dict[str, list[PointId]] = {}
    repeated: set[str] = set()
    for document in documents:
        text = document.text.strip()
        query = _shortened((document.title or "").strip() or _SENTENCE_END.split(text, 1)[0])
        rest = text.replace(query, "", 1) if query else ""
        if len(query) < SHORTEST or len(rest.strip()) < REST:
            continue
        answers.setdefault(query, []).append(document.id)
        if rest != text:
            repeated.add(query)
    usable = [query for query, ids in answers.items() if len(ids) <= MOST_ANSWERS]
    shuffled = [usable[i] for i in np.random.default_rng(seed).permutation(len(usable))]
    chosen = sorted(shuffled, key=lambda query: query in repeated)[:n]
    return QuerySet(
        queries=tuple(Query(text=query, answers=tuple(answers[query])) for query in chosen),
        origin="made up",
        source=f"{len(chosen):,} titles or first sentences of your documents",
    )


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0]
