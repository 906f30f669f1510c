"""Both sides of a comparison without a server: what each search finds is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from qdrant_model_migration.embedders import Embedded
from qdrant_model_migration.embedders.errors import BadVector
from qdrant_model_migration.qdrant import Hit, Point
from qdrant_model_migration.quality import Asked, Searcher


@dataclass
class WrittenEmbedder:
    """Gives each text its place among `texts` as vector, so that the search can look it up."""

    texts: list[str]
    batches: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    unusable: tuple[str, ...] = ()

    def embed(self, texts: Sequence[str], role: str) -> Embedded:
        self.batches.append((tuple(texts), role))
        bad = tuple(i for i, text in enumerate(texts) if text in self.unusable)
        if bad:
            raise BadVector("a model", "it is empty", bad)
        return Embedded([[float(self.texts.index(text))] for text in texts], len(texts), 0)


@dataclass
class WrittenQdrant:
    """A collection of `ids`; searches give the written ids, best first."""

    results: list[list[int]]
    ids: set[int]
    asked: list[dict[str, Any]] = field(default_factory=list)

    def search(self, name: str, vector: list[float], **how: Any) -> list[Hit]:
        self.asked.append({"name": name, **how})
        found = self.results[int(vector[0])][: how["limit"]]
        return [Hit(i, 1.0, {"title": f"document {i}"}) for i in found]

    def retrieve(self, name: str, ids: Sequence[int], **how: Any) -> list[Point]:
        return [Point(i, {}, {}) for i in ids if i in self.ids]


Side = Callable[..., Searcher]


@pytest.fixture
def side() -> Side:
    """side({"text": [ids found, best first]}, ids=all ids of the collection, **Searcher's own)."""

    def make(
        found: Mapping[str, list[int]], ids: Sequence[int] = range(1000), **searcher: Any
    ) -> Searcher:
        qdrant = WrittenQdrant(list(found.values()), set(ids))
        embedder = WrittenEmbedder(list(found))
        asked = (Asked(embedder, searcher.pop("using", "")),)  # type: ignore[arg-type]
        return Searcher(qdrant, "docs", asked, **searcher)  # type: ignore[arg-type]

    return make
