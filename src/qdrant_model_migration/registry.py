"""What the files of a folder define, found without naming them: one more file is one more of it."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TypeVar

T = TypeVar("T")


def defined_in(package: str, base: type[T]) -> tuple[type[T], ...]:
    """The subclasses of `base` that the files of this package define, by the files' names."""
    found: list[type[T]] = []
    for entry in pkgutil.iter_modules(importlib.import_module(package).__path__):
        module = importlib.import_module(f"{package}.{entry.name}")
        found += [
            kind
            for kind in vars(module).values()
            if isinstance(kind, type)
            and issubclass(kind, base)
            and kind is not base
            and kind.__module__ == module.__name__
        ]
    return tuple(found)
