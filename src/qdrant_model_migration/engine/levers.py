"""What the operator's wishes do to the work: stop, pause and throttle, felt at each `breathe`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from qdrant_model_migration.engine.control import PACES
from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.engine.progress import Progress
from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.words import duration


class Levers:
    """Set by the listener's thread, felt by the step's threads. `stop` also ends retries."""

    def __init__(
        self,
        journal: Journal,
        progress: Progress,
        stop: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stop = stop
        self._journal, self._progress, self._clock = journal, progress, clock
        self._go = threading.Event()
        self._go.set()
        self._changed = threading.Event()
        self._lock = threading.Lock()
        self._resting, self._paused_at = 0, 0.0
        self._owner = threading.get_ident()
        self._throttle: dict[str, Any] = {}
        self._worked_from, self._done_then = clock(), 0
        self.broken: QmmError | None = None

    # --- set from outside ---------------------------------------------------------------------

    def ask_stop(self) -> None:
        self.stop.set()
        self._go.set()
        self._changed.set()

    def break_down(self, error: QmmError) -> None:
        """The journal cannot be written: the work has to end, whatever it is doing."""
        self.broken = error
        self.ask_stop()

    def ask_pause(self) -> None:
        if not self.stop.is_set():
            self._go.clear()
            self._changed.set()

    def ask_resume(self) -> None:
        self._go.set()

    @property
    def paused(self) -> bool:
        return not self._go.is_set()

    def ask_throttle(self, throttle: dict[str, Any]) -> None:
        self._throttle = throttle
        self._changed.set()

    # --- felt by the work ---------------------------------------------------------------------

    def breathe(self) -> None:
        """Returns at once in nearly all cases. Raises Stopped, or why the engine cannot go on."""
        if self._throttle and threading.get_ident() == self._owner:
            self._slow_down()
        if not self._go.is_set():
            self._wait()
        if self.broken is not None:
            raise self.broken
        if self.stop.is_set():
            raise Stopped

    def rest(self, seconds: float) -> None:
        """Wait that long, or less: any wish is felt at once. Raises as `breathe` does."""
        self._doze(seconds)
        self.breathe()

    def _doze(self, seconds: float) -> None:
        self._changed.clear()
        # A wish that came just before the clear must not wait for the next one.
        if self._go.is_set() and not self.stop.is_set():
            self._changed.wait(seconds)

    def _wait(self) -> None:
        """The journal says PAUSED only from here on: until now something was still on its way."""
        with self._lock:
            self._resting += 1
            if self._resting == 1:
                self._progress.flush()
                self._paused_at = self._clock()
                self._journal.enter("paused")
                self._journal.event("pause", "Paused. Nothing is read or written.", {}, None)
        self._go.wait()
        with self._lock:
            self._resting -= 1
            if self._resting == 0:
                self._progress.break_off()
                seconds = self._clock() - self._paused_at
                said = f"The pause is over, after {duration(seconds)}."
                self._journal.event("pause", said, {"seconds": seconds}, None)
                if not self.stop.is_set():
                    self._journal.enter("running")
        self._worked_from = self._clock()

    def _slow_down(self) -> None:
        worked = self._clock() - self._worked_from
        if "per_second" in self._throttle:
            rest = (self._progress.done - self._done_then) / self._throttle["per_second"] - worked
        else:
            rest = worked * (1 / PACES[self._throttle["pace"]] - 1)
        if rest > 0:
            self._doze(rest)
        self._worked_from, self._done_then = self._clock(), self._progress.done
