"""The ledger: for each point of the old collection, the digest it had at the last catch-up.

It tells a late write to the old collection from a new write to the new one after the switch. One
file of fixed records in the server's id order, 33 bytes a point, written beside the last one and
renamed when it is whole, so that a kill leaves the old one.
"""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from qdrant_model_migration.errors import DiskFull, LedgerDamaged, RunFolderUnusable
from qdrant_model_migration.pipeline.sameness import DIGEST_BYTES
from qdrant_model_migration.qdrant import PointId

FILE = "ledger.bin"
_ID_BYTES = 16
_RECORD = 1 + _ID_BYTES + DIGEST_BYTES


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


def read_ledger(folder: Path) -> Iterator[tuple[PointId, bytes]]:
    """The records of the last whole pass, in order. Raises LedgerDamaged."""
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
