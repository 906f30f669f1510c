"""Counts, sizes, durations and lists in words, as every screen writes them; names spelt nearly so.

No sentences here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

UNNAMED = "(unnamed)"
"""The vector without a name where names stand, and how it is typed."""


def vector(name: str) -> str:
    """A vector in a sentence, by its name."""
    return name or "the unnamed vector"


def count(number: float) -> str:
    """120482 -> "120,482"."""
    return f"{number:,.0f}"


def number(value: float | None) -> str:
    """120,482; 58.5; "not known" for None."""
    if value is None:
        return "not known"
    if float(value).is_integer() or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}"


def about(number: float) -> str:
    """Of what nobody knows more than two digits: 413 -> "410"."""
    return count(round(float(f"{number:.1e}")))


def size(number: float) -> str:
    """Bytes in decimal units: 331_000_000 -> "331 MB", 17_300_000_000 -> "17.3 GB"."""
    for limit, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if number >= limit * 0.9995:
            scaled = number / limit
            return (
                f"{scaled:.1f} {unit}" if scaled < 99.95 and unit != "MB" else _whole(scaled, unit)
            )
    return f"{number:.0f} bytes"


def _whole(scaled: float, unit: str) -> str:
    return f"{scaled:.1f} {unit}" if scaled < 9.95 else f"{scaled:.0f} {unit}"


def share(part: float) -> str:
    """A share (0..1) in percent: never 0 or 100 unless it is."""
    percent = 100 * part
    if 0 < percent < 1:
        return f"{max(percent, 0.1):.1f} %"
    if 99 < percent < 100:
        return f"{min(percent, 99.9):.1f} %"
    return f"{percent:.0f} %"


def duration(seconds: float) -> str:
    """Seconds, rounded to what a person plans with: "10 s", "41 min", "3 h 20 min", "6 days"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest and hours < 10 else f"{round(minutes / 60)} h"
    return f"{round(minutes / 1440)} days"


def milliseconds(number: float) -> str:
    """ "1.3 ms", "38 ms"."""
    return f"{number:.1f} ms" if number < 9.95 else f"{count(number)} ms"


def listing(parts: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def plural(number: int, one: str, many: str = "") -> str:
    """ "1 point", "2 points"."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def is_whole(typed: str, least: int) -> bool:
    """Whether that is a whole number, not below `least`, that somebody may mean."""
    return re.fullmatch("[0-9]{1,15}", typed) is not None and int(typed) >= least


def nearest(typed: str, known: Iterable[str]) -> str:
    """The known name that is probably meant, "" where none is close to what was typed."""
    by_lower = {name.lower(): name for name in known if name != typed}
    close = get_close_matches(typed.lower(), by_lower, n=1)
    return by_lower[close[0]] if close else ""


def cut(said: object, longest: int = 40) -> str:
    """What was typed or read, as it stands in a sentence: whole, or its beginning and …"""
    text = str(said)
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def usd(amount: float) -> str:
    """ "1,204.50 USD"; what costs something is never said to cost nothing."""
    return "less than 0.01 USD" if 0 < amount < 0.01 else f"{amount:,.2f} USD"
