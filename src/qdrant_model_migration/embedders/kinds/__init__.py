"""The kinds of embedders, found from the files of this folder: a new kind is one new file."""

from __future__ import annotations

import importlib
from functools import lru_cache

from qdrant_model_migration.embedders.kind import Kind
from qdrant_model_migration.embedders.known_kinds import FOLDERS, known_kinds
from qdrant_model_migration.redaction import hold_secrets

__path__ = FOLDERS


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """One of each, by its name; by `order`, then by name."""
    found: list[Kind] = []
    for name in known_kinds():
        module = importlib.import_module(f"{__name__}.{name}")
        found += [
            kind()
            for kind in vars(module).values()
            if isinstance(kind, type)
            and issubclass(kind, Kind)
            and kind.__module__ == module.__name__
            and "name" in vars(kind)
        ]
    hold_secrets(kind.secret for kind in found if kind.secret is not None)
    return {kind.name: kind for kind in sorted(found, key=lambda one: (one.order, one.name))}
