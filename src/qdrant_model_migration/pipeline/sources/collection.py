"""Source: the points of a collection, in the server's order of ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.read import scan
from qdrant_model_migration.pipeline.sources.source import Place, Placed, Source
from qdrant_model_migration.qdrant import Qdrant
from qdrant_model_migration.survey.path import payload_of


class Collection(Source):
    """A place is the id of the first point of a slice, or one that it had.

    fields: paths of the payload that are read; None: all of it.
    """

    followed: ClassVar[bool] = True
    how: Literal["collection"] = "collection"
    collection: str
    fields: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        return self.collection

    def count(self, qdrant: Qdrant) -> int:
        return qdrant.count(self.collection)

    def border(self, qdrant: Qdrant, start: Place | None, size: int) -> Place | None:
        page = qdrant.scroll(self.collection, start=start, limit=size, payload=False, vectors=False)
        return page.next

    def read(
        self,
        qdrant: Qdrant,
        start: Place | None,
        end: Place | None,
        vectors: Sequence[str],
        between: Callable[[], None],
    ) -> Iterator[Placed]:
        points = scan(
            qdrant,
            self.collection,
            start=start,
            end=end,
            payload=self._payload,
            vectors=list(vectors) or False,
            between=between,
        )
        return (Placed(point.id, point) for point in points)

    @property
    def _payload(self) -> list[str] | bool:
        """A dot may lie within a key, which no path that the server reads tells."""
        if self.fields is None or any("." in path for path in self.fields):
            return True
        return payload_of(self.fields)
