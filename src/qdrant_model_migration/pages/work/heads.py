"""The first rows of a file that an answer names."""

from __future__ import annotations

from qdrant_model_migration.pages.outcome import Report
from qdrant_model_migration.pipeline.head import Head, head_of


def first_rows(file: str, report: Report) -> Head:
    """Raises the errors of `head_of`."""
    return head_of(file)
