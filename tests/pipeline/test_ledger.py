"""The ledger: each part whole or not at all, and in words where the disk does not take it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qdrant_model_migration.errors import DiskFull, RunFolderUnusable
from qdrant_model_migration.pipeline.errors import LedgerDamaged
from qdrant_model_migration.pipeline.ledger import (
    FILE,
    PART,
    Ledger,
    changed,
    forget_ledger,
    open_ledger,
    record,
    room,
    rows_of,
)
from qdrant_model_migration.pipeline.marks import unfinished
from qdrant_model_migration.qdrant import PointId, order

MARK, OTHER = bytes(range(16)), bytes(range(16))[::-1]
UUID = "00000000-0000-0000-0000-00000000002a"
LAST = "00000000-0000-0000-0000-0000000000ff"
IDS = st.one_of(st.integers(0, 2**64 - 1), st.uuids().map(str), st.integers(0, 50))


def records(*points: PointId, mark: bytes = MARK) -> bytes:
    return b"".join(record(point, mark) for point in points)


def write(folder: Path, *points: PointId) -> None:
    with open_ledger(folder, begin=True) as ledger:
        ledger.replace(None, None, records(*points))


def read(folder: Path) -> list[tuple[PointId, bytes]]:
    with open_ledger(folder) as ledger:
        return list(ledger.rows())


@pytest.mark.parametrize("points", [3, 60_000])
def test_it_takes_no_more_room_than_was_told_while_its_parts_are_replaced(
    tmp_path: Path, points: int
) -> None:
    with open_ledger(tmp_path, begin=True) as ledger:
        for mark in (MARK, OTHER):
            for first in range(0, points, PART):
                ids = range(first, min(first + PART, points))
                ledger.replace(first or None, first + PART, records(*ids, mark=mark))
                assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= room(points)
        assert len(ledger) == points


def test_ids_of_both_kinds_come_back_in_order(tmp_path: Path) -> None:
    write(tmp_path, 0, 2**64 - 1, UUID)
    assert read(tmp_path) == [(0, MARK), (2**64 - 1, MARK), (UUID, MARK)]


def test_rows_can_be_changed_added_and_taken_out_until_their_part_is_replaced(
    tmp_path: Path,
) -> None:
    write(tmp_path, 1, 5, 9, UUID)
    with open_ledger(tmp_path) as ledger:
        ledger.amend({5: OTHER, 0: unfinished(OTHER), 7: None})
        ledger.amend({9: None, LAST: OTHER, 7: OTHER})
        assert list(ledger.rows()) == [
            (0, unfinished(OTHER)), (1, MARK), (5, OTHER), (7, OTHER), (UUID, MARK), (LAST, OTHER),
        ]  # fmt: skip
        assert ledger.unfinished() == {0}
        ledger.replace(None, 7, records(1, 5))
        assert list(ledger.rows()) == [
            (1, MARK), (5, MARK), (7, OTHER), (UUID, MARK), (LAST, OTHER),
        ]  # fmt: skip
        assert ledger.unfinished() == set()


@given(
    st.lists(IDS, unique=True, max_size=12),
    st.lists(st.tuples(IDS, st.one_of(st.none(), IDS), st.lists(IDS, max_size=6)), max_size=6),
    st.integers(1, 5),
)
def test_whatever_ranges_are_replaced_the_rest_stays(
    tmp_path_factory: pytest.TempPathFactory,
    ids: list[Any],
    changes: list[tuple[Any, Any, list[Any]]],
    most: int,
) -> None:
    """Slices that have grown are divided, so that ranges do not always meet the parts."""
    expected = dict.fromkeys(ids, MARK)
    folder = tmp_path_factory.mktemp("ledger")
    with open_ledger(folder, begin=True) as ledger:
        ledger.replace(None, None, records(*sorted(ids, key=order)))
        for start, end, new in changes:

            def inside(point: Any, start: Any = start, end: Any = end) -> bool:
                return order(start) <= order(point) and (end is None or order(point) < order(end))

            if end is not None and order(end) <= order(start):
                continue
            now = sorted({point for point in new if inside(point)}, key=order)
            ledger.replace(start, end, records(*now, mark=OTHER))
            expected = {p: mark for p, mark in expected.items() if not inside(p)}
            expected |= dict.fromkeys(now, OTHER)
        wanted = sorted(expected.items(), key=lambda row: order(row[0]))
        assert list(ledger.rows()) == wanted
        assert len(ledger) == len(wanted)
        found, start = [], None
        while True:
            part, beyond = ledger.part(start, most=most)
            assert len(list(rows_of(part))) <= most
            found += rows_of(part)
            if beyond is None:
                break
            start = beyond
        assert found == wanted


@given(st.lists(IDS, unique=True), st.dictionaries(IDS, st.sampled_from([None, OTHER])))
def test_changed_rows_are_merged_in_order(ids: list[Any], rows: dict[Any, Any]) -> None:
    before = dict.fromkeys(ids, MARK)
    after = {point: mark for point, mark in {**before, **rows}.items() if mark is not None}
    found = changed(records(*sorted(ids, key=order)), rows)
    assert list(rows_of(found)) == sorted(after.items(), key=lambda row: order(row[0]))


def test_a_kill_while_a_part_is_replaced_leaves_it_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 1, 2)

    def dies(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    with open_ledger(tmp_path) as ledger:
        monkeypatch.setattr(Ledger, "_put", dies)
        with pytest.raises(KeyboardInterrupt):
            ledger.replace(None, 2, records(0))
    assert read(tmp_path) == [(1, MARK), (2, MARK)]


def test_a_full_disk_is_said_and_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, 1)

    def full(*_: object) -> NoReturn:
        raise sqlite3.OperationalError("database or disk is full")

    with open_ledger(tmp_path) as ledger:
        monkeypatch.setattr(Ledger, "_put", full)
        with pytest.raises(DiskFull, match=FILE):
            ledger.replace(None, None, records(2))
    assert read(tmp_path) == [(1, MARK)]


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunFolderUnusable, match="gone"):
        write(tmp_path / "gone", 1)


def no_ledger(path: Path) -> None:
    path.unlink()


def nothing_in_it(path: Path) -> None:
    path.write_bytes(b"")


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4096])


def something_else(path: Path) -> None:
    path.write_bytes(b"{" * 9_000)


def other_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as sql:
        sql.execute("CREATE TABLE others(id)")


DAMAGES = [no_ledger, nothing_in_it, cut_off, something_else, other_tables]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_ledger_is_not_read_as_a_shorter_one(tmp_path: Path, damage: Any) -> None:
    write(tmp_path, *range(500))
    damage(tmp_path / FILE)
    with pytest.raises(LedgerDamaged, match="missing or damaged"):
        read(tmp_path)
    forget_ledger(tmp_path)
    write(tmp_path, 1)
    assert read(tmp_path) == [(1, MARK)]


def test_a_record_that_has_changed_on_the_disk_is_found(tmp_path: Path) -> None:
    write(tmp_path, 1)
    raw = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(raw.replace(MARK, OTHER))
    with pytest.raises(LedgerDamaged):
        read(tmp_path)


# --- The form of the first version ----------------------------------------------------------------


def first_form(folder: Path, *points: int | str, more: bytes = b"") -> Path:
    path = folder / "ledger.bin"
    kinds = [(b"u" if isinstance(p, int) else b"s") + record(p, MARK)[1:] for p in points]
    path.write_bytes(b"".join(kinds) + more)
    return path


def test_a_ledger_of_the_first_version_goes_on_in_the_form_of_today(tmp_path: Path) -> None:
    path = first_form(tmp_path, *range(PART + 7), UUID)
    found = path.stat()
    said = {"of": [found.st_mtime_ns, found.st_size],
            "rows": [[3, None], [LAST, unfinished(OTHER).hex()]]}  # fmt: skip
    (tmp_path / "ledger.amended.json").write_text(json.dumps(said))
    with open_ledger(tmp_path) as ledger:
        rows = dict(ledger.rows())
        assert ledger.unfinished() == {LAST}
        ledger.replace(PART, None, records(PART))
    assert rows.keys() == {*range(PART + 7), UUID, LAST} - {3}
    assert list(dict(read(tmp_path))) == [*(n for n in range(PART) if n != 3), PART]
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_rows_that_were_changed_in_an_older_ledger_of_the_first_version_are_void(
    tmp_path: Path,
) -> None:
    first_form(tmp_path, 1, 2)
    said = {"of": [1, 2], "rows": [[1, None]]}
    (tmp_path / "ledger.amended.json").write_text(json.dumps(said))
    assert [point for point, _ in read(tmp_path)] == [1, 2]


@pytest.mark.parametrize("more", [b"x" * 33, b"u" + bytes(20)])
def test_a_damaged_one_of_the_first_version_stays_as_it_is(tmp_path: Path, more: bytes) -> None:
    path = first_form(tmp_path, 1, more=more)
    for _ in range(2):
        with pytest.raises(LedgerDamaged):
            read(tmp_path)
    assert path.exists()
    path.unlink()
    first_form(tmp_path, 1)
    (tmp_path / "ledger.amended.json").write_text("{")
    with pytest.raises(LedgerDamaged):
        read(tmp_path)


def test_an_empty_one_of_the_first_version_is_an_empty_ledger(tmp_path: Path) -> None:
    first_form(tmp_path)
    assert read(tmp_path) == []
