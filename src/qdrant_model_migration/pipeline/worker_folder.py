"""The temporary folder of a worker. One that is killed leaves its own; the next worker on that
computer takes it away. A process id proves nothing, a lock does."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

PREFIX = "qmm-worker-"


class WorkerFolder:
    """Made empty, and locked as long as its process lives; `close` takes it away."""

    def __init__(self) -> None:
        for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            _take_away(left)
        self.path, self._handle = _locked()

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._handle)


def _locked() -> tuple[Path, int]:
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        with suppress(FileNotFoundError):  # another worker took it for one that was left
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            with suppress(OSError):  # a disk without locks: nobody takes away anything there
                fcntl.flock(handle, fcntl.LOCK_EX)
            if path.exists():
                return path, handle
            os.close(handle)


def _take_away(folder: Path) -> None:
    """Unless a process has it, or it is another person's."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_uid == os.getuid():
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(handle)
