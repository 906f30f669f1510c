"""A fleet of processes, each with a worker that opens everything by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

from qdrant_model_migration.pipeline.fleet import Fleet
from qdrant_model_migration.pipeline.worker import Equipment, Worker, WorkerSpec

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


def _open(spec: WorkerSpec) -> None:
    _workers.append(Worker(spec))


def _do(work: Callable[[T, Equipment], R], task: T) -> R:
    return work(task, _workers[0])
