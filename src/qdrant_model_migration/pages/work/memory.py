"""What the wizard remembers between two openings: the last server address. Never a key."""

from __future__ import annotations

import logging
from pathlib import Path

from qdrant_model_migration import private_file
from qdrant_model_migration.environment import runs_folder

log = logging.getLogger(__name__)


def folder() -> Path:
    """Where the wizard keeps its own few files: beside the folder of the runs."""
    return runs_folder().parent


def last_address() -> str:
    """The address used last, "" if none is remembered."""
    try:
        return (folder() / "last-address").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def remember_address(address: str) -> None:
    """Keep the address for next time; "" forgets it. A disk that refuses is no trouble."""
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        private_file.write(folder() / "last-address", address)
    except OSError:
        log.exception("the address could not be remembered")
