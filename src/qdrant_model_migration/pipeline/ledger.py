"""The ledger: for each point of the old collection, the digest of what was last brought over.

It tells a late write to the old collection from a new write to the new one after the switch. One
SQLite file of parts, each with the records of a range of ids in the server's order, 33 bytes a
point. A part is replaced whole or not at all, so that a kill leaves it as it was or as it is to be,
and a pass may be broken off between two of them. A few rows can be changed without writing their
part anew: they stand beside the parts, and are void once the part is replaced.
"""

from __future__ import annotations

import errno
import json
import sqlite3
import uuid
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from zlib import crc32

from qdrant_model_migration.errors import DiskFull, RunFolderUnusable
from qdrant_model_migration.pipeline.errors import LedgerDamaged
from qdrant_model_migration.pipeline.marks import DIGEST_BYTES, is_unfinished
from qdrant_model_migration.pipeline.read import align
from qdrant_model_migration.qdrant import PointId, order

FILE = "ledger.db"
PART = 4_096  # records that a part is meant to have
MOST = 2 * PART  # records that are held at once
_FIRST_FILE, _FIRST_AMENDED = "ledger.bin", "ledger.amended.json"
_FIRST_FORM = (_FIRST_FILE, _FIRST_AMENDED, "ledger.part")
_ID_BYTES = 16
_KEY = 1 + _ID_BYTES
_RECORD = _KEY + DIGEST_BYTES
_EVEN_SMALL = 2**20  # bytes: what SQLite takes besides, and the part that is being replaced
_END = b"\xff"  # beyond all ids
_TABLES = (
    "CREATE TABLE parts(start BLOB PRIMARY KEY, records BLOB NOT NULL, crc INTEGER NOT NULL)",
    "CREATE TABLE amended(id BLOB PRIMARY KEY, mark BLOB NOT NULL) WITHOUT ROWID",
)


def room(points: int) -> int:
    """Bytes that the ledger of so many points takes at most, while it is written."""
    return 36 * points + _EVEN_SMALL


def record(point: PointId, mark: bytes) -> bytes:
    """One record. As bytes, ids have the server's order."""
    return _key(point) + mark


def rows_of(records: bytes) -> Iterator[tuple[PointId, bytes]]:
    """Ids and marks of records, in order."""
    for at in range(0, len(records), _RECORD):
        yield _point(records[at : at + _KEY]), records[at + _KEY : at + _RECORD]


def changed(records: bytes, rows: Mapping[PointId, bytes | None]) -> bytes:
    """The records with these rows changed or added, or taken out where the mark is None."""
    if not rows:
        return records
    ordered = iter(sorted(rows.items(), key=lambda row: order(row[0])))
    return b"".join(
        record(point, mark)
        for point, (before, now) in align(rows_of(records), ordered)
        if (mark := now if point in rows else before) is not None
    )


@contextmanager
def open_ledger(folder: Path, *, begin: bool = False) -> Iterator[Ledger]:
    """The ledger of a run. begin: make it where there is none yet.

    Raises LedgerDamaged, DiskFull, RunFolderUnusable.
    """
    path, first = folder / FILE, folder / _FIRST_FILE
    with _in_words(path):
        if begin or first.exists():
            path.touch(mode=0o600)
        elif not path.exists():
            raise LedgerDamaged(path)
        sql = sqlite3.connect(path, isolation_level=None)
    with closing(sql):
        ledger = Ledger(sql, path)
        ledger.prepare(first)
        if not begin:
            ledger.must_be_begun()
        yield ledger


def forget_ledger(folder: Path) -> None:
    """It is damaged, and a pass is about to write all of it anew. Raises RunFolderUnusable."""
    with _in_words(folder / FILE):
        for name in (FILE, f"{FILE}-journal"):
            (folder / name).unlink(missing_ok=True)
        _remove_first_form(folder)


