"""Texts to vectors behind one protocol; each kind of embedder is one entry of `kinds/`.

Importing it imports no model library; the first listing or opening does.
"""

from __future__ import annotations

from qdrant_model_migration.embedders.embedder import SMALLEST_NORM, Embedded, Embedder
from qdrant_model_migration.embedders.kind import Kind, Reach, Way
from qdrant_model_migration.embedders.kinds import kinds
from qdrant_model_migration.embedders.kinds.fastembed.folder import model_from_folder
from qdrant_model_migration.embedders.kinds.practice import (
    RECIPES,
    fit,
    practice_model,
    practice_models_folder,
)
from qdrant_model_migration.embedders.kinds.practice_late import fit_late, late_model
from qdrant_model_migration.embedders.kinds.server import bm25, server_model
from qdrant_model_migration.embedders.model import (
    BY_LANGUAGE_KEY,
    MAPPED_KEY,
    METADATA_KEY,
    MODELS_KEY,
    PROJECTED_KEY,
    STILL_MAPPED_KEY,
    ModelRef,
    Pooling,
    Role,
    mapped_from,
    mapped_points,
    models_in,
    projected_to,
    said_of,
)
from qdrant_model_migration.embedders.opening import (
    ModelChoice,
    assumed,
    average_words,
    by_direction,
    fetch,
    kept_open,
    keys_of,
    kind_of,
    list_models,
    model_by_name,
    model_choices,
    must_reach,
    open_embedder,
    reach,
    secrets_of,
    stays_here,
    within_reach,
    word_models,
)
from qdrant_model_migration.embedders.spoken import Spoken
from qdrant_model_migration.embedders.usable import Usable, embed_usable

__all__ = [
    "BY_LANGUAGE_KEY",
    "MAPPED_KEY",
    "METADATA_KEY",
    "MODELS_KEY",
    "PROJECTED_KEY",
    "RECIPES",
    "SMALLEST_NORM",
    "STILL_MAPPED_KEY",
    "Embedded",
    "Embedder",
    "Kind",
    "ModelChoice",
    "ModelRef",
    "Pooling",
    "Reach",
    "Role",
    "Spoken",
    "Usable",
    "Way",
    "assumed",
    "average_words",
    "bm25",
    "by_direction",
    "embed_usable",
    "fetch",
    "fit",
    "fit_late",
    "kept_open",
    "keys_of",
    "kind_of",
    "kinds",
    "late_model",
    "list_models",
    "mapped_from",
    "mapped_points",
    "model_by_name",
    "model_choices",
    "model_from_folder",
    "models_in",
    "must_reach",
    "open_embedder",
    "practice_model",
    "practice_models_folder",
    "projected_to",
    "reach",
    "said_of",
    "secrets_of",
    "server_model",
    "stays_here",
    "within_reach",
    "word_models",
]
