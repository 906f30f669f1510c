"""Source: the rows of a file; each is the payload of a point."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from qdrant_model_migration import words
from qdrant_model_migration.pipeline.errors import FileUnreadable
from qdrant_model_migration.pipeline.rows import (
    Format,
    Row,
    Unusable,
    format_named,
    format_of,
    formats,
)
from qdrant_model_migration.pipeline.sources.source import Numbered, Place, Placed, Source
from qdrant_model_migration.qdrant import Point, PointId, Qdrant

_ROWS = 256  # between two questions whether to go on
_LARGEST_ID = 2**64 - 1
_DIGITS = len(str(_LARGEST_ID))
_ENDS = 65_536  # bytes at both ends of the file that its fingerprint is of, besides its size
_NAMESPACE = uuid.UUID("6f1d3c0e-5f4b-4c55-9d0e-0f4f0d9b7a11")


class File(Source):
    """path: of the file. id_field: the column with the ids; None: an id is made of the whole row.
    columns: those that are the payload; None: all. more_of: a collection whose payload of the same
    id goes along; what the file says goes first.

    A place is what the format says, a byte or the number of a row. Rows that cannot be used are
    passed over when points are read.
    """

    followed: ClassVar[bool] = False
    how: Literal["file"] = "file"
    path: str
    format: str
    id_field: str | None = None
    columns: tuple[str, ...] | None = None
    more_of: str | None = None

    @field_validator("format")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in (known := [one.name for one in formats()]):
            raise PydanticCustomError(
                "format_unknown", "it is one of {known}", {"known": ", ".join(known)}
            )
        return value

    @property
    def name(self) -> str:
        return Path(self.path).name

    @property
    def files(self) -> tuple[Source, ...]:
        return (self,)

    @property
    def unit(self) -> str:
        return self._format.unit

    @property
    def id_column(self) -> str:
        return self.id_field or ""

    @property
    def _format(self) -> Format:
        return format_named(self.format)

    def count(self, qdrant: Qdrant) -> int | None:
        with self._faults():
            return self._format.count(Path(self.path))

    def fingerprint(self) -> str:
        with self._faults(), Path(self.path).open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            digest = blake2b(str(size).encode(), digest_size=16)
            for start in (0, max(0, size - _ENDS)):
                file.seek(start)
                digest.update(file.read(_ENDS))
        return digest.hexdigest()

    def border(self, qdrant: Qdrant, start: Place | None, size: int) -> Place | None:
        for number, row in enumerate(self._rows(start)):
            if number == size:
                return row.place
        return None

    def read(
        self,
        qdrant: Qdrant,
        start: Place | None,
        end: Place | None,
        vectors: Sequence[str],
        between: Callable[[], None],
    ) -> Iterator[Placed]:
        rows = self._rows(start)
        while some := list(islice(rows, _ROWS)):
            between()
            here = [row for row in some if end is None or row.place < int(end)]
            made = ((row.place, self._point(row)) for row in here)
            points = [(place, point) for place, point in made if isinstance(point, Point)]
            yield from self._with_more(qdrant, points)
            if len(here) < len(some):
                return

    def numbered(self, between: Callable[[], None]) -> Iterator[Numbered]:
        for number, row in enumerate(self._rows(None)):
            if number % _ROWS == 0:
                between()
            yield Numbered(row.line, self._point(row))

    def _rows(self, start: Place | None) -> Iterator[Row]:
        with self._faults():
            yield from self._format.rows(Path(self.path), int(start or 0))

    def _point(self, row: Row) -> Point | Unusable:
        if isinstance(row.found, Unusable):
            return row.found
        chosen = self.columns
        values = row.found if chosen is None else _only(row.found, chosen)
        try:
            # NaN, infinity and half a surrogate pair can be read, and never be written.
            text = json.dumps(values, allow_nan=False, sort_keys=True, ensure_ascii=False)
            text.encode()
        except (ValueError, TypeError, RecursionError):
            shown = words.cut(values, 60).encode("utf-8", "replace").decode()
            return Unusable("it has a value that no payload can hold", shown)
        ident = self._id(row.found, text)
        if ident is None:
            return Unusable(f"it has no id in {self.id_field}", words.cut(text, 60))
        return Point(ident, values, {})

    def _id(self, row: dict[str, Any], text: str) -> PointId | None:
        """Whole numbers and UUIDs as they are; whatever else is an id of its own kind is hashed."""
        if self.id_field is None:
            return str(uuid.uuid5(_NAMESPACE, text))
        found = row.get(self.id_field)
        if isinstance(found, uuid.UUID):
            return str(found)
        shown = str(found).strip() if isinstance(found, str | int) else ""
        if isinstance(found, bool) or not shown:
            return None
        digits = shown.isascii() and shown.isdigit() and len(shown) <= _DIGITS
        if digits and int(shown) <= _LARGEST_ID:
            return int(shown)
        try:
            return str(uuid.UUID(shown))
        except ValueError:
            return str(uuid.uuid5(_NAMESPACE, shown))

    def _with_more(self, qdrant: Qdrant, points: list[tuple[int, Point]]) -> Iterator[Placed]:
        if self.more_of is None:
            yield from (Placed(place, point) for place, point in points)
            return
        ids = [point.id for _, point in points]
        more = {str(p.id): p.payload for p in qdrant.retrieve(self.more_of, ids)} if ids else {}
        for place, point in points:
            payload = {**more.get(str(point.id), {}), **point.payload}
            yield Placed(place, point._replace(payload=payload), frozenset(point.payload))

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise FileUnreadable(self.path, error) from error


def _only(row: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in columns if name in row}


def rows_of(
    path: str,
    id_field: str | None = None,
    *,
    columns: tuple[str, ...] | None = None,
    more_of: str | None = None,
) -> Source:
    """The rows of a file, by its ending; JSON lines where that says nothing. See File."""
    form = format_of(path)
    name = form.name if form is not None else "jsonl"
    return File(path=path, format=name, id_field=id_field, columns=columns, more_of=more_of)
