"""The ledger: for each point of the old collection, the digest it had at the last catch-up.

It tells a late write to the old collection from a new write to the new one after the switch. One
file of fixed records in the server's id order, 33 bytes a point, written beside the last one and
renamed when it is whole, so that a kill leaves the old one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from qdrant_model_migration.errors import LedgerDamaged
from qdrant_model_migration.pipeline.sameness import DIGEST_BYTES
from qdrant_model_migration.qdrant import PointId

FILE = "ledger.bin"
_ID_BYTES = 16
_RECORD = 1 + _ID_BYTES + DIGEST_BYTES


class LedgerWriter:
    """Takes the records of one pass, in order."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def add(self, point: PointId, mark: bytes) -> None:
        if isinstance(point, int):
            self._file.write(b"u" + point.to_bytes(_ID_BYTES, "big") + mark)
        else:
            self._file.write(b"s" + uuid.UUID(point).bytes + mark)


@contextmanager
def new_ledger(folder: Path) -> Iterator[LedgerWriter]:
    """Write a ledger; it takes the last one's place only when the block ends without an error."""
    path = folder / FILE
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        yield LedgerWriter(file)
    part.replace(path)


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
