"""Texts that the server's service makes no vector of: too long, blocked, not to its liking.

It refuses a request as a whole. So a refused one is halved until the one text is found, and its
point is written without that vector. A service that refuses a short harmless text, too, refuses
everything, and nothing is halved. Where each half is taken, the request was too large.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from typing import NamedTuple

from qdrant_model_migration.qdrant.errors import (
    InferenceRefused,
    VectorNameUnknown,
    WrongDimensions,
)
from qdrant_model_migration.qdrant.points import Document, Point, PointId, holds_text
from qdrant_model_migration.qdrant.searching import Searching

SHORT_TEXT = "A short text."

Write = Callable[[Sequence[Point]], None]


class Unmade(NamedTuple):
    """A vector that a point was written without, since the service takes not its text. why: what it
    said. Without a document: the point was not written at all."""

    point: PointId
    vector: str
    document: Document | None
    why: str


class RefusedTexts(Searching):
    """The part of a connection that finds the texts which the service refuses."""

    def _each_taken(self, collection: str, points: Sequence[Point], write: Write) -> list[Unmade]:
        """Write them in one request; those of refused texts without. Raises InferenceRefused where
        the service takes no text at all."""
        try:
            write(points)
        except InferenceRefused as refusal:
            for name, document in _documents(points).items():
                if not self._takes(collection, name, document):
                    raise
            if not any(map(holds_text, points)):
                raise
            return self._halved(points, write, refusal)
        return []

    def _takes(self, collection: str, name: str, like: Document) -> bool:
        """Whether the service makes a vector of a short text, by the same model."""
        short = Document(SHORT_TEXT, like.model, like.options)
        try:
            self.search(collection, short, using=name, limit=1, payload=False)
        except InferenceRefused:
            return False
        except (WrongDimensions, VectorNameUnknown):
            return True
        return True

    def _halved(
        self, points: Sequence[Point], write: Write, refusal: InferenceRefused
    ) -> list[Unmade]:
        if len(points) == 1:
            return _bare(points[0], write, refusal)
        middle = len(points) // 2
        unmade: list[Unmade] = []
        for half in (points[:middle], points[middle:]):
            try:
                write(half)
            except InferenceRefused as again:
                unmade += self._halved(half, write, again)
        if not unmade:
            self._limits.learn_documents(middle)
        return unmade


def _documents(points: Sequence[Point]) -> dict[str, Document]:
    """One of each vector."""
    return {
        name: vector
        for point in points
        for name, vector in point.vectors.items()
        if isinstance(vector, Document)
    }


def _bare(point: Point, write: Write, refusal: InferenceRefused) -> list[Unmade]:
    """The point without the text that is refused: with the others, where they are taken."""
    texts = _documents([point])
    for name in texts if len(texts) > 1 else ():
        try:
            write([_without(point, {name})])
        except InferenceRefused:
            continue
        return [Unmade(point.id, name, texts[name], refusal.detail)]
    write([_without(point, texts.keys())])
    return [Unmade(point.id, name, document, refusal.detail) for name, document in texts.items()]


def _without(point: Point, names: Set[str]) -> Point:
    return point._replace(vectors={n: v for n, v in point.vectors.items() if n not in names})
