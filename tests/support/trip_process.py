"""The engine of a Trip in a process of its own, ended by SIGKILL at a request that is named."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qdrant_model_migration.embedders import Embedder, ModelRef
from qdrant_model_migration.engine import run_here
from qdrant_model_migration.engine.job import Job, job_of
from qdrant_model_migration.qdrant import Qdrant
from qdrant_model_migration.steps import readiness
from support.forked import FORKED
from support.world import HashModel


def killed_at(
    folder: Path,
    request: int | str,
    open_embedder: Callable[[ModelRef], Embedder] = HashModel,
    doing: str = "",
) -> int:
    """Carry the run on in another process; its exit code, -9 where it was killed.

    It dies before its n-th request is sent where n is odd, after it was answered where n is even.
    doing: only those that do this count. A name: after the first request that does this.
    """
    told = (folder, request, open_embedder, doing)
    process = FORKED.Process(target=_be_the_engine, args=told)
    process.start()
    process.join(60)
    assert process.exitcode is not None, "it did not end"
    return process.exitcode


def _be_the_engine(
    folder: Path, kill_at: int | str, open_embedder: Callable[[ModelRef], Embedder], only: str
) -> None:
    readiness.POLL_SECONDS = 0.0
    sent, lock, send = 0, threading.Lock(), Qdrant._send

    def counted(self: Qdrant, doing: str, request: Callable[[], Any]) -> Any:
        nonlocal sent
        with lock:
            sent += (counts := only in ("", doing))
            mine = counts and kill_at in (sent, doing)
        if mine and isinstance(kill_at, int) and kill_at % 2:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = send(self, doing, request)
        if mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    def job(folder: Path) -> Job:
        return job_of(folder)._replace(open_embedder=open_embedder)

    Qdrant._send = counted  # type: ignore[method-assign]
    sys.exit(run_here(folder, job_of=job))
