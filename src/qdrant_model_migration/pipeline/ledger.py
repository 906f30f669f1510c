"""The ledger: for each point of the old collection, the digest it had at the last catch-up.

It tells a late write to the old collection from a new write to the new one after the switch. One
file of fixed records in the server's id order, 33 bytes a point, written beside the last one and
renamed when it is whole, so that a kill leaves the old one. A few rows can be changed afterwards
without writing it anew: they stand in a small file beside it, which is void when it is replaced.
"""

from __future__ import annotations

import errno
import json
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from qdrant_model_migration import private_file
from qdrant_model_migration.errors import DiskFull, RunFolderUnusable
from qdrant_model_migration.pipeline.errors import LedgerDamaged
from qdrant_model_migration.pipeline.marks import DIGEST_BYTES
from qdrant_model_migration.pipeline.read import align
from qdrant_model_migration.qdrant import PointId, order

FILE = "ledger.bin"
AMENDED = "ledger.amended.json"
_ID_BYTES = 16
_RECORD = 1 + _ID_BYTES + DIGEST_BYTES


def room(points: int) -> int:
    """Bytes that the ledger of so many points takes at most: the last one and the one in work."""
    return 2 * _RECORD * points


def rows_of(folder: Path) -> int:
    """How many points the last whole pass has found. Raises LedgerDamaged."""
    path = folder / FILE
    try:
        return path.stat().st_size // _RECORD
    except OSError as error:
        raise LedgerDamaged(path) from error


class LedgerWriter:
    """Takes the records of one pass, in order."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        self._file, self._path = file, path

    def add(self, point: PointId, mark: bytes) -> None:
        if isinstance(point, int):
            record = b"u" + point.to_bytes(_ID_BYTES, "big") + mark
        else:
            record = b"s" + uuid.UUID(point).bytes + mark
        with _in_words(self._path):
            self._file.write(record)


@contextmanager
def new_ledger(folder: Path) -> Iterator[LedgerWriter]:
    """Write a ledger; it takes the last one's place only when the block ends without an error.

    Raises DiskFull, RunFolderUnusable.
    """
    path = folder / FILE
    part = path.with_suffix(".part")
    with _in_words(path):
        part.touch(mode=0o600)
        file = part.open("wb")
    try:
        yield LedgerWriter(file, path)
        with _in_words(path):
            file.flush()
            os.fsync(file.fileno())
            part.replace(path)
    finally:
        with suppress(OSError):  # closing writes what is left, on a disk that may be full
            file.close()


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(str(path)) from error
        raise RunFolderUnusable(str(path.parent), "written to", error) from error


def amend_ledger(folder: Path, rows: Mapping[PointId, bytes | None]) -> None:
    """Change these rows, None takes one out. Few: all of them are held in memory when it is read.

    Raises DiskFull, RunFolderUnusable, LedgerDamaged.
    """
    changed = {**amended(folder), **rows}
    path = folder / AMENDED
    said = {
        "of": _stamp(folder),
        "rows": [[point, mark.hex() if mark else None] for point, mark in changed.items()],
    }
    with _in_words(path), private_file.written(path) as file:
        json.dump(said, file)
        file.flush()
        os.fsync(file.fileno())


def amended(folder: Path) -> dict[PointId, bytes | None]:
    """The rows that were changed since the ledger was written. Raises LedgerDamaged."""
    try:
        said = json.loads((folder / AMENDED).read_text(encoding="utf-8"))
        if said["of"] != _stamp(folder):
            return {}
        return {point: bytes.fromhex(mark) if mark else None for point, mark in said["rows"]}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LedgerDamaged(folder / AMENDED) from error


def _stamp(folder: Path) -> list[int]:
    """Which ledger it is."""
    found = (folder / FILE).stat()
    return [found.st_mtime_ns, found.st_size]


def read_ledger(folder: Path) -> Iterator[tuple[PointId, bytes]]:
    """The records of the last whole pass, in order. Raises LedgerDamaged."""
    changed = amended(folder)
    if not changed:
        yield from _records(folder)
        return
    rows = sorted(changed.items(), key=lambda row: order(row[0]))
    for point, (mark, _) in align(_records(folder), iter(rows)):
        if (now := changed.get(point, mark)) is not None:
            yield point, now


def _records(folder: Path) -> Iterator[tuple[PointId, bytes]]:
    path = folder / FILE
    try:
        with path.open("rb") as file:
            while record := file.read(_RECORD):
                if len(record) != _RECORD or record[:1] not in (b"u", b"s"):
                    raise LedgerDamaged(path)
                raw = record[1 : 1 + _ID_BYTES]
                point = (
                    int.from_bytes(raw, "big") if record[:1] == b"u" else str(uuid.UUID(bytes=raw))
                )
                yield point, record[1 + _ID_BYTES :]
    except OSError as error:
        raise LedgerDamaged(path) from error
