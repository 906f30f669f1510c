"""Inference: the server makes the vectors of texts that it is given in their place (Document).

Whether it can, and by a model of what size, is asked by one search: nothing is written for that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.qdrant.collections import Collections
from qdrant_model_migration.qdrant.errors import (
    InferenceClosed,
    InferenceMissing,
    InferenceRefused,
    NameTaken,
    VectorNameUnknown,
    WrongDimensions,
)
from qdrant_model_migration.qdrant.points import (
    Document,
    Point,
    Query,
    holds_text,
    order,
    vector_to_json,
)
from qdrant_model_migration.qdrant.reading import Reading
from qdrant_model_migration.qdrant.refused_texts import SHORT_TEXT, Unmade
from qdrant_model_migration.qdrant.requests import ONCE
from qdrant_model_migration.qdrant.searching import Searching
from qdrant_model_migration.qdrant.writing import Writing

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant.points import PointId, WritableVector

TRIED = Document(SHORT_TEXT, "sentence-transformers/all-minilm-l6-v2")
"""Asked for where only counts whether anybody answers: on Qdrant Cloud it costs nothing."""

_SCRATCH = {"qmm_scratch": True}
_VECTOR = "made"


class Inference(Collections, Reading, Writing, Searching):
    """The part of a connection by which the server makes vectors."""

    def insert(self, collection: str, points: Sequence[Point]) -> list[Unmade]:
        """See Writing. A text of a point that is there already is not sent: its vector would be
        made, and paid for, and left away."""
        asked = [point.id for point in points if holds_text(point)]
        here = {order(p.id) for p in self.retrieve(collection, asked, payload=False)}
        return super().insert(collection, [p for p in points if order(p.id) not in here])

    def infers(self, collection: str) -> bool | None:
        """Whether a service makes vectors for this server; None: cannot be told now."""
        body = {"query": vector_to_json(TRIED), "limit": 1, "with_payload": False}
        try:
            self._call("search", lambda: self._wire.query(collection, body), collection, ONCE)
        except InferenceMissing:
            return False
        except (InferenceRefused, InferenceClosed, WrongDimensions, VectorNameUnknown):
            return True
        except QmmError:
            return None
        return True

    def inferred_size(self, collection: str, document: Document) -> int | None:
        """Dimensions of the vector that the server makes of it, 0 where that is sparse; None where
        the collection has no dense vector to compare with.

        Raises InferenceMissing, InferenceRefused, InferenceClosed.
        """
        dense = self.config(collection).vectors()
        using = next(iter(dense), None)
        try:
            self.search(collection, document, using=using or "", limit=1, payload=False)
        except WrongDimensions as differs:
            return None if using is None else differs.got
        except VectorNameUnknown:
            return None
        size: int | None = dense[using]["size"] if using is not None else None
        return size

    def only_make(self, collection: str, documents: Sequence[Document]) -> None:
        """Have the server make vectors of these in one call, for what that takes; nothing is
        written or kept. Raises what the service refuses."""
        using = next(iter(self.config(collection).vectors()), "")
        asked = [Query(using, one) for one in documents]
        with suppress(WrongDimensions, VectorNameUnknown):  # they are made before they are compared
            self.search_fused(collection, asked, "rrf", limit=1, payload=False)

    def as_made(
        self,
        vectors: Sequence[WritableVector | None],
        kind: str,
        params: Mapping[str, Any],
        beside: str,
    ) -> list[WritableVector | None]:
        """These vectors, with what the server makes of each document in the document's place; None
        for a text that its service refuses.

        It tells that only by storing it: in a small collection named after `beside`, which is
        deleted at once. kind, params: of the vector. Raises NameTaken where another one has its
        name.
        """
        documents = [(n, one) for n, one in enumerate(vectors) if isinstance(one, Document)]
        if not documents:
            return list(vectors)
        scratch = f"{beside}_qmm_check"
        self._drop_scratch(scratch)
        given = {key: value for key, value in params.items() if key not in _SETTINGS}
        sort = "sparse_vectors" if kind == "sparse" else "vectors"
        body = {sort: {_VECTOR: given}, "metadata": _SCRATCH}
        try:
            self.create_collection(scratch, body)
        except NameTaken:  # after a lost answer the second try finds what the first one has made
            if self.config(scratch).metadata != _SCRATCH:
                raise
        try:
            self.insert(scratch, [Point(n, {}, {_VECTOR: one}) for n, one in documents])
            stored = self._stored(scratch, [n for n, _ in documents])
        finally:
            self._drop_scratch(scratch)
        return [
            stored.get(n) if isinstance(one, Document) else one for n, one in enumerate(vectors)
        ]

    def _stored(self, scratch: str, numbers: Sequence[int]) -> dict[PointId, WritableVector]:
        points = self.retrieve(scratch, numbers, vectors=[_VECTOR])
        return {point.id: point.vectors[_VECTOR] for point in points if _VECTOR in point.vectors}

    def _drop_scratch(self, scratch: str) -> None:
        """One that a killed process has left goes as well."""
        if not self.exists(scratch):
            return
        if self.config(scratch).metadata != _SCRATCH:
            raise NameTaken(scratch)
        self.delete_collection(scratch)


_SETTINGS = ("hnsw_config", "quantization_config", "on_disk", "index")
"""Parameters of a vector that change nothing of what is stored."""
