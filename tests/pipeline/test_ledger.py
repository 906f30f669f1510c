"""The ledger: whole or not at all, and in words where the disk does not take it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from qdrant_model_migration.errors import DiskFull, RunFolderUnusable
from qdrant_model_migration.pipeline.errors import LedgerDamaged
from qdrant_model_migration.pipeline.ledger import FILE, amend_ledger, new_ledger, read_ledger, room

MARK = bytes(range(16))
UUID = "00000000-0000-0000-0000-00000000002a"


def write(folder: Path, *points: int | str) -> None:
    with new_ledger(folder) as ledger:
        for point in points:
            ledger.add(point, MARK)


def test_the_room_is_that_of_the_last_ledger_and_the_one_in_work(tmp_path: Path) -> None:
    write(tmp_path, 1, 2, UUID)
    with new_ledger(tmp_path) as ledger:
        for point in (1, 2, UUID):
            ledger.add(point, MARK)
        ledger._file.flush()
        assert sum(path.stat().st_size for path in tmp_path.iterdir()) == room(3)


def test_ids_of_both_kinds_come_back_in_order(tmp_path: Path) -> None:
    write(tmp_path, 0, 2**64 - 1, UUID)
    assert list(read_ledger(tmp_path)) == [(0, MARK), (2**64 - 1, MARK), (UUID, MARK)]


def test_rows_can_be_changed_added_and_taken_out_until_the_next_ledger(tmp_path: Path) -> None:
    other, last = MARK[::-1], "00000000-0000-0000-0000-0000000000ff"
    write(tmp_path, 1, 5, 9, UUID)
    amend_ledger(tmp_path, {5: other, 0: other, 7: None})
    amend_ledger(tmp_path, {9: None, last: other, 7: other})
    assert list(read_ledger(tmp_path)) == [
        (0, other), (1, MARK), (5, other), (7, other), (UUID, MARK), (last, other),
    ]  # fmt: skip
    write(tmp_path, 1, 5)
    assert list(read_ledger(tmp_path)) == [(1, MARK), (5, MARK)]


def test_a_pass_that_breaks_off_leaves_the_last_whole_ledger(tmp_path: Path) -> None:
    write(tmp_path, 1)
    with pytest.raises(TypeError):
        write(tmp_path, 2, None)  # type: ignore[arg-type]
    assert [point for point, _ in read_ledger(tmp_path)] == [1]


def test_a_full_disk_is_said_and_leaves_the_last_whole_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 1)

    def full(_: int) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull, match=FILE):
        write(tmp_path, 2)
    assert [point for point, _ in read_ledger(tmp_path)] == [1]


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunFolderUnusable, match="gone"):
        write(tmp_path / "gone", 1)


@pytest.mark.parametrize("damage", [b"x" * 33, b"u" + bytes(20)])
def test_a_damaged_ledger_is_not_read_as_a_shorter_one(tmp_path: Path, damage: bytes) -> None:
    write(tmp_path, 1)
    with (tmp_path / FILE).open("ab") as file:
        file.write(damage)
    with pytest.raises(LedgerDamaged):
        list(read_ledger(tmp_path))
    (tmp_path / FILE).unlink()
    with pytest.raises(LedgerDamaged):
        list(read_ledger(tmp_path))
