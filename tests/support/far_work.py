"""Work on slices for tests, where workers in other processes can import it."""

from __future__ import annotations

import os
import time
from typing import Any

from qdrant_model_migration.pipeline.slices import SliceTask, run_slice

LATER = 12
"""Slices beyond this number wait until the file `happened` stands in the run folder."""


def held_up(task: SliceTask, worker: Any) -> Any:
    """The later half waits until the fault has happened."""
    until = time.monotonic() + 30
    while task.slice.number > LATER and not worker.artifact("happened").exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    return run_slice(task, worker), os.getpid()


def whose(task: None, worker: Any) -> int:
    time.sleep(0.05)
    return os.getpid()
