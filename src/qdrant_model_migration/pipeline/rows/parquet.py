"""Format: Parquet, read by pyarrow, which is installed only where somebody needs it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from qdrant_model_migration.pipeline.errors import FileBroken, ParquetMissing
from qdrant_model_migration.pipeline.rows.format import Format, Row

_BATCH = 256  # rows in memory


class Parquet(Format):
    """A place is the number of a row. Times are texts as ISO 8601 writes them; NaN is nothing."""

    name: ClassVar[str] = "parquet"
    title: ClassVar[str] = "Parquet"
    endings: ClassVar[tuple[str, ...]] = (".parquet", ".pq")
    unit: ClassVar[str] = "row"

    def rows(self, path: Path, start: int) -> Iterator[Row]:
        with _opened(path) as file:
            first = 0
            for group in range(file.num_row_groups):
                end = first + file.metadata.row_group(group).num_rows
                if end > start:
                    yield from _rows(path, file, group, first, start)
                first = end

    def count(self, path: Path) -> int:
        with _opened(path) as file:
            return int(file.metadata.num_rows)


def _rows(path: Path, file: Any, group: int, at: int, start: int) -> Iterator[Row]:
    from pyarrow import ArrowException

    try:
        for batch in file.iter_batches(batch_size=_BATCH, row_groups=[group]):
            beyond = max(0, start - at)
            for number, row in enumerate(batch.slice(beyond).to_pylist(), at + beyond):
                values = {name: _plain(value) for name, value in row.items()}
                yield Row(number, number + 1, values)
            at += batch.num_rows
    except ArrowException as error:
        raise FileBroken(str(path), f"it is damaged ({error})", at + 1, "row") from None


def _opened(path: Path) -> Any:
    """Raises ParquetMissing, FileBroken, OSError."""
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise ParquetMissing(str(path)) from None
    with path.open("rb"):
        pass  # what the system says of it, in its own words
    try:
        return ParquetFile(path)
    except ArrowException:
        raise FileBroken(str(path), "it is not a Parquet file", 0) from None


def _plain(value: Any) -> Any:
    """As a payload has it, where that can be."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
