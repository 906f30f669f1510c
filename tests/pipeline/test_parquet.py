"""Parquet: rows from any place on, values as payloads have them; what is said without pyarrow."""

from __future__ import annotations

import builtins
import datetime
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.pipeline.errors import FileBroken, ParquetMissing
from qdrant_model_migration.pipeline.rows import Unusable
from qdrant_model_migration.pipeline.slices import find_slices
from qdrant_model_migration.pipeline.sources.file import rows_of

NOBODY: Any = None


def between() -> None:
    pass


def write(path: Path, rows: list[dict[str, Any]], group: int) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pyarrow.Table.from_pylist(rows), path, row_group_size=group)


@pytest.mark.parametrize("size", [1, 7, 300, 5_000])
def test_slices_cover_each_row_once_whatever_the_groups_of_the_file(
    tmp_path: Path, size: int
) -> None:
    path = tmp_path / "docs.parquet"
    write(path, [{"id": n, "text": f"text {n}"} for n in range(0, 1_000, 2)], 137)
    source = rows_of(str(path), "id")
    assert source.count(NOBODY) == 500
    found = [
        placed.point
        for where in find_slices(NOBODY, source, size)
        for placed in source.read(NOBODY, where.start, where.end, (), between)
    ]
    assert [(p.id, p.payload["text"]) for p in found] == [
        (n, f"text {n}") for n in range(0, 1_000, 2)
    ]


def test_values_are_as_a_payload_has_them_and_bytes_are_none(tmp_path: Path) -> None:
    row = {
        "id": 7,
        "day": datetime.date(2026, 1, 2),
        "at": datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.timezone.utc),
        "price": Decimal("1.50"),
        "whole": Decimal("3.00"),
        "nothing": math.nan,
        "list": [{"a": 1}],
    }
    path = tmp_path / "docs.parquet"
    write(path, [row], 10)
    (one,) = rows_of(str(path), "id").numbered(between)
    assert not isinstance(one.point, Unusable)
    assert one.point.payload == {
        "id": 7,
        "day": "2026-01-02",
        "at": "2026-01-02T03:04:00+00:00",
        "price": 1.5,
        "whole": 3,
        "nothing": None,
        "list": [{"a": 1}],
    }
    write(path, [{"id": 7, "raw": b"\xff"}], 10)
    (one,) = rows_of(str(path), "id").numbered(between)
    assert isinstance(one.point, Unusable)
    assert "no payload can hold" in one.point.why
    (one,) = rows_of(str(path), "id", columns=("id",)).numbered(between)
    assert not isinstance(one.point, Unusable)


def test_what_is_no_parquet_is_said(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "docs.parquet").write_text("id,text\n")
    with pytest.raises(FileBroken, match="not a Parquet file"):
        list(rows_of(str(tmp_path / "docs.parquet")).numbered(between))


def test_without_pyarrow_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def blocked(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] == "pyarrow":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", blocked)
    with pytest.raises(ParquetMissing) as caught:
        rows_of(str(tmp_path / "docs.parquet")).count(NOBODY)
    assert "pip install 'qdrant-model-migration[parquet]'" in caught.value.todo
