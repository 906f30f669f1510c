"""What a source is: points that are read in an order that stays, from any place of it on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, NamedTuple

from qdrant_model_migration.qdrant import Point, PointId, Qdrant
from qdrant_model_migration.strict import Strict

Place = PointId
"""A position in the source, the border of a slice: a number, or the id of a point, in the order of
`qdrant.order`. A name is none."""


class Placed(NamedTuple):
    """A point, and where the source has it."""

    place: Place
    point: Point


class Source(Strict):
    """Subclass it in one new file of this folder, with `how: Literal["its_file"]`."""

    how: str

    followed: ClassVar[bool]
    """Whether what changes in it is seen afterwards, and carried over."""

    @property
    def name(self) -> str:
        """For sentences: "docs", "docs.jsonl"."""
        raise NotImplementedError

    def count(self, qdrant: Qdrant) -> int | None:
        """How many points; None where only reading all of it would tell."""
        raise NotImplementedError

    def fingerprint(self) -> str:
        """What must not change while it is read; "" where it may. Raises why it cannot be read."""
        return ""

    def border(self, qdrant: Qdrant, start: Place | None, size: int) -> Place | None:
        """Where the slice of so many points ends that begins at `start`; None: with the source."""
        raise NotImplementedError

    def read(
        self,
        qdrant: Qdrant,
        start: Place | None,
        end: Place | None,
        vectors: Sequence[str],
        between: Callable[[], None],
    ) -> Iterator[Placed]:
        """The points from `start` to before `end`; `between` comes before each request or page."""
        raise NotImplementedError
