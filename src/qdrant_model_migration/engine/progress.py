"""How far the present step is and how fast: told often, written to the journal now and then."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from qdrant_model_migration.engine.journal import Journal

EVERY = 0.2  # seconds between two writes
WINDOW = 30.0  # seconds over which the rate is taken
SHORTEST = 2.0  # seconds below which no rate is told
SAMPLES = 300  # kept for the curve, one for each call of `sample`


class Progress:
    """Thread-safe. `begin` a step, `advance` to what is confirmed, `flush` what is not written."""

    def __init__(self, journal: Journal, clock: Callable[[], float] = time.monotonic) -> None:
        self._journal, self._clock = journal, clock
        self._lock = threading.Lock()
        self._step: int | None = None
        self.done = 0
        self._total: int | None = None
        self._unit = ""
        self._written_at = float("-inf")
        self._pending = False
        self._seen: deque[tuple[float, int]] = deque()

    def begin(self, step: int) -> None:
        with self._lock:
            self._step, self.done, self._total, self._unit = step, 0, None, ""
            self._pending = False
            self._written_at = float("-inf")
            self._seen.clear()

    def advance(self, done: int, total: int | None, unit: str) -> bool:
        """Returns whether something was confirmed since the last time."""
        with self._lock:
            moved = done > self.done
            if done < self.done or unit != self._unit:
                self._seen.clear()  # another count begins: no speed across both
            self.done, self._total, self._unit = done, total, unit
            self._pending = True
            moment = self._clock()
            if not self._seen or moment - self._seen[-1][0] >= 0.5:
                self._seen.append((moment, done))
            while len(self._seen) > 2 and moment - self._seen[1][0] > WINDOW:
                self._seen.popleft()
            if moment - self._written_at >= EVERY or done == total:
                self._write()
            return moved

    def flush(self) -> None:
        """Write what is newest if it was held back."""
        with self._lock:
            if self._pending:
                self._write()

    def sample(self) -> None:
        """Keep one point of the curve of how fast it goes, if a rate is known."""
        with self._lock:
            rate = self._rate()
            if self._step is not None and rate is not None:
                self._journal.note_rate(self._step, self.done, rate, SAMPLES)
                self._write()

    def break_off(self) -> None:
        """After a pause the rate is measured anew."""
        with self._lock:
            self._seen.clear()

    def end(self) -> None:
        """The step is over: nothing more is told about it."""
        with self._lock:
            if self._pending:
                self._write()
            self._step = None
            self._seen.clear()

    def _write(self) -> None:
        if self._step is not None:
            self._journal.note_progress(
                self._step, self.done, self._total, self._unit, self._rate()
            )
        self._written_at, self._pending = self._clock(), False

    def _rate(self) -> float | None:
        if not self._seen:
            return None
        began, first = self._seen[0]
        passed = self._clock() - began
        return (self.done - first) / passed if passed >= SHORTEST else None
