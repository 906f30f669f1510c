"""The threads that carry a step out: whether any is at work, and how long a piece of work takes."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from qdrant_model_migration.words import duration

WINDOW = 300.0  # seconds for which a piece of work is remembered


def stop_takes(within: float | None) -> str:
    """ "up to 4 s", of the seconds that a stop takes at most; None: not known yet."""
    return "a few seconds" if within is None else f"up to {duration(math.ceil(within))}"


class Activity:
    """Whoever makes it is at work; other threads are while they `help`, but not while `away`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._marked = {
            threading.get_ident(): clock()
        }  # those at work: when the last piece of each ended
        self._pieces: deque[tuple[float, float]] = deque()  # moment and seconds, seconds descending

    def mark(self, ahead: float = 0.0) -> float:
        """Between two pieces of work: seconds that this thread's last one took, 0 for strangers.

        ahead: seconds from now on that are no work.
        """
        with self._lock:
            moment = self._clock()
            marked = self._marked.get(threading.get_ident())
            if marked is None:
                return 0.0
            took = max(0.0, moment - marked)
            self._marked[threading.get_ident()] = moment + ahead
            while self._pieces and self._pieces[-1][1] <= took:
                self._pieces.pop()
            self._pieces.append((moment, took))
            return took

    def longest(self) -> float | None:
        """Seconds of the longest piece of the last minutes, or of one that is longer by now."""
        with self._lock:
            moment = self._clock()
            while self._pieces and moment - self._pieces[0][0] > WINDOW:
                self._pieces.popleft()
            under_way = [moment - marked for marked in self._marked.values()]
            past = self._pieces[0][1] if self._pieces else None
            return max([past, *under_way]) if past is not None else None

    @property
    def at_work(self) -> bool:
        with self._lock:
            return bool(self._marked)

    @contextmanager
    def help(self) -> Iterator[None]:
        """This thread is at work as well."""
        self._come()
        try:
            yield
        finally:
            self._go()

    @contextmanager
    def away(self) -> Iterator[None]:
        """This thread rests, or waits for another."""
        known = self._go()
        try:
            yield
        finally:
            if known:
                self._come()

    def _come(self) -> None:
        with self._lock:
            self._marked[threading.get_ident()] = self._clock()

    def _go(self) -> bool:
        with self._lock:
            return self._marked.pop(threading.get_ident(), None) is not None
