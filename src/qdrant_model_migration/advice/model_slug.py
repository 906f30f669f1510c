"""A model as part of a name."""

from __future__ import annotations

import re

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered.model import chosen_model


def model_slug(answers: Answers, *, dimensions: bool = False) -> str:
    """The chosen model as part of a name: bge-base-en-v1.5 becomes bge_base."""
    model = chosen_model(answers)
    return "new" if model is None else slug_of(model, dimensions=dimensions)


def slug_of(model: ModelRef, *, dimensions: bool) -> str:
    short = re.sub(r"[-_.]?(en|v\d+(\.\d+)*)(?=[-_.]|$)", "", model.short_name, flags=re.IGNORECASE)
    slug = re.sub(r"\W+", "_", short, flags=re.ASCII).strip("_").lower()[:60] or "new"
    if not dimensions or slug.endswith(f"_{model.dimensions}"):
        return slug
    return f"{slug}_{model.dimensions}"
