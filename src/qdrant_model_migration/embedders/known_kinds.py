"""Which kinds of embedders there are: the names in `kinds/`, told without opening one."""

from __future__ import annotations

import pkgutil
from pathlib import Path

FOLDERS = [str(Path(__file__).parent / "kinds")]


def known_kinds() -> tuple[str, ...]:
    """The value that `kind` may have in a ModelRef."""
    return tuple(sorted(entry.name for entry in pkgutil.iter_modules(FOLDERS)))
