"""How every command ends: a part of its contract, told by --help."""

from __future__ import annotations

DONE, USAGE, WAITS, FAILED, STOPPED = 0, 2, 3, 4, 130
