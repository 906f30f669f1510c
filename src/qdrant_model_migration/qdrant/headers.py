"""Headers of one's own in each request, which a proxy or gateway before the server wants to see.

They are named as NAME=VARIABLE; the value stands in that environment variable and nowhere else. Who
may have the key of a server may have these, and nobody else.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from qdrant_model_migration.environment import HEADERS
from qdrant_model_migration.qdrant.errors import HeaderMissing, HeaderUnusable
from qdrant_model_migration.redaction import keep_secret

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[:=\s]")
_OURS = {
    "accept-encoding", "api-key", "connection", "content-length", "content-type", "host",
    "transfer-encoding", "user-agent",
}  # fmt: skip


def named(pairs: Sequence[str]) -> str:
    """What QMM_HEADERS says for these NAME=VARIABLE. Raises HeaderUnusable."""
    told = ",".join(pair.strip() for pair in pairs)
    _pairs(told)
    return told


def own_headers() -> dict[str, str]:
    """Every header with its value, which is kept out of all that is written. Raises HeaderUnusable,
    HeaderMissing."""
    return _values(os.environ.get(HEADERS, ""))


def headers_for_engine() -> dict[str, str]:
    """What an engine needs in its environment to send them; nothing where there are none. Raises
    as `own_headers`."""
    told = os.environ.get(HEADERS, "")
    _values(told)
    pairs = _pairs(told)
    return {HEADERS: told, **{v: os.environ[v] for _, v in pairs}} if pairs else {}


def header_variables() -> frozenset[str]:
    """The environment variables that are for the server alone; an engine gets them by
    `headers_for_engine`."""
    told = os.environ.get(HEADERS, "")
    return frozenset({HEADERS, *(variable for _, variable in _pairs(told))})


def _values(told: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, variable in _pairs(told):
        value = os.environ.get(variable, "").strip()
        if not value:
            raise HeaderMissing(name, variable, f"{variable} is not set, or holds nothing.")
        keep_secret(value)
        if not (value.isascii() and value.isprintable()):  # an exception would quote it
            raise HeaderMissing(name, variable, f"{variable} holds signs that no header has.")
        found[name] = value
    return found


def _shown(name: str) -> str:
    """Of "Authorization: Bearer ...", as curl wants it, the name alone."""
    return _VALUE.split(name, maxsplit=1)[0] + "=..."


def _pairs(told: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for pair in filter(None, map(str.strip, told.split(","))):
        name, equals, variable = (part.strip() for part in pair.partition("="))
        if not equals or not variable.isidentifier():
            # What stands there may be the value itself, which is not to be shown.
            raise HeaderUnusable(_shown(name), "After the = stands the name of a variable.")
        if not _NAME.fullmatch(name):
            raise HeaderUnusable(_shown(name), "No header has such a name.")
        if name.lower() == "api-key":
            raise HeaderUnusable(_shown(name), "The key of the server stands in QDRANT_API_KEY.")
        if name.lower() in _OURS:
            raise HeaderUnusable(pair, "qmm says this one itself.")
        pairs.append((name, variable))
    return pairs
