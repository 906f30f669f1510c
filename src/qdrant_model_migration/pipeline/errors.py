"""What goes wrong on the way from the source to the target, and with the notes of it."""

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


class FileUnreadable(QmmError):
    """A file that points are to come from cannot be read."""

    def __init__(self, path: str, error: OSError) -> None:
        super().__init__(
            f"The file {path} cannot be read.",
            f"{error.strerror or error}.",
            "Put it there, or make the plan again with another one.",
        )


class RowUnreadable(QmmError):
    """One row of such a file is no point."""

    def __init__(self, path: str, place: int, why: str, shown: str) -> None:
        begins = f" It begins: {shown[:60]}" if shown else ""
        super().__init__(
            f"A row of {path} cannot be used: {why}.",
            f"It stands at byte {place:,}.{begins}",
            "Mend the row, or take it out, and make the plan again. What was written is kept.",
        )


class FileChanged(QmmError):
    """The file is not the one that the run began with."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The file {path} has changed since this run began to read it.",
            "Half of the points would be of the old one, half of the new one.",
            "Put the old file back and resume, or discard the run and make the plan again.",
        )


class MapUnreadable(QmmError):
    """The file of the learned map cannot be used."""

    def __init__(self, path: object, why: str) -> None:
        super().__init__(
            "The learned map cannot be read.",
            f"{path}: {why}.",
            "No point is lost. Put the file back and resume; or, before the switch, discard the "
            "run and make the plan again.",
        )


class SampleTooSmall(QmmError):
    """Too few pairs of vectors to learn a map from."""

    def __init__(self, found: int, needed: int, dimensions: int) -> None:
        super().__init__(
            f"A map cannot be learned from {found:,} texts; it needs about {needed:,}.",
            f"There have to be as many to learn from as the mapped vectors have dimensions "
            f"({dimensions:,}), and others to judge by. Only points with a text and an old vector "
            "count, each text once.",
            "Nothing was written. Make another plan, one that embeds the texts.",
        )
