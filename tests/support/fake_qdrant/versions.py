"""Which server version knows what (facts §1 "By version", §2, §3)."""

from __future__ import annotations

Version = tuple[int, int, int]

ALWAYS: Version = (0, 0, 0)
V1_15_4: Version = (1, 15, 4)
V1_16: Version = (1, 16, 0)
V1_17: Version = (1, 17, 0)
V1_18: Version = (1, 18, 0)
V1_18_1: Version = (1, 18, 1)
V1_18_2: Version = (1, 18, 2)
V1_19: Version = (1, 19, 0)

UPDATE_FILTER = V1_15_4
UPDATE_MODE = V1_17
OPTIMIZATIONS = V1_17
UPDATE_QUEUE = V1_17
VECTOR_NAMES = V1_18
MEMORY = V1_18
NUMBERED_WRITES = V1_18
UPSERT_CHECKS_DIMENSIONS_FIRST = V1_18_1
UPSERT_ALWAYS_REPLACES = V1_19
SLICE = V1_19
STANDALONE_IS_405 = V1_19


def parse(text: str) -> Version:
    """`"1.18.3"` or `"1.18.3-dev"` as three numbers."""
    major, minor, patch = text.split("-")[0].split(".")[:3]
    return int(major), int(minor), int(patch)
