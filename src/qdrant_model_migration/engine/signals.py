"""Ctrl+C, kill and a lost terminal mean: stop cleanly. The second one means: now."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

MEANT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """The handler only sets a flag: it may interrupt any instruction, locks held included."""

    def __init__(self) -> None:
        self._count = 0

    def came(self) -> bool:
        return self._count > 0

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._count += 1
        if self._count > 1:
            raise KeyboardInterrupt

    @contextmanager
    def caught(self) -> Iterator[None]:
        """Only the main thread may catch signals; elsewhere the block just runs."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.getsignal(number) for number in MEANT}
        for number in MEANT:
            if before[number] is not signal.SIG_IGN:  # nohup wants the run to outlive the terminal
                signal.signal(number, self._handle)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
