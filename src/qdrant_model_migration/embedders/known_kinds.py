"""Which kinds of embedders there are: the names in `kinds/`, told without opening one."""

from __future__ import annotations

import pkgutil
from functools import lru_cache
from pathlib import Path

FOLDERS = [str(Path(__file__).parent / "kinds")]


def known_kinds() -> tuple[str, ...]:
    """The value that `kind` may have in a ModelRef."""
    return _in(tuple(FOLDERS))


@lru_cache(maxsize=8)
def _in(folders: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(entry.name for entry in pkgutil.iter_modules(folders)))
