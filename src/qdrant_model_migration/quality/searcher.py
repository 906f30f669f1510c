"""Searches with a text, as the application would: a collection or alias, its vectors, their models.

Verify, the side-by-side search and the gates all search through this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from qdrant_model_migration.embedders import Embedder, Usable, embed_usable
from qdrant_model_migration.qdrant import Fusion, Hit, PointId, Qdrant, Query
from qdrant_model_migration.quality.errors import QueryEmpty

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import WritableVector

# Bounds the memory that vectors of queries take, whatever the number of queries.
QUERIES_AT_A_TIME = 256


class Found(NamedTuple):
    """The results of one search, best first, and how long it took.

    seconds: the search itself, there and back. embedding: making the vector of the query; in
    `search_many` its share of the batch.
    """

    hits: tuple[Hit, ...]
    seconds: float
    embedding: float


class Asked(NamedTuple):
    """One vector that is searched: what makes the vector of the query, and its name. told: what
    makes it for a query in a language, by its code, that of most texts first."""

    embedder: Embedder
    using: str = ""
    told: Mapping[str, Embedder] = MappingProxyType({})

    def made(self, texts: Sequence[str], languages: Sequence[str | None]) -> Usable:
        """None is a language that is not known: taken as that of most texts."""
        if not self.told:
            return embed_usable(self.embedder, texts, "query")
        most = next(iter(self.told))
        spoken = [one if one is not None else most for one in languages]
        whole = Usable([None] * len(texts), 0, 0, None)
        for code in dict.fromkeys(spoken):
            places = [place for place, one in enumerate(spoken) if one == code]
            embedder = self.told.get(code, self.embedder)
            done = embed_usable(embedder, [texts[place] for place in places], "query")
            for place, vector in zip(places, done.vectors, strict=True):
                whole.vectors[place] = vector
            whole = whole._replace(bad=whole.bad or done.bad)
        return whole


@dataclass(frozen=True)
class Searcher:
    """One side of a comparison. `name`: collection or alias; fusion: how several become one list;
    rerank: how many results of the others the last one puts in order; second: in which other
    collection, None: in the same.

    The embedder puts the model's query prefix before each text. exact: no index is used, so that
    only the models are judged, not the index too.
    """

    qdrant: Qdrant
    name: str
    asked: tuple[Asked, ...]
    fusion: Fusion | None = None
    exact: bool = False
    rerank: int | None = None
    second: str | None = None

    def search(self, text: str, limit: int = 10, language: str | None = None) -> Found:
        """Results with their payload. Raises QueryEmpty, and what embedder and server raise."""
        return self.search_many([text], limit, languages=[language], payload=True)[0]

    def search_many(
        self,
        texts: Sequence[str],
        limit: int = 10,
        *,
        languages: Sequence[str | None] = (),
        payload: bool = False,
        on_search: Callable[[], None] | None = None,
    ) -> list[Found]:
        """One Found per text, in their order. `on_search` is called after each; it may raise.
        languages: of the texts, where they are known, by code.

        A text the model can make no vector of (nothing but filler words, for keywords) finds
        nothing, as it would in the application; where that is so for all of them, BadVector.
        """
        if not all(text.strip() for text in texts):
            raise QueryEmpty
        found: list[Found] = []
        known = list(languages) or list(repeat(None, len(texts)))
        for start in range(0, len(texts), QUERIES_AT_A_TIME):
            batch = texts[start : start + QUERIES_AT_A_TIME]
            began = perf_counter()
            vectors = self._vectors(batch, known[start : start + QUERIES_AT_A_TIME])
            embedding = (perf_counter() - began) / len(batch)
            for of_one_text in zip(*vectors, strict=True):
                found.append(self._search(of_one_text, limit, payload, embedding))
                if on_search:
                    on_search()
        return found

    def _vectors(
        self, texts: Sequence[str], languages: Sequence[str | None]
    ) -> list[list[WritableVector | None]]:
        """For each vector that is searched one list, in the order of the texts."""
        made = [one.made(texts, languages) for one in self.asked]
        if all(vector is None for one in made for vector in one.vectors) and made[0].bad:
            raise made[0].bad
        return [one.vectors for one in made]

    def _search(
        self, vectors: Sequence[WritableVector | None], limit: int, payload: bool, embedding: float
    ) -> Found:
        queries = [
            Query(one.using, vector)
            for one, vector in zip(self.asked, vectors, strict=True)
            if vector is not None
        ]
        if self.second is not None and vectors[0] is None:
            queries = []  # there is nothing to put in order
        if not queries:
            return Found((), 0.0, embedding)
        began = perf_counter()
        hits = self._hits(queries, limit, payload)
        return Found(tuple(hits), perf_counter() - began, embedding)

    def _hits(self, queries: Sequence[Query], limit: int, payload: bool) -> list[Hit]:
        if self.fusion is not None:
            return self.qdrant.search_fused(
                self.name, queries, self.fusion, limit=limit, exact=self.exact, payload=payload
            )
        if self.rerank is not None and len(queries) == len(self.asked):
            *first, last = queries
            if self.second is not None:
                return self._by_second(self.second, first, last, limit, payload)
            return self.qdrant.search_reranked(
                self.name,
                first,
                last,
                max(self.rerank, limit),
                limit=limit,
                exact=self.exact,
                payload=payload,
            )
        return self.qdrant.search(
            self.name,
            queries[0].vector,
            using=queries[0].using,
            limit=limit,
            exact=self.exact,
            payload=payload,
        )

    def _by_second(
        self, second: str, first: Sequence[Query], last: Query, limit: int, payload: bool
    ) -> list[Hit]:
        """Two requests, as an application sends them: the first finds, the second puts in order
        what was found. What it does not hold comes after that, as it was found."""
        depth = max(self.rerank or limit, limit)
        found: dict[PointId, Hit] = {}
        for one in first:
            hits = self.qdrant.search(
                self.name,
                one.vector,
                using=one.using,
                limit=depth,
                exact=self.exact,
                payload=payload,
            )
            found = {hit.id: hit for hit in hits} | found
        ranked = self.qdrant.search(
            second,
            last.vector,
            using=last.using,
            limit=limit,
            exact=self.exact,
            payload=False,
            among=list(found),
        )
        best = [found.pop(hit.id)._replace(score=hit.score) for hit in ranked]
        return [*best, *found.values()][:limit]
