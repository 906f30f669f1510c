"""Makes searches of the documents themselves: each title must find its own text. Weak evidence, and
marked so: real searches are shorter, vaguer, and do not use the document's words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from qdrant_model_migration.qdrant import PointId
from qdrant_model_migration.quality.query_set import Query, QuerySet

SHORTEST, LONGEST = 8, 300
REST = 40
MOST_ANSWERS = 10
_LANGUAGE = 0.1  # of the documents; languages of fewer are no part of their own
_WORD = re.compile(r"\w{4,40}")
_CODE = re.compile(r"[\d_]")

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n")


class Document(NamedTuple):
    """A point with the text it is embedded from, its title, if it has one, and the code of its
    language, where the payload says that."""

    id: PointId
    title: str | None
    text: str
    language: str | None = None


def made_up(documents: Iterable[Document], n: int = 200, seed: int = 0) -> QuerySet:
    """At most `n` searches: titles, or first sentences where there is no title. In characters:

    A search has at least 8 and at most 300. Documents that hold less than 40 besides it are left
    out. A search is answered by every document that has its title, because pieces of one text
    share it; one that more than 10 share is none. Titles that their text does not repeat come
    first: a repeated one is found by any model. Same documents and seed, same searches.
    """
    documents = tuple(documents)
    shared = Counter((document.title or "").strip() for document in documents)
    answers: dict[str, list[PointId]] = {}
    spoken: dict[str, str | None] = {}
    repeated: set[str] = set()
    for document in documents:
        text = document.text.strip()
        title = (document.title or "").strip()
        own = title if shared[title] <= MOST_ANSWERS else ""
        query = _shortened(own or _SENTENCE_END.split(text, 1)[0])
        rest = text.replace(query, "", 1) if query else ""
        if len(query) < SHORTEST or len(rest.strip()) < REST:
            continue
        answers.setdefault(query, []).append(document.id)
        spoken.setdefault(query, document.language)
        if rest != text:
            repeated.add(query)
    usable = [query for query, ids in answers.items() if len(ids) <= MOST_ANSWERS]
    shuffled = [usable[i] for i in np.random.default_rng(seed).permutation(len(usable))]
    chosen = sorted(shuffled, key=lambda query: query in repeated)[:n]
    return QuerySet(
        queries=tuple(
            Query(text=query, answers=tuple(answers[query]), language=spoken[query])
            for query in chosen
        ),
        origin="made up",
        source=f"{len(chosen):,} titles or first sentences of your documents",
    )


def with_exact_words(
    documents: Sequence[Document],
    language: Callable[[str], str | None],
    n: int = 200,
    seed: int = 0,
) -> QuerySet:
    """Half of them as `made_up`, half words and codes that few documents have, each in a part that
    says so, and by language where the documents are in several.

    language: of a text, as a person calls it; None: cannot be told. A search for a word is answered
    by every document that has it. Words with digits or underscores come first: they are names and
    codes.
    """
    spoken = {document.id: language(document.text) for document in documents}
    counted = Counter(one for one in spoken.values() if one is not None)
    several = [one for one, number in counted.items() if number >= len(documents) * _LANGUAGE]

    def part(kind: str, answers: Sequence[PointId]) -> str:
        one = spoken[answers[0]]
        return f"{kind}, {one}" if len(several) > 1 and one in several else kind

    told = {document.id: document.language for document in documents}
    meant = made_up(documents, n // 2, seed).queries
    exact = list(_rare_words(documents).items())
    shuffled = [exact[i] for i in np.random.default_rng(seed).permutation(len(exact))]
    chosen = sorted(shuffled, key=lambda one: not _CODE.search(one[0]))[: n - n // 2]
    queries = (
        *(q.model_copy(update={"part": part("meaning", q.answers)}) for q in meant),
        *(
            Query(text=w, answers=ids, part=part("exact words", ids), language=told[ids[0]])
            for w, ids in chosen
        ),
    )
    return QuerySet(
        queries=queries,
        origin="made up",
        source=f"{len(meant):,} titles or first sentences and {len(chosen):,} rare words of your "
        "documents",
    )


def _rare_words(documents: Sequence[Document]) -> dict[str, tuple[PointId, ...]]:
    """The rarest word of each document, with all documents that have it."""
    held = {document.id: set(_WORD.findall(document.text.lower())) for document in documents}
    having: dict[str, list[PointId]] = {}
    for point, found in held.items():
        for word in found:
            having.setdefault(word, []).append(point)
    rarest = {
        min(usable, key=lambda word: (not _CODE.search(word), len(having[word]), word))
        for found in held.values()
        if (usable := [word for word in found if len(having[word]) <= MOST_ANSWERS])
    }
    return {word: tuple(having[word]) for word in sorted(rarest)}


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0]