class Ledger:
    """The open ledger, for the thread that has opened it.

    Its methods raise LedgerDamaged, and those that write DiskFull and RunFolderUnusable.
    """

    def __init__(self, sql: sqlite3.Connection, path: Path) -> None:
        self._sql, self._path = sql, path

    def prepare(self, first: Path) -> None:
        """Its tables, filled from the file of the first version where that is in its place."""
        with _in_words(self._path):
            for pragma in ("synchronous=FULL", "fullfsync=1"):
                self._sql.execute(f"PRAGMA {pragma}")
            made = self._sql.execute("SELECT EXISTS(SELECT 1 FROM sqlite_master)").fetchone()[0]
        if not made:
            with self._changing() as sql:
                for table in _TABLES:
                    sql.execute(table)
                if first.exists():
                    self._take_over(first)
        with _in_words(self._path):
            _remove_first_form(first.parent)

    def must_be_begun(self) -> None:
        """Raises LedgerDamaged where no pass has written any of it."""
        with _in_words(self._path):
            if not self._sql.execute("SELECT EXISTS(SELECT 1 FROM parts)").fetchone()[0]:
                raise LedgerDamaged(self._path)

    def __len__(self) -> int:
        """How many points the passes have found."""
        with _in_words(self._path):
            found = self._sql.execute("SELECT sum(length(records)) FROM parts").fetchone()[0]
        return (found or 0) // _RECORD

    def part(
        self, start: PointId | None = None, end: PointId | None = None, most: int = MOST
    ) -> tuple[bytes, PointId | None]:
        """Records with start <= id < end, and where they go on, if there are more than `most`."""
        low, high = _key(start), _end(end)
        found, beyond = bytearray(), None
        with _in_words(self._path):
            parts = self._sql.execute(
                "SELECT start, records, crc FROM parts WHERE start < ? AND start >= "
                "coalesce((SELECT max(start) FROM parts WHERE start <= ?), ?) ORDER BY start",
                (high, low, low),
            )
            for at, records, crc in parts:
                if len(found) >= most * _RECORD:
                    high, beyond = at, self._point(at)
                    break
                found += _between(self._whole(records, crc), low, high)
            amended = self._sql.execute(
                "SELECT id, mark FROM amended WHERE id >= ? AND id < ?", (low, high)
            ).fetchall()
        rows = {self._point(key): mark or None for key, mark in amended}
        all_of_it = changed(bytes(found), rows)
        if len(all_of_it) <= most * _RECORD:
            return all_of_it, beyond
        more = all_of_it[most * _RECORD :]
        return all_of_it[: most * _RECORD], self._point(more[:_KEY])

    def mark(self, point: PointId) -> bytes | None:
        """What it says of one point."""
        records, _ = self.part(point, most=1)
        return dict(rows_of(records)).get(point)

    def rows(self) -> Iterator[tuple[PointId, bytes]]:
        """All of it, in order, in pieces."""
        start: PointId | None = None
        while True:
            records, start = self.part(start)
            yield from rows_of(records)
            if start is None:
                return

    def replace(self, start: PointId | None, end: PointId | None, records: bytes) -> None:
        """Put these in the place of all records with start <= id < end, durably."""
        low, high = _key(start), _end(end)
        with self._changing() as sql:
            one = "SELECT * FROM parts WHERE start < ? ORDER BY start DESC LIMIT 1"
            before = sql.execute(one, (low,)).fetchone()
            last = sql.execute(one, (high,)).fetchone()
            beyond = _between(self._whole(*last[1:]), high, _END) if last else b""
            sql.execute("DELETE FROM parts WHERE start >= ? AND start < ?", (low, high))
            sql.execute("DELETE FROM amended WHERE id >= ? AND id < ?", (low, high))
            if before and before[1][-_RECORD:-DIGEST_BYTES] >= low:
                self._put(before[0], _between(self._whole(*before[1:]), b"", low))
            self._put(low, records)
            if beyond:
                self._put(high, beyond)

    def amend(self, rows: Mapping[PointId, bytes | None]) -> None:
        """Change these rows, None takes one out. Few: they are held in memory when it is read."""
        with self._changing():
            self._set_amended({point: mark or b"" for point, mark in rows.items()})

    def unfinished(self) -> set[PointId]:
        """Points whose amended mark says that they lack the vectors that a model makes."""
        with _in_words(self._path):
            amended = self._sql.execute("SELECT id, mark FROM amended").fetchall()
        return {self._point(key) for key, mark in amended if is_unfinished(mark or None)}

    def taken_out(self) -> int:
        """How many rows were taken out since their part was written."""
        with _in_words(self._path):
            sql = "SELECT count(*) FROM amended WHERE length(mark) = 0"
            return int(self._sql.execute(sql).fetchone()[0])

    def _set_amended(self, rows: Mapping[PointId, bytes]) -> None:
        self._sql.executemany(
            "INSERT OR REPLACE INTO amended VALUES(?, ?)",
            [(_key(point), mark) for point, mark in rows.items()],
        )

    def _put(self, start: bytes, records: bytes) -> None:
        self._sql.execute(
            "INSERT OR REPLACE INTO parts VALUES(?, ?, ?)", (start, records, crc32(records))
        )

    def _point(self, key: bytes) -> PointId:
        try:
            return _point(key)
        except ValueError as error:
            raise LedgerDamaged(self._path) from error

    def _whole(self, records: bytes, crc: int) -> bytes:
        if len(records) % _RECORD or crc32(records) != crc:
            raise LedgerDamaged(self._path)
        return records

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with _in_words(self._path):
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield self._sql
                self._sql.execute("COMMIT")
            except BaseException:
                if self._sql.in_transaction:
                    self._sql.execute("ROLLBACK")
                raise

    def _take_over(self, first: Path) -> None:
        """From the first version: one file of all records, and a small one of changed rows."""
        found = first.stat()
        with first.open("rb") as file:
            self._put(b"", self._first_records(file.read(PART * _RECORD)))
            while records := self._first_records(file.read(PART * _RECORD)):
                self._put(records[:_KEY], records)
        changes = first.with_name(_FIRST_AMENDED)
        if not changes.exists():
            return
        try:
            said = json.loads(changes.read_text(encoding="utf-8"))
            if said["of"] == [found.st_mtime_ns, found.st_size]:
                rows = {point: bytes.fromhex(mark or "") for point, mark in said["rows"]}
                self._set_amended(rows)
        except (ValueError, KeyError, TypeError) as error:
            raise LedgerDamaged(changes) from error

    def _first_records(self, read: bytes) -> bytes:
        """Numbers stood there as "u", UUIDs as "s"."""
        records = bytearray(read)
        kinds = records[::_RECORD]
        if len(records) % _RECORD or kinds.strip(b"us"):
            raise LedgerDamaged(self._path.with_name(_FIRST_FILE))
        records[::_RECORD] = kinds.translate(bytes.maketrans(b"us", b"\0\1"))
        return bytes(records)


