"""Work on slices for tests, where workers in other processes can import it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from qdrant_model_migration.embedders import Embedder, ModelRef, open_embedder
from qdrant_model_migration.embedders.errors import ModelUnusable
from qdrant_model_migration.pipeline.slices import SliceTask, run_slice

LATER = 12
"""Slices beyond this number wait until the fault has happened."""


def held_up(happened: Path, task: SliceTask, worker: Any) -> Any:
    """The later half waits until the file `happened` stands there."""
    until = time.monotonic() + 30
    while task.slice.number > LATER and not happened.exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    return run_slice(task, worker), os.getpid(), worker.artifact("any").parent


def only_in(process: int, model: ModelRef) -> Embedder:
    if os.getpid() != process:
        raise ModelUnusable(model.label, "it is not on this computer")
    return open_embedder(model)


def whose(task: None, worker: Any) -> tuple[int, Path]:
    time.sleep(0.05)
    return os.getpid(), worker.artifact("any").parent
