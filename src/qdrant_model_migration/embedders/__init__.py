"""Texts to vectors behind one protocol. The only room that knows fastembed.

Importing it imports no model library; the first listing or opening does.
"""

from __future__ import annotations

from qdrant_model_migration.embedders.embedder import SMALLEST_NORM, Embedded, Embedder
from qdrant_model_migration.embedders.fetch import fetch
from qdrant_model_migration.embedders.folder import model_from_folder
from qdrant_model_migration.embedders.model import METADATA_KEY, ModelRef, Pooling, Role
from qdrant_model_migration.embedders.opening import (
    list_models,
    model_by_name,
    open_embedder,
    within_reach,
)
from qdrant_model_migration.embedders.practice import (
    RECIPES,
    fit,
    practice_model,
    practice_models_folder,
)
from qdrant_model_migration.embedders.usable import Usable, embed_usable

__all__ = [
    "METADATA_KEY",
    "RECIPES",
    "SMALLEST_NORM",
    "Embedded",
    "Embedder",
    "ModelRef",
    "Pooling",
    "Role",
    "Usable",
    "embed_usable",
    "fetch",
    "fit",
    "list_models",
    "model_by_name",
    "model_from_folder",
    "open_embedder",
    "practice_model",
    "practice_models_folder",
    "within_reach",
]