def _remove_first_form(folder: Path) -> None:
    for name in _FIRST_FORM:
        (folder / name).unlink(missing_ok=True)


def _between(records: bytes, low: bytes, high: bytes) -> bytes:
    """Those with low <= key < high."""
    rows = range(len(records) // _RECORD)

    def key(row: int) -> bytes:
        return records[row * _RECORD : row * _RECORD + _KEY]

    first = bisect_left(rows, low, key=key)
    last = bisect_left(rows, high, key=key)
    return records[first * _RECORD : last * _RECORD]


def _key(point: PointId | None) -> bytes:
    """What orders as the server does; None is before all ids."""
    if point is None:
        return b""
    kind, value = order(point)
    return bytes((kind,)) + value.to_bytes(_ID_BYTES, "big")


def _end(point: PointId | None) -> bytes:
    return _END if point is None else _key(point)


def _point(key: bytes) -> PointId:
    """Raises ValueError."""
    value = int.from_bytes(key[1:], "big")
    if len(key) != _KEY or key[0] > 1:
        raise ValueError(key)
    return str(uuid.UUID(int=value)) if key[0] else value


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """What the disk and SQLite say, in words."""
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(str(path)) from error
        raise RunFolderUnusable(str(path.parent), "written to", error) from error
    except sqlite3.OperationalError as error:
        if "full" in str(error):
            raise DiskFull(str(path)) from error
        if "no such" in str(error):  # it holds other tables
            raise LedgerDamaged(path) from error
        raise RunFolderUnusable(str(path.parent), "written to", OSError(str(error))) from error
    except sqlite3.DatabaseError as error:
        raise LedgerDamaged(path) from error
