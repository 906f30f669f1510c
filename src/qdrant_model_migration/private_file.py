"""Files for their owner's eyes alone: whole or not at all, and a log that only grows."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO


@contextmanager
def written(path: Path) -> Iterator[TextIO]:
    """A text file that takes the place of `path` when the block ends without an error."""
    with _replacing(path) as handle, os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        yield file


def write(path: Path, text: str) -> Path:
    """Write all of the text, or leave what is there. Raises OSError."""
    with written(path) as file:
        file.write(text)
    return path


def write_bytes(path: Path, data: bytes) -> Path:
    """As `write`, of what is no text."""
    with _replacing(path) as handle, os.fdopen(handle, "wb") as file:
        file.write(data)
    return path


@contextmanager
def _replacing(path: Path) -> Iterator[int]:
    """An open file that takes the place of `path` when the block, which closes it, ends."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    part = Path(name)
    try:
        yield handle
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


class _Log(logging.FileHandler):
    """What a full disk leaves unwritten is no error of whoever closes the log."""

    def close(self) -> None:
        with suppress(OSError):
            super().close()


def log_to(path: Path, form: logging.Formatter) -> logging.Handler:
    """A handler that adds lines to a file; one that others could read is closed to them."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.fchmod(handle, 0o600)
    finally:
        os.close(handle)
    handler = _Log(path, encoding="utf-8", delay=True)
    handler.setFormatter(form)
    # A full disk must not print a traceback of the log itself into the face's terminal.
    handler.handleError = lambda record: None  # type: ignore[method-assign]
    return handler
