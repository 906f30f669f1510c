"""What goes wrong with the notes of the data path."""

from __future__ import annotations

from qdrant_model_migration.errors import QmmError


class LedgerDamaged(QmmError):
    """The ledger of the last catch-up cannot be read."""

    def __init__(self, path: object) -> None:
        super().__init__(
            "The list of what was copied cannot be read.",
            f"The file {path} is missing or damaged.",
            "Nothing was changed. Before the switch, resume the run: it writes the list again. "
            "After it, compare both collections by hand before you delete one.",
        )


class ModelDiffers(QmmError):
    """The model gives other dimensions than the plan says."""

    def __init__(self, label: str, planned: int, found: int) -> None:
        super().__init__(
            f"{label} makes vectors of {found} dimensions; the plan says {planned}.",
            "It is another model, or another version of it.",
            "Nothing was written. Make the plan again with the model that is there.",
        )
