"""Searches with a text, as the application would: a collection or alias, a vector, its model.

Verify, the side-by-side search and the gates all search through this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import NamedTuple

from qdrant_model_migration.embedders import Embedder, embed_usable
from qdrant_model_migration.qdrant import Hit, Qdrant, Vector
from qdrant_model_migration.quality.errors import QueryEmpty

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


@dataclass(frozen=True)
class Searcher:
    """One side of a comparison. `name`: collection or alias; `using`: vector name, "" if unnamed.

    The embedder puts the model's query prefix before each text. exact: no index is used, so that
    only the model is judged, not the index too.
    """

    qdrant: Qdrant
    name: str
    embedder: Embedder
    using: str = ""
    exact: bool = False

    def search(self, text: str, limit: int = 10) -> Found:
        """Results with their payload. Raises QueryEmpty, and what embedder and server raise."""
        return self.search_many([text], limit, payload=True)[0]

    def search_many(
        self,
        texts: Sequence[str],
        limit: int = 10,
        *,
        payload: bool = False,
        on_search: Callable[[], None] | None = None,
    ) -> list[Found]:
        """One Found per text, in their order. `on_search` is called after each; it may raise.

        A text the model can make no vector of (nothing but filler words, for keywords) finds
        nothing, as it would in the application; where that is so for all of them, BadVector.
        """
        if not all(text.strip() for text in texts):
            raise QueryEmpty
        found: list[Found] = []
        for start in range(0, len(texts), QUERIES_AT_A_TIME):
            batch = texts[start : start + QUERIES_AT_A_TIME]
            began = perf_counter()
            vectors = self._vectors(batch)
            embedding = (perf_counter() - began) / len(batch)
            for vector in vectors:
                found.append(self._search(vector, limit, payload, embedding))
                if on_search:
                    on_search()
        return found

    def _vectors(self, texts: Sequence[str]) -> list[Vector | None]:
        made = embed_usable(self.embedder, texts, "query")
        if made.bad is not None and not any(vector is not None for vector in made.vectors):
            raise made.bad
        return made.vectors

    def _search(self, vector: Vector | None, limit: int, payload: bool, embedding: float) -> Found:
        if vector is None:
            return Found((), 0.0, embedding)
        began = perf_counter()
        hits = self.qdrant.search(
            self.name, vector, using=self.using, limit=limit, exact=self.exact, payload=payload
        )
        return Found(tuple(hits), perf_counter() - began, embedding)
