"""Times: stored as ISO text in UTC, shown in the time zone of the computer. Nothing else."""

from __future__ import annotations

from datetime import datetime, timezone


def now() -> str:
    """The present moment as it is stored: "2026-11-24T09:30:07.120+00:00"."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


def parse(stamp: str) -> datetime:
    """A stored moment, in UTC. Raises ValueError on anything else."""
    return datetime.fromisoformat(stamp).astimezone(timezone.utc)


def local(stamp: str) -> datetime:
    """A stored moment in this computer's time zone, for screens and the report."""
    return parse(stamp).astimezone()


def seconds_between(earlier: str, later: str) -> float:
    """Seconds from one stored moment to another, never negative (clocks are set back)."""
    return max(0.0, (parse(later) - parse(earlier)).total_seconds())
