"""Source: the rows of a file, JSON Lines or CSV; each row is the payload of a point."""

from __future__ import annotations

import csv
import json
import os
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, ClassVar, Literal

from qdrant_model_migration.pipeline.errors import FileUnreadable, RowUnreadable
from qdrant_model_migration.pipeline.sources.source import Place, Placed, Source
from qdrant_model_migration.qdrant import Point, PointId, Qdrant

_ROWS = 256  # between two questions whether to go on
_LARGEST_ID = 2**64 - 1
_LONGEST = 2**31 - 1  # characters of one value of a CSV file
_LIMITED = threading.Lock()  # the csv module has one limit for the whole process
_DIGITS = len(str(_LARGEST_ID))
_ENDS = 65_536  # bytes at both ends of the file that its fingerprint is of, besides its size
_NAMESPACE = uuid.UUID("6f1d3c0e-5f4b-4c55-9d0e-0f4f0d9b7a11")


class File(Source):
    """path: of the file. id_field: the column with the ids; None: an id is made of the whole row.

    A place is the byte at which a row begins. Rows are read as UTF-8.
    """

    followed: ClassVar[bool] = False
    how: Literal["file"] = "file"
    path: str
    format: Literal["jsonl", "csv"]
    id_field: str | None = None

    @property
    def name(self) -> str:
        return Path(self.path).name

    def count(self, qdrant: Qdrant) -> None:
        return None

    def fingerprint(self) -> str:
        with self._opened() as file:
            size = file.seek(0, os.SEEK_END)
            digest = blake2b(str(size).encode(), digest_size=16)
            for start in (0, max(0, size - _ENDS)):
                file.seek(start)
                digest.update(file.read(_ENDS))
        return digest.hexdigest()

    def border(self, qdrant: Qdrant, start: Place | None, size: int) -> Place | None:
        with self._opened() as file:
            for number, place in enumerate(self._places(file, start)):
                if number == size:
                    return place
        return None

    def read(
        self,
        qdrant: Qdrant,
        start: Place | None,
        end: Place | None,
        vectors: Sequence[str],
        between: Callable[[], None],
    ) -> Iterator[Placed]:
        with self._opened() as file:
            for number, (place, row) in enumerate(self._rows(file, start)):
                if number % _ROWS == 0:
                    between()
                if end is not None and place >= int(end):
                    return
                yield Placed(place, Point(self._id(row, place), row, {}))

    def _places(self, file: IO[bytes], start: Place | None) -> Iterator[int]:
        return (place for place, _ in self._rows(file, start))

    def _rows(self, file: IO[bytes], start: Place | None) -> Iterator[tuple[int, dict[str, Any]]]:
        rows = self._json_rows if self.format == "jsonl" else self._csv_rows
        return rows(file, int(start or 0))

    def _json_rows(self, file: IO[bytes], start: int) -> Iterator[tuple[int, dict[str, Any]]]:
        file.seek(start)
        at = start
        for line in file:
            if text := self._text(line, at).strip():
                try:
                    row = json.loads(text)
                    # NaN, infinity and half a surrogate pair can be read, and never be written.
                    json.dumps(row, allow_nan=False, ensure_ascii=False).encode()
                except (ValueError, RecursionError):
                    raise RowUnreadable(self.path, at, "it is not JSON", text) from None
                if not isinstance(row, dict):
                    raise RowUnreadable(self.path, at, "it is not an object", text)
                yield at, row
            at += len(line)

    def _csv_rows(self, file: IO[bytes], start: int) -> Iterator[tuple[int, dict[str, Any]]]:
        _, header, first = next(self._csv_lines(file, 0), (0, [], 0))
        if len(set(header)) < len(header):
            said = "two of the columns have one name"
            raise RowUnreadable(self.path, 0, said, ",".join(header))
        for place, values, _ in self._csv_lines(file, start or first):
            if len(values) > len(header):
                said = f"it has {len(values)} values for {len(header)} columns"
                raise RowUnreadable(self.path, place, said, ",".join(values))
            if values:
                yield place, dict(zip(header, values, strict=False))

    def _csv_lines(self, file: IO[bytes], start: int) -> Iterator[tuple[int, list[str], int]]:
        """The values of each line, where it begins, and where the next one does."""
        file.seek(start)
        place = at = start

        def lines() -> Iterator[str]:
            nonlocal at
            for line in file:
                before, at = at, at + len(line)
                yield self._text(line, before)

        reader = csv.reader(lines(), strict=True)
        try:
            while (values := _next_line(reader)) is not None:
                yield place, values, at
                place = at
        except csv.Error as error:
            raise RowUnreadable(self.path, place, str(error), "") from None

    def _text(self, line: bytes, at: int) -> str:
        try:
            return line.decode().removeprefix("\ufeff")
        except UnicodeDecodeError:
            shown = line[:40].decode("utf-8", "replace")
            raise RowUnreadable(self.path, at, "it is not UTF-8", shown) from None

    def _id(self, row: dict[str, Any], place: int) -> PointId:
        """Whole numbers and UUIDs as they are; whatever else is an id of its own kind is hashed."""
        if self.id_field is None:
            return str(uuid.uuid5(_NAMESPACE, json.dumps(row, sort_keys=True, ensure_ascii=False)))
        found = row.get(self.id_field)
        text = str(found).strip() if isinstance(found, str | int) else ""
        if isinstance(found, bool) or not text:
            raise RowUnreadable(
                self.path, place, f"it has no id in {self.id_field}", json.dumps(row)
            )
        digits = text.isascii() and text.isdigit() and len(text) <= _DIGITS
        if digits and int(text) <= _LARGEST_ID:
            return int(text)
        try:
            return str(uuid.UUID(text))
        except ValueError:
            return str(uuid.uuid5(_NAMESPACE, text))

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        try:
            with Path(self.path).open("rb") as file:
                yield file
        except OSError as error:
            raise FileUnreadable(self.path, error) from error


def _next_line(reader: Iterator[list[str]]) -> list[str] | None:
    """None at the end. The limit of others is put back; what they read keeps it."""
    with _LIMITED:
        theirs = csv.field_size_limit(_LONGEST)
        try:
            return next(reader, None)
        finally:
            csv.field_size_limit(theirs)


def rows_of(path: str, id_field: str | None = None) -> Source:
    """The rows of a file, by its ending: .csv, else JSON Lines."""
    is_csv = path.lower().endswith(".csv")
    return File(path=path, format="csv" if is_csv else "jsonl", id_field=id_field)
