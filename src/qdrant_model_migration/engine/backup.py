"""A second copy of the journal, made where a step begins; facts that a step keeps are added to it.

If the journal is damaged, the run goes on from the copy. That is safe: what is missing in it was
done by steps that find out from the server what is done, and no fact is missing in it.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from qdrant_model_migration.engine.engine_log import log
from qdrant_model_migration.engine.errors import JournalDamaged
from qdrant_model_migration.engine.journal import COPY, FILE, WRITES, Journal
from qdrant_model_migration.engine.stamps import local
from qdrant_model_migration.errors import QmmError, RunFolderUnusable

ASIDE = "journal.damaged.db"
SIDES = ("-journal", "-wal", "-shm")


def keep_copy(journal: Journal, folder: Path) -> None:
    """Replace the copy by the journal as it is now. Failing to is no reason to end a run."""
    part, copy = folder / f".{COPY}", folder / COPY
    try:
        journal.write_copy(part)
        for end in SIDES:  # what a broken-off change of the last copy left is not of this one
            copy.with_name(COPY + end).unlink(missing_ok=True)
        part.replace(copy)
    except (QmmError, OSError) as error:
        log.warning("no second copy of the journal was made: %s", error)


def keep_fact(journal: Journal, folder: Path, key: str) -> None:
    """Add one fact to the copy, whatever the size of the journal; one that fails is made anew."""
    try:
        journal.add_to_copy(folder / COPY, key)
    except QmmError:
        keep_copy(journal, folder)


def open_journal(folder: Path) -> Journal:
    """The journal, or its copy where it is damaged, gone, or fell back behind the copy.

    Raises JournalDamaged where neither can be used, and RunFolderUnusable where the copy cannot
    take the journal's place; both are left as they are then.
    """
    path, copy = folder / FILE, folder / COPY
    kept = _stands(copy, "rw")
    if kept is None:
        return Journal(path)
    found = _stands(path)
    if found is not None and found >= kept:
        try:
            return Journal(path)
        except JournalDamaged as error:
            log.warning("%s", error)
    return _from_copy(path, copy, kept.heard)


def _from_copy(path: Path, copy: Path, kept: str) -> Journal:
    whole = path.with_name(f".{FILE}")
    try:
        shutil.copyfile(copy, whole)
        whole.chmod(0o600)
    except OSError as error:
        whole.unlink(missing_ok=True)
        raise RunFolderUnusable(str(path.parent), "written to", error) from error
    for end in ("", *SIDES):
        side = path.with_name(path.name + end)
        if side.exists():
            side.replace(path.with_name(ASIDE + end))
    whole.replace(path)
    journal = Journal(path)
    journal.event(
        "note",
        f"The notes of this run were damaged from {local(kept):%H:%M:%S} on. The run goes on from "
        f"there, and asks the server what is done. The damaged file is kept as {ASIDE}.",
        {},
        None,
    )
    return journal


class _Stands(NamedTuple):
    """How far a journal is: what it has counted, and when the engine last wrote to it, which tells
    more only where an earlier version has not counted."""

    writes: int
    heard: str


def _stands(path: Path, mode: str = "ro") -> _Stands | None:
    """None where there is nothing usable.

    mode: "rw" takes back first what was broken off in the middle of a change.
    """
    if not path.exists():
        return None
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=5)) as sql:
            run = dict(
                sql.execute("SELECT key, value FROM run WHERE key IN ('heard', ?)", (WRITES,))
            )
        return _Stands(int(run.get(WRITES, 0)), run["heard"].strip('"')) if "heard" in run else None
    except (sqlite3.Error, ValueError, TypeError, AttributeError):
        return None
