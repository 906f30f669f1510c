"""The first rows of a file, to choose its columns by, and about how many there are."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from qdrant_model_migration.pipeline.errors import FileUnreadable, FormatUnknown, RowsUnusable
from qdrant_model_migration.pipeline.rows import Unusable, format_of, formats

_READ = 200  # rows
_SHOWN = 3


class Head(NamedTuple):
    """columns: in the order of the file. first: rows of it. rows: how many there are, None: not
    known; exact: counted, else reckoned by the size. longest: the column with the longest texts."""

    name: str
    columns: tuple[str, ...]
    first: tuple[dict[str, Any], ...]
    rows: int | None
    exact: bool
    longest: str
    texts: tuple[dict[str, Any], ...] = ()


def head_of(file: str) -> Head:
    """Raises FormatUnknown, FileUnreadable, FileBroken, ParquetMissing, RowsUnusable."""
    path = Path(file).expanduser()
    form = format_of(file)
    if form is None:
        known = [ending for one in formats() for ending in one.endings]
        raise FormatUnknown(path.name, known)
    try:
        read = list(islice(form.rows(path, 0), _READ + 1))
        counted, size = form.count(path), path.stat().st_size
    except OSError as error:
        raise FileUnreadable(file, error) from error
    rows = [row.found for row in read if not isinstance(row.found, Unusable)]
    if not rows:
        bad = read[0] if read else None
        why = f"{form.unit} 1, {bad.found.why}" if bad and isinstance(bad.found, Unusable) else ""
        raise RowsUnusable(path.name, len(read), len(read), why)
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    about = counted
    if about is None:
        far = read[-1].place
        about = len(read) if len(read) <= _READ else round(size * _READ / max(far, 1))
    exact = counted is not None or len(read) <= _READ
    return Head(path.name, columns, tuple(rows[:_SHOWN]), about, exact, _longest(rows), tuple(rows))


def _longest(rows: list[dict[str, Any]]) -> str:
    letters: dict[str, int] = {}
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str):
                letters[name] = letters.get(name, 0) + len(value)
    return max(letters, key=lambda name: letters[name], default="")
