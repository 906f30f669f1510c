"""Floats that do not survive: the server moves about one in nine full-precision payload floats.

By a unit in the last place or two; what was stored once stays put (facts §17).
"""

from __future__ import annotations

import math
import struct
import zlib
from typing import Any

FULL_PRECISION = 16  # numbers with up to 15 digits are exact
ONE_IN = 9


def drifted(value: Any) -> Any:
    """The JSON value as the server would keep it. The same input always drifts the same way."""
    if isinstance(value, dict):
        return {key: drifted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [drifted(inner) for inner in value]
    if isinstance(value, float):
        while _moves(value):
            value = math.nextafter(value, math.inf)
    return value


def _moves(value: float) -> bool:
    digits = repr(value).partition("e")[0].replace(".", "").lstrip("-0")
    return len(digits) >= FULL_PRECISION and zlib.crc32(struct.pack("<d", value)) % ONE_IN == 0
