"""Formats of files with rows, found from the files of this folder: a new one is one new file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from qdrant_model_migration.pipeline.rows.format import Format, Row, Unusable
from qdrant_model_migration.registry import defined_in

__all__ = ["Format", "Row", "Unusable", "format_named", "format_of", "formats"]


@lru_cache(maxsize=1)
def formats() -> tuple[Format, ...]:
    """One of each, by their names."""
    return tuple(sorted((kind() for kind in defined_in(__name__, Format)), key=lambda f: f.name))


def format_named(name: str) -> Format:
    return next(one for one in formats() if one.name == name)


def format_of(path: str) -> Format | None:
    """The format of a file, by its ending; None where that is not known."""
    ending = Path(path).suffix.lower()
    return next((one for one in formats() if ending in one.endings), None)
