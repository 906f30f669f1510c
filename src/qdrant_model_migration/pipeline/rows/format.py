"""What a format is: rows that are read one after the other, from any place on, a few in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

LONGEST = 64 * 2**20
"""Bytes of one line. A file without line ends is not read as one row of gigabytes."""


class Unusable(NamedTuple):
    """Why a row is none, and how it begins."""

    why: str
    shown: str


class Row(NamedTuple):
    """place: where reading can begin again with this row. line: counted from where it began, so of
    the file where that was the beginning."""

    place: int
    line: int
    found: dict[str, Any] | Unusable


class Format:
    """Subclass it in one new file of this folder.

    endings: of files of this kind. unit: what is counted, for "line 17". title: for sentences.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    endings: ClassVar[tuple[str, ...]]
    unit: ClassVar[str] = "line"

    def rows(self, path: Path, start: int) -> Iterator[Row]:
        """The rows from a place on (0: the first). One that cannot be used is said, and the next
        ones are read. Raises FileBroken where what follows cannot be told apart, and OSError."""
        raise NotImplementedError

    def count(self, path: Path) -> int | None:
        """How many rows; None where only reading all of it would tell."""
        return None
