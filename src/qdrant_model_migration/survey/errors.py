"""What a survey refuses to go on with."""

from __future__ import annotations

from qdrant_model_migration.errors import QmmError


class CollectionEmpty(QmmError):
    """The collection has no points, so nothing can be migrated."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is empty: 0 points, so there is nothing to embed.",
            "",
            "Create a new collection for the new model instead; Explore shows the settings.",
        )
