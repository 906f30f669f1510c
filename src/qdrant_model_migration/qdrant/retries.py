"""Trying again: how long, how often, and stopping at once when the operator asks for it.

What is worth another try is decided in faults.py.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from qdrant_model_migration.errors import Stopped
from qdrant_model_migration.qdrant import faults

T = TypeVar("T")


class Retry(NamedTuple):
    """Another try is coming. attempt: how many have failed; wait_s: until the next one."""

    attempt: int
    wait_s: float
    reason: str


class Patience(NamedTuple):
    """total_s: how long one call may be tried in all; 0 means once. Waits double from first_wait_s
    up to longest_wait_s, with some chance in them, so that several writers do not march in step."""

    total_s: float = 600.0
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0


class GaveUp(Exception):
    """The last failure, and how long it had been tried."""

    def __init__(self, last: BaseException, attempts: int, waited_s: float) -> None:
        super().__init__(attempts, waited_s)
        self.last, self.attempts, self.waited_s = last, attempts, waited_s


def patiently(
    send: Callable[[], T],
    patience: Patience,
    stop: threading.Event,
    on_retry: Callable[[Retry], None] | None = None,
) -> T:
    """Call until it works, cannot work, or patience ends.

    Raises GaveUp around the last failure, or Stopped as soon as the event is set while waiting.
    """
    from tenacity import RetryCallState, Retrying, retry_if_exception, stop_before_delay

    attempts, waited_s = 1, 0.0

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = faults.read(error).retry_after if error else None
        if asked is not None:
            return asked + random.uniform(0, 0.5)  # noqa: S311 - spreads load, guards nothing
        doubled: float = patience.first_wait_s * 2 ** (state.attempt_number - 1)
        return min(patience.longest_wait_s, doubled) * random.uniform(0.5, 1)  # noqa: S311

    def announce(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if on_retry is not None and error is not None:
            reason = faults.worth_retrying(error) or ""
            on_retry(Retry(state.attempt_number, state.upcoming_sleep, reason))

    def rest(seconds: float) -> None:
        if stop.wait(seconds):
            raise Stopped

    def note(state: RetryCallState) -> None:
        nonlocal attempts, waited_s
        attempts, waited_s = state.attempt_number, state.seconds_since_start or 0.0

    retrying = Retrying(
        retry=retry_if_exception(lambda error: faults.worth_retrying(error) is not None),
        wait=wait,
        stop=stop_before_delay(patience.total_s),
        sleep=rest,
        after=note,
        before_sleep=announce,
        reraise=True,
    )
    try:
        return retrying(send)
    except Stopped:
        raise
    except Exception as error:
        raise GaveUp(error, attempts, waited_s) from error
