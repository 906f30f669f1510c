"""Models that are files: whether a folder holds them all, and which one does. Never the network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qdrant_model_migration.embedders.fingerprint import fingerprint
from qdrant_model_migration.embedders.model import ModelRef
from qdrant_model_migration.embedders.remembered import remembered


def holds(folder: Path, files: Sequence[str]) -> bool:
    """Whether all of these files are there."""
    return bool(files) and all((folder / file).is_file() for file in files)


def at_home(model: ModelRef, files: Sequence[str], *usual: Path) -> ModelRef:
    """The model with the folder of its files, where it is told without: by its fingerprint.

    usual: folders to look into besides the one where it was last opened. Unchanged where the model
    has a folder, and where it is not on this computer.
    """
    if model.folder is not None or model.fingerprint is None:
        return model
    for folder in filter(None, (remembered(model.fingerprint), *usual)):
        if holds(folder, files) and fingerprint(folder, files) == model.fingerprint:
            return model.model_copy(update={"folder": str(folder)})
    return model
