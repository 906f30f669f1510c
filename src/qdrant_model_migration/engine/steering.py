"""What wishes do to the work: stop, pause and pace, felt at each `breathe`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from qdrant_model_migration.engine.activity import Activity
from qdrant_model_migration.engine.control import PACES
from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.engine.progress import Progress
from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.words import duration


class Steering:
    """Set from outside, felt by the step's threads. `stop` also ends retries.

    A pause has begun when no thread is at work any more. The operator's wishes go before those
    that slow test searches express: `ask_hold`, `ask_release` and `ask_share`.
    """

    def __init__(
        self,
        journal: Journal,
        progress: Progress,
        stop: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.stop = stop
        self._journal, self._progress, self._clock = journal, progress, clock
        self._activity = Activity(clock)
        self._go = threading.Event()
        self._go.set()
        self._changed = threading.Event()
        self._lock = threading.RLock()
        self._held: str | None = None  # why it pauses: "" the operator wishes it
        self._paused_at: float | None = None
        self._owner = threading.get_ident()
        self._throttle: dict[str, Any] = {}
        self._share = 1.0
        self._counted_from, self._done_then = clock(), 0
        self.broken: QmmError | None = None

    # --- set from outside ---------------------------------------------------------------------

    def ask_stop(self) -> None:
        with self._lock:
            self.stop.set()
            self._set_off()

    def break_down(self, error: QmmError) -> None:
        """The journal cannot be written: the work has to end, whatever it is doing."""
        self.broken = error
        self.ask_stop()

    def ask_pause(self) -> None:
        self._hold("")

    def ask_hold(self, why: str) -> None:
        """As a pause, for that reason; the operator's own pause stays what it is."""
        if self._held is None:
            self._hold(why)

    def _hold(self, why: str) -> None:
        with self._lock:
            if self.stop.is_set():
                return
            self._held = why
            self._go.clear()
            self._changed.set()
            if self._paused_at is not None:
                self._journal.set(held=why or None)

    def ask_resume(self) -> None:
        with self._lock:
            self._set_off()

    def ask_release(self) -> None:
        """The end of a hold, not of the operator's pause."""
        with self._lock:
            if self._held:
                self._set_off()

    @property
    def paused(self) -> bool:
        return not self._go.is_set()

    @property
    def held(self) -> bool:
        """Whether it pauses, and not because the operator wishes it."""
        return bool(self._held)

    def ask_throttle(self, throttle: dict[str, Any]) -> None:
        self._throttle = throttle
        self._changed.set()

    def ask_share(self, share: float) -> None:
        """The share of the time in which to work (0..1), whatever the operator's pace allows."""
        self._share = share
        self._changed.set()

    @property
    def searches_count(self) -> bool:
        """Whether slow test searches may slow the work down: by hand it can be forbidden."""
        return self._throttle.get("pace") != "fast" and self._throttle.get("searches", True)

    @property
    def stop_within(self) -> float | None:
        """Seconds that a stop takes at most, by the pieces of work so far; None: not known yet."""
        longest = self._activity.longest()
        return None if longest is None else 1.5 * longest + 1.0

    # --- felt by the work ---------------------------------------------------------------------

    def breathe(self) -> None:
        """Returns at once in nearly all cases. Raises Stopped, or why the engine cannot go on."""
        self._slow_down(self._activity.mark())
        if not self._go.is_set():
            with self.waiting():
                self._go.wait()
        if self.broken is not None:
            raise self.broken
        if self.stop.is_set():
            raise Stopped

    def rest(self, seconds: float) -> None:
        """Wait that long, or less: any wish is felt at once. Raises as `breathe` does."""
        self._activity.mark()
        with self._activity.away():
            self._doze(seconds)
        self.breathe()

    @contextmanager
    def helping(self) -> Iterator[None]:
        """Around what another thread does for the step: a pause begins when it rests as well."""
        try:
            with self._activity.help():
                yield
        finally:
            self._perhaps_paused()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Around waiting for another thread, which is no work."""
        with self._activity.away():
            self._perhaps_paused()
            yield

    def unanswered(self, wait_s: float) -> None:
        """The server did not answer a request; the wait for the next one ends with a stop."""
        self._activity.mark(ahead=wait_s)

    def _doze(self, seconds: float) -> None:
        self._changed.clear()
        # A wish that came just before the clear must not wait for the next one.
        if self._go.is_set() and not self.stop.is_set():
            self._changed.wait(seconds)

    def _slow_down(self, worked: float) -> None:
        share = min(self._share, PACES.get(self._throttle.get("pace", ""), 1.0))
        rest = worked * (1 / share - 1)
        if "per_second" in self._throttle and threading.get_ident() == self._owner:
            done, passed = self._progress.done - self._done_then, self._clock() - self._counted_from
            rest = max(rest, done / self._throttle["per_second"] - passed)
        if rest > 0:
            with self._activity.away():
                self._doze(rest)
        if threading.get_ident() == self._owner:
            self._counted_from, self._done_then = self._clock(), self._progress.done

    # --- pauses -------------------------------------------------------------------------------

    def _perhaps_paused(self) -> None:
        """The journal says PAUSED only from here on: until now something was still on its way."""
        with self._lock:
            if self._go.is_set() or self._paused_at is not None or self._activity.at_work:
                return
            self._progress.flush()
            self._paused_at = self._clock()
            with self._journal.writing():
                self._journal.hold_clock()
                self._journal.enter("paused", held=self._held or None)
                self._journal.event("pause", "Paused. Nothing is read or written.", {}, None)

    def _set_off(self) -> None:
        """Let everybody go on; where that ends a pause, say so."""
        since, self._paused_at, self._held = self._paused_at, None, None
        if since is not None and self.broken is None:
            self._progress.break_off()
            seconds = self._clock() - since
            said = f"The pause is over, after {duration(seconds)}."
            with self._journal.writing():
                self._journal.start_clock()
                self._journal.event("pause", said, {"seconds": seconds}, None)
                self._journal.set(held=None)
                if not self.stop.is_set():
                    self._journal.enter("running")
            self._counted_from, self._done_then = self._clock(), self._progress.done
        self._go.set()
        self._changed.set()
