"""What slow test searches mean for the pace: slower, paused, faster again. Only the decision."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import Literal, NamedTuple

from qdrant_model_migration.pipeline.move import Searches

SHARES = (1.0, 1 / 2, 1 / 4, 1 / 8)
"""The share of the time in which the work goes on, from step to step."""

SEEN = 3  # rounds after a change before the work may become slower: until then it may help
CALM = 5  # rounds before it may become faster
_CLEARLY = 0.7  # of what is allowed: below it the work becomes faster, so that it does not swing
_PAUSE_LEAST = 5


class Change(NamedTuple):
    """What to do from now on, and the milliseconds that a search takes."""

    what: Literal["slower", "faster", "pause", "go on"]
    milliseconds: float


class Brake:
    """Takes one figure from each round of searches; the median of the newest counts."""

    def __init__(self, allowed: Searches, before_ms: float) -> None:
        self.before_ms = before_ms
        self.slow_ms = before_ms + max(before_ms * (allowed.slow - 1), allowed.least_ms)
        self.pause_ms = max(
            self.slow_ms,
            before_ms + max(before_ms * (allowed.pause - 1), _PAUSE_LEAST * allowed.least_ms),
        )
        self._calm_ms = before_ms + _CLEARLY * (self.slow_ms - before_ms)
        self._rounds: deque[float] = deque(maxlen=CALM)
        self._step = 0

    @property
    def share(self) -> float:
        return SHARES[self._step]

    def release(self) -> None:
        """Nothing is slowed down any more, whatever was seen."""
        self._rounds.clear()
        self._step = 0

    def take(self, milliseconds: float, *, paused: bool = False) -> Change | None:
        """One more round; what changes by it. paused: because it was said here."""
        self._rounds.append(milliseconds)
        if len(self._rounds) < SEEN:
            return None
        now = median(self._rounds)
        change = self._decide(now, paused=paused, calm=len(self._rounds) == CALM)
        if change is not None:
            self._rounds.clear()
        return change

    def _decide(self, now: float, *, paused: bool, calm: bool) -> Change | None:
        if paused:
            if now > self.slow_ms or not calm:
                return None
            self._step = len(SHARES) - 1
            return Change("go on", now)
        if now > self.pause_ms:
            return Change("pause", now)
        if now > self.slow_ms and self._step < len(SHARES) - 1:
            self._step += 1
            return Change("slower", now)
        if now < self._calm_ms and calm and self._step > 0:
            self._step -= 1
            return Change("faster", now)
        return None
