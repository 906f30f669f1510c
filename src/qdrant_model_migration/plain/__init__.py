"""The same trip one line at a time: no boxes, no colour, signs as words. The only room that knows
questionary. What is asked and said comes from the rooms below; nothing is decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qdrant_model_migration.plain.trip import run_plain

__all__ = ["run_plain"]


def __getattr__(name: str) -> object:
    """`run_plain`, loaded when it is asked for: `plain.gates` alone needs much less."""
    if name == "run_plain":
        from qdrant_model_migration.plain.trip import run_plain

        return run_plain
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
