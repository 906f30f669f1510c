"""Where slices are carried out: today threads that share one connection and its models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

from qdrant_model_migration.pipeline.worker import Equipment

T = TypeVar("T")
R = TypeVar("R")


class Fleet(Protocol):
    """Carries out functions of a task and the equipment, several at a time.

    Function, task and result can be pickled, so that it may be done in another process, which has
    equipment of its own.
    """

    @property
    def capacity(self) -> int:
        """How many tasks are worked on at a time."""
        ...

    def submit(self, work: Callable[[T, Equipment], R], task: T) -> Future[R]: ...


class _Threads:
    def __init__(
        self,
        capacity: int,
        pool: ThreadPoolExecutor,
        equipment: Equipment,
        helping: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self.capacity, self._pool = capacity, pool
        self._equipment, self._helping = equipment, helping

    def submit(self, work: Callable[[T, Equipment], R], task: T) -> Future[R]:
        return self._pool.submit(self._do, work, task)

    def _do(self, work: Callable[[T, Equipment], R], task: T) -> R:
        with self._helping():
            return work(task, self._equipment)


@contextmanager
def threads(
    capacity: int, equipment: Equipment, helping: Callable[[], AbstractContextManager[None]]
) -> Iterator[Fleet]:
    """So many threads of this process; all of them work with this equipment.

    helping: around what such a thread does. A practice Qdrant's folder needs this fleet: one
    process owns it.
    """
    with ThreadPoolExecutor(capacity, thread_name_prefix="slice") as pool:
        yield _Threads(capacity, pool, equipment, helping)
