"""The ids of widgets, from keys of a page: a key may hold any sign, an id may not."""

from __future__ import annotations

import re

_OTHER = re.compile(r"[^A-Za-z0-9_-]")


def id_of(kind: str, key: str) -> str:
    """Of what is shown of a key, by what it is: ("field", "at the server")."""
    return f"{kind}-{_OTHER.sub('_', key)}"
