"""A second copy of the journal, made where a step begins and whenever a step keeps a fact.

If the journal is damaged, the run goes on from the copy. That is safe: what is missing in it was
done by steps that find out from the server what is done, and no fact is missing in it.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from qdrant_model_migration.engine.engine_log import log
from qdrant_model_migration.engine.journal import COPY, FILE, Journal
from qdrant_model_migration.engine.stamps import local
from qdrant_model_migration.errors import JournalDamaged, QmmError

ASIDE = "journal.damaged.db"


def keep_copy(journal: Journal, folder: Path) -> None:
    """Replace the copy by the journal as it is now. Failing to is no reason to end a run."""
    part = folder / f".{COPY}"
    try:
        journal.write_copy(part)
        part.replace(folder / COPY)
    except (QmmError, OSError) as error:
        log.warning("no second copy of the journal was made: %s", error)


def open_journal(folder: Path, secret: str = "") -> Journal:
    """The journal, or its copy where it is damaged, gone, or fell back behind the copy.

    Raises JournalDamaged where neither can be used; both are left as they are then.
    """
    path, copy = folder / FILE, folder / COPY
    kept = _last_heard(copy, "&immutable=1")
    if kept is None:
        return Journal(path, secret=secret)
    found = _last_heard(path)
    if found is not None and found >= kept:
        try:
            return Journal(path, secret=secret)
        except JournalDamaged as error:
            log.warning("%s", error)
    return _from_copy(path, copy, kept, secret)


def _from_copy(path: Path, copy: Path, kept: str, secret: str) -> Journal:
    whole = path.with_name(f".{FILE}")
    shutil.copyfile(copy, whole)
    whole.chmod(0o600)
    for end in ("", "-wal", "-shm", "-journal"):
        side = path.with_name(path.name + end)
        if side.exists():
            side.replace(path.with_name(ASIDE + end))
    whole.replace(path)
    journal = Journal(path, secret=secret)
    journal.event(
        "note",
        f"The notes of this run were damaged from {local(kept):%H:%M:%S} on. The run goes on from "
        f"there, and asks the server what is done. The damaged file is kept as {ASIDE}.",
        {},
        None,
    )
    return journal


def _last_heard(path: Path, how: str = "") -> str | None:
    """When the engine last wrote to a journal; None where there is nothing usable."""
    if not path.exists():
        return None
    uri = f"{path.absolute().as_uri()}?mode=ro{how}"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=5)) as sql:
            row = sql.execute("SELECT value FROM run WHERE key = 'heard'").fetchone()
    except sqlite3.Error:
        return None
    return str(row[0]).strip('"') if row else None
