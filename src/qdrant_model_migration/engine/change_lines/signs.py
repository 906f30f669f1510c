"""Lines that go, come and stay, and texts in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import zip_longest


def exchanged(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Each line that stays, or the old and the new one in its place; "" is no line."""
    made: list[str] = []
    for out, into in zip_longest(old, new, fillvalue=""):
        if out == into:
            made += [f"  {out}"] if out else []
        else:
            made += [f"{sign} {line}" for sign, line in (("-", out), ("+", into)) if line]
    return made


def quoted(text: str) -> str:
    """As a string of Python and of JSON alike; no text in it can become a tag in a report."""
    return json.dumps(text, ensure_ascii=False).replace("<", "\\u003c")
