"""What the making of vectors needs of the world around it. The engine implements it."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from qdrant_model_migration.embedders import Embedder, ModelRef


class Tools(Protocol):
    """Handed to every origin."""

    def open_model(self, model: ModelRef) -> Embedder:
        """The opened model; opened once per run."""
        ...

    def artifact(self, name: str) -> Path:
        """Where a file of this run stands that an origin made or was given."""
        ...

    def breathe(self) -> None:
        """Call between small pieces of work: waits while paused, raises Stopped when told to."""
        ...
