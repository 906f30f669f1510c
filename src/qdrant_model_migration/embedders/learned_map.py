"""A learned map: what turns vectors of one model into nearly those of another, and its file."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from qdrant_model_migration import private_file
from qdrant_model_migration.embedders.embedder import SMALLEST_NORM
from qdrant_model_migration.embedders.errors import MapUnreadable

Rows: TypeAlias = NDArray[np.float64]
FILE = "map.npz"


class LearnedMap(NamedTuple):
    """x becomes x @ matrix + offset. matrix: old by new dimensions; offset: new dimensions."""

    matrix: NDArray[np.float32]
    offset: NDArray[np.float32]

    def of(self, rows: Sequence[Any] | NDArray[Any], *, length_one: bool) -> Rows:
        """The vectors that these become. length_one: each made to length one, as under cosine."""
        made: Rows = np.asarray(rows, np.float64) @ self.matrix.astype(np.float64) + self.offset
        return to_length_one(made) if length_one else made

    @property
    def fingerprint(self) -> str:
        digest = hashlib.sha256(repr(self.matrix.shape).encode())
        digest.update(np.ascontiguousarray(self.matrix).tobytes())
        digest.update(np.ascontiguousarray(self.offset).tobytes())
        return digest.hexdigest()[:16]

    def save(self, path: Path) -> None:
        """Written whole or not at all. Raises OSError."""
        file = io.BytesIO()
        np.savez(file, matrix=self.matrix, offset=self.offset, fingerprint=self.fingerprint)
        private_file.write_bytes(path, file.getvalue())

    @classmethod
    def load(cls, path: Path) -> LearnedMap:
        """Raises MapUnreadable where it is not there, or not as it was written."""
        try:
            found = path.stat()
        except OSError as error:
            raise MapUnreadable(path, error.strerror or str(error)) from error
        return _loaded(path, found.st_mtime_ns, found.st_size)


def to_length_one(rows: NDArray[Any]) -> Rows:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, SMALLEST_NORM), np.float64)


@lru_cache(maxsize=4)
def _loaded(path: Path, changed: int, size: int) -> LearnedMap:
    try:
        with np.load(path, allow_pickle=False) as file:
            found = LearnedMap(file["matrix"], file["offset"])
            said = str(file["fingerprint"])
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise MapUnreadable(path, "It is not a file of that kind") from error
    if said != found.fingerprint:
        raise MapUnreadable(path, "It is not as it was written")
    return found
