"""What practice lacks."""

from __future__ import annotations

from qdrant_model_migration.errors import QmmError


class CorpusMissing(QmmError):
    """This Python has no documentation of its own to practise on."""

    def __init__(self, found: int, wanted: int, place: object) -> None:
        super().__init__(
            f"Practice needs {wanted} texts; this Python has {found}.",
            f"They come from the source files of Python's standard library in {place}. "
            "Some systems leave these out.",
            "Install the full Python of your system, or connect to a server instead.",
        )
