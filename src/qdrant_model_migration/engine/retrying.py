"""While the server does not answer: since when, which try and why, told to the journal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from qdrant_model_migration.engine.journal import Journal
from qdrant_model_migration.engine.stamps import now

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant import Retry


class Retrying:
    """`told` is the qdrant room's on_retry; it is called by whichever thread waits for an answer.

    One event when the silence begins and one when it ends; in between the value `retry` of the
    run changes with each try, so that days of trying do not fill the journal.
    """

    def __init__(
        self,
        journal: Journal,
        parent: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal, self._parent, self._clock = journal, parent, clock
        self._lock = threading.Lock()
        self._since: float | None = None
        self._stamp = ""
        self._tries = 0
        self._threads: set[int] = set()

    def told(self, retry: Retry) -> None:
        with self._lock:
            first = self._since is None
            if self._since is None:
                self._since, self._stamp, self._tries = self._clock(), now(), 0
            silent = self._clock() - self._since
            self._tries = max(self._tries, retry.attempt)
            self._threads.add(threading.get_ident())
            text = (
                f"NO ANSWER from the server for {silent:.0f} s, "
                f"trying again in {retry.wait_s:.0f} s (try {retry.attempt})"
            )
            data = {
                "since": self._stamp,
                "at": now(),
                "wait": retry.wait_s,
                "attempt": retry.attempt,
                "reason": retry.reason,
                "text": text,
            }
            self._journal.set(forced=False, retry=data)
            if first:
                self._journal.event("retry", f"{text}: {retry.reason}", data, self._parent)

    def breathed(self) -> None:
        """A thread that waited goes on with its work: it has got its answer."""
        if self._since is not None and threading.get_ident() in self._threads:
            self.answered()

    def answered(self) -> None:
        """Something was confirmed by the server."""
        if self._since is None:
            return
        with self._lock:
            if self._since is None:
                return
            silent, tries = self._clock() - self._since, self._tries
            self._since = None
            self._threads.clear()
            self._journal.set(forced=False, retry=None)
            self._journal.event(
                "retry",
                f"The server answers again, after {silent:.0f} s and "
                f"{tries} {'try' if tries == 1 else 'tries'}.",
                {"seconds": silent, "tries": tries},
                self._parent,
            )
