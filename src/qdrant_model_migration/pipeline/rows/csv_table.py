"""Format: CSV, with the names of the columns in the first line, in UTF-8. All values are texts."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, ClassVar, NamedTuple

from qdrant_model_migration import words
from qdrant_model_migration.pipeline.errors import FileBroken
from qdrant_model_migration.pipeline.rows.format import LONGEST, Format, Row, Unusable

_SEPARATORS = ",;\t"  # spreadsheets in some countries write semicolons
_LONGEST_VALUE = 2**31 - 1
_LIMITED = threading.Lock()  # the csv module has one limit for the whole process
_UNENDED = "unexpected end of data"


class _Line(NamedTuple):
    """end: where the next one begins; last: the number of its last line. values: None where they
    cannot be told."""

    place: int
    end: int
    number: int
    last: int
    values: list[str] | None
    wrong: str = ""


class CsvTable(Format):
    name: ClassVar[str] = "csv"
    title: ClassVar[str] = "CSV"
    endings: ClassVar[tuple[str, ...]] = (".csv", ".tsv")

    def rows(self, path: Path, start: int) -> Iterator[Row]:
        with path.open("rb") as file:
            separator = _separator(file)
            head = next(_lines(path, file, 0, 0, separator), None)
            header = _header(path, head)
            first = head.end if head is not None else 0
            counted = head.last if head is not None and not start else 0
            for line in _lines(path, file, start or first, counted, separator):
                if line.values:
                    yield Row(line.place, line.number, _row(header, line.values))
                elif line.values is None:
                    yield Row(line.place, line.number, Unusable(line.wrong, ""))


def _row(header: list[str], values: list[str]) -> dict[str, Any] | Unusable:
    shown = words.cut(",".join(values), 60)
    if len(values) > len(header):
        return Unusable(f"it has {len(values)} values for {len(header)} columns", shown)
    if any("\udc80" <= letter <= "\udcff" for value in values for letter in value):
        return Unusable("it is not UTF-8", shown.encode("utf-8", "replace").decode())
    return dict(zip(header, values, strict=False))


def _separator(file: IO[bytes]) -> str:
    """The one that stands most often in the first line."""
    first = file.readline(LONGEST).decode("utf-8", "replace")
    return max(_SEPARATORS, key=first.count)


def _header(path: Path, line: _Line | None) -> list[str]:
    if line is None:
        return []
    if line.values is None:
        raise FileBroken(str(path), line.wrong, 1)
    if len(set(line.values)) < len(line.values):
        raise FileBroken(str(path), "two of the columns have one name", 1)
    return line.values


def _lines(
    path: Path, file: IO[bytes], start: int, counted: int, separator: str
) -> Iterator[_Line]:
    """A value may go over several lines. counted: the lines before `start`."""
    file.seek(start)
    place = at = start

    def lines() -> Iterator[str]:
        nonlocal at
        while line := file.readline(LONGEST + 1):
            if len(line) > LONGEST:
                raise FileBroken(str(path), "it has a line of more than 64 MB", 0)
            at += len(line)
            yield line.decode("utf-8", "surrogateescape").removeprefix("\ufeff")

    reader = csv.reader(lines(), strict=True, delimiter=separator)
    while True:
        number = counted + reader.line_num + 1
        try:
            if (values := _next_line(reader)) is None:
                return
            yield _Line(place, at, number, counted + reader.line_num, values)
        except csv.Error as error:
            if str(error) == _UNENDED:
                raise FileBroken(str(path), "a quotation mark is never closed", number) from None
            yield _Line(place, at, number, counted + reader.line_num, None, f"{error}")
        place = at


def _next_line(reader: Iterator[list[str]]) -> list[str] | None:
    """None at the end. The limit of others is put back; what they read keeps it."""
    with _LIMITED:
        theirs = csv.field_size_limit(_LONGEST_VALUE)
        try:
            return next(reader, None)
        finally:
            csv.field_size_limit(theirs)
