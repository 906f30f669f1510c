"""Source: the points of a collection, in the server's order of ids."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Literal

from qdrant_model_migration.pipeline.read import scan
from qdrant_model_migration.pipeline.sources.source import Place, Placed, Source
from qdrant_model_migration.qdrant import Qdrant


class Collection(Source):
    """A place is the id of the first point of a slice, or one that it had."""

    followed: ClassVar[bool] = True
    how: Literal["collection"] = "collection"
    collection: str

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
            vectors=list(vectors) or False,
            between=between,
        )
        return (Placed(point.id, point) for point in points)
