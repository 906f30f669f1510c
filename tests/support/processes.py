"""A fleet of processes, each with a worker that opens everything by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import get_context
from multiprocessing.util import Finalize
from typing import TypeVar

from qdrant_model_migration.pipeline.artifacts import packed
from qdrant_model_migration.pipeline.fleet import Fleet
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.worker import Equipment, Worker, WorkerSpec
from support.world import HashModel, World

T = TypeVar("T")
R = TypeVar("R")

_workers: list[Worker] = []


@contextmanager
def processes(capacity: int, spec: WorkerSpec) -> Iterator[Fleet]:
    with ProcessPoolExecutor(capacity, get_context("spawn"), _open, (spec,)) as pool:
        yield _Processes(capacity, pool)


class _Processes:
    def __init__(self, capacity: int, pool: ProcessPoolExecutor) -> None:
        self.capacity, self._pool = capacity, pool

    def submit(self, work: Callable[[T, Equipment], R], task: T) -> Future[R]:
        return self._pool.submit(_do, work, task)


class Elsewhere(World):
    """Whatever is done on slices, and whatever vectors are made, is so in other processes.

    key: the name of the variable that has the key there.
    """

    key: str | None = None

    def fleet(self) -> AbstractContextManager[Fleet]:
        return self.workers()

    def workers(self, move: Move | None = None) -> AbstractContextManager[Fleet]:
        artifacts = packed((move or self.move).artifacts, self)
        spec = WorkerSpec(self.qdrant.address, self.key, open_model=HashModel, artifacts=artifacts)
        return processes(self.move.load.streams, spec)


def _open(spec: WorkerSpec) -> None:
    _workers.append(Worker(spec))
    Finalize(None, _workers[0].close, exitpriority=1)  # such a process ends without anything else


def _do(work: Callable[[T, Equipment], R], task: T) -> R:
    return work(task, _workers[0])
