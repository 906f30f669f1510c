"""Python in a terminal of its own, as the wizard needs one."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

ROWS, COLUMNS = 40, 100


@contextmanager
def in_terminal(env: dict[str, str], *arguments: str) -> Iterator[tuple[int, int]]:
    """What it writes there is read from the first number; the second is its process, which is ended
    afterwards."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, *arguments], {**env, "TERM": "xterm-256color"})
    try:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        yield terminal, pid
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(terminal)
