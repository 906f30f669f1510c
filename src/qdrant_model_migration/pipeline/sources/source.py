"""What a source is: points that are read in an order that stays, from any place of it on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, NamedTuple

from qdrant_model_migration.pipeline.rows import Unusable
from qdrant_model_migration.qdrant import Point, PointId, Qdrant
from qdrant_model_migration.strict import Strict

Place = PointId
"""A position in the source, the border of a slice: a number, or the id of a point, in the order of
`qdrant.order`. A name is none."""


class Placed(NamedTuple):
    """A point, and where the source has it. own: the parts of its payload that the source itself
    has, which do not change; None: all of it."""

    place: Place
    point: Point
    own: frozenset[str] | None = None


class Numbered(NamedTuple):
    """A row of a file with the number of its line, counted from 1: a point, or why it is none."""

    line: int
    point: Point | Unusable


class Source(Strict):
    """Subclass it in one new file of this folder, with `how: Literal["its_file"]`."""

    how: str

    followed: ClassVar[bool]
    """Whether what changes in it is seen afterwards, and carried over."""

    @property
    def name(self) -> str:
        """For sentences: "docs", "docs.jsonl"."""
        raise NotImplementedError

    @property
    def files(self) -> tuple[Source, ...]:
        """The files that it is read from: each has `numbered` rows."""
        return ()

    @property
    def unit(self) -> str:
        """What the rows of a file are numbered by: "line"."""
        return "line"

    @property
    def id_column(self) -> str:
        """For sentences: where a file has the ids; "" where they are made of its rows."""
        return ""

    def numbered(self, between: Callable[[], None]) -> Iterator[Numbered]:
        """All rows of a file from its beginning; `between` comes now and then."""
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
