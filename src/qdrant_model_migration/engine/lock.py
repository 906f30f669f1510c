"""Who carries out a run: the lock file of its folder. A process id proves nothing, a lock does."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qdrant_model_migration.engine.errors import RunBusy
from qdrant_model_migration.errors import RunFolderUnusable

FILE = "lock"


def is_held(folder: Path) -> bool:
    """Whether an engine has this run open now, on this computer. Creates and changes nothing."""
    try:
        handle = os.open(folder / FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # A shared lock, so that two windows that look at one moment do not see each other.
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(handle)
    return False


@contextmanager
def held(folder: Path, *, patience: float = 1.0) -> Iterator[None]:
    """Hold the run for the length of the block; raises RunBusy where another engine does.

    patience: seconds to wait for an engine that is ending, and for windows that just look.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / FILE, mode=0o600, thread_local=False)
    try:
        lock.acquire(timeout=patience, poll_interval=0.02)
    except Timeout:
        raise RunBusy(folder.name) from None
    except OSError as error:
        raise RunFolderUnusable(str(folder), "opened for writing", error) from error
    try:
        yield
    finally:
        lock.release()
