"""Queries of a model, turned by a learned map into ones that search another model's vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qdrant_model_migration.embedders.embedder import Embedded, Embedder
from qdrant_model_migration.embedders.learned_map import LearnedMap
from qdrant_model_migration.embedders.model import ModelRef, Role


class MappedQueries:
    """An Embedder around another one."""

    def __init__(self, embedder: Embedder, learned: LearnedMap) -> None:
        self._embedder, self._map = embedder, learned

    @property
    def model(self) -> ModelRef:
        return self._embedder.model

    def embed(self, texts: Sequence[str], role: Role) -> Embedded:
        done = self._embedder.embed(texts, role)
        rows = self._map.of(done.vectors, length_one=False)
        return done._replace(vectors=rows.astype(np.float32).tolist())
