"""A private file is whole or not there, and nobody else's."""

from __future__ import annotations

import errno
import io
import logging
import os
from contextlib import suppress
from pathlib import Path

from qdrant_model_migration import private_file


def test_it_takes_the_place_of_what_was_there_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("old")
    path.chmod(0o644)
    before = os.umask(0)
    try:
        assert private_file.write(path, "new") == path
    finally:
        os.umask(before)
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_broken_off_one_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("old")
    with suppress(ZeroDivisionError), private_file.written(path) as file:
        file.write("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


class _Full(io.StringIO):
    """A stream on a disk without room."""

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_log_whose_last_line_finds_no_room_is_closed_in_peace(tmp_path: Path) -> None:
    """What the run had ended with was hidden by it."""
    handler = private_file.log_to(tmp_path / "engine.log", logging.Formatter())
    assert isinstance(handler, logging.FileHandler)
    handler.stream = _Full()
    handler.close()
