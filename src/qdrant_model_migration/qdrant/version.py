"""Versions of a Qdrant server, comparable. What a version can do stands in capabilities.py."""

from __future__ import annotations

import re
from typing import NamedTuple


class Version(NamedTuple):
    """major.minor.patch; what follows (such as -dev) is not kept."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read "1.18.3", "v1.18.3" or "1.19.0-dev". Raises ValueError for anything else."""
        found = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", text.strip())
        if found is None:
            raise ValueError(f"not a version: {text!r}")
        major, minor, patch = found.groups()
        return cls(int(major), int(minor), int(patch or 0))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


OLDEST = Version(1, 16, 0)
"""The oldest server this program works with: below it `update_filter` and warnings differ."""
