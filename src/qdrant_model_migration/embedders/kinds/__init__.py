"""The kinds of embedders, found from the files of this folder: a new kind is one new file."""

from __future__ import annotations

from functools import lru_cache

from qdrant_model_migration.embedders.kind import Kind
from qdrant_model_migration.embedders.known_kinds import FOLDERS
from qdrant_model_migration.redaction import hold_secrets
from qdrant_model_migration.registry import defined_in

__path__ = FOLDERS  # what a ModelRef may name and what is imported are the same files


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """One of each, by its name; by `order`, then by name."""
    found = [kind() for kind in defined_in(__name__, Kind) if "name" in vars(kind)]
    hold_secrets(secret for kind in found for secret in kind.secrets)
    return {kind.name: kind for kind in sorted(found, key=lambda one: (one.order, one.name))}
