"""Moments and lengths of time as pages write them, in this computer's time zone."""

from __future__ import annotations

import math
from datetime import datetime, timezone


def span(seconds: float | None) -> str:
    """A length of time, rounded up: 9 s, 18 min, 3 h 20 min, 6 days."""
    if seconds is None:
        return "not known"
    whole = math.ceil(max(0.0, seconds))
    if whole < 90:
        return f"{whole} s"
    minutes = math.ceil(whole / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 36:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{math.ceil(whole / 86400)} days"


def moment(value: object) -> datetime | None:
    """An ISO text or seconds since 1970 as a local time; None if it is neither."""
    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, tz=timezone.utc).astimezone()
    if isinstance(value, str) and value:
        try:
            read = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return None
        return read.astimezone()
    return None


def present() -> datetime:
    """The present moment, in this computer's time zone."""
    return datetime.now().astimezone()


def clock(value: object) -> str:
    """09:30:07, or nothing where the time is not known."""
    at = moment(value)
    return at.strftime("%H:%M:%S") if at else ""


def day(value: object) -> str:
    """14 Mar 10:03, or nothing where the time is not known."""
    at = moment(value)
    return f"{at.day} {at.strftime('%b %H:%M')}" if at else ""
