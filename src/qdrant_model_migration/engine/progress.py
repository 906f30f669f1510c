"""How far the present step is and how fast: told often, written to the journal now and then.

How much of the step that is never goes back. A step may count more than once: kinds that it has
named before are equal parts of it; for a count that begins once more no share is told until it is
beyond what was told already.
"""

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
        self._counts: tuple[str, ...] = ()
        self._share: float | None = None
        self._told, self._again = 0.0, False

    def begin(self, step: int, counts: tuple[str, ...] = ()) -> None:
        """counts: the units that it counts in, one after the other."""
        with self._lock:
            self._step, self.done, self._total, self._unit = step, 0, None, ""
            self._counts, self._share = counts, None
            self._told, self._again = self._journal.share(step) or 0.0, True
            self._pending = False
            self._written_at = float("-inf")
            self._seen.clear()

    def advance(self, done: int, total: int | None, unit: str) -> bool:
        """Returns whether something was confirmed since the last time."""
        with self._lock:
            moved = done > self.done
            if done < self.done or unit != self._unit:
                self._seen.clear()  # another count begins: no speed across both
                self._again = True
            self.done, self._total, self._unit = done, total, unit
            self._share = self._share_now()
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

    def put_off(self) -> None:
        """The step waits for a person: how far it is, nobody can tell until it goes on."""
        with self._lock:
            self._share, self._told = None, 0.0
            if self._pending:
                self._write()
            if self._step is not None:
                self._journal.forget_share(self._step)

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
                self._step, self.done, self._total, self._unit, self._rate(), self._share
            )
        self._written_at, self._pending = self._clock(), False

    def _share_now(self) -> float | None:
        if not self._total:
            return None
        counts = self._counts or (self._unit,)
        place = counts.index(self._unit) if self._unit in counts else 0
        share = (place + min(1.0, self.done / self._total)) / len(counts)
        if self._again and share < self._told:
            return None
        self._told, self._again = max(self._told, share), False  # a total may grow
        return self._told

    def _rate(self) -> float | None:
        if not self._seen:
            return None
        began, first = self._seen[0]
        passed = self._clock() - began
        return (self.done - first) / passed if passed >= SHORTEST else None
