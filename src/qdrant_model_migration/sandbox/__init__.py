"""Practice: a Qdrant in a folder, real documents, models that need no download, an application."""

from qdrant_model_migration.sandbox.application import Application
from qdrant_model_migration.sandbox.corpus import WORDLESS, Document, gather
from qdrant_model_migration.sandbox.practice import (
    ALIAS,
    COLLECTION,
    NEW_MODEL,
    OLD_MODEL,
    POINTS,
    Sandbox,
)

__all__ = [
    "ALIAS",
    "COLLECTION",
    "NEW_MODEL",
    "OLD_MODEL",
    "POINTS",
    "WORDLESS",
    "Application",
    "Document",
    "Sandbox",
    "gather",
]
