"""The chosen model, and what follows from its kind."""

from __future__ import annotations

import json
from functools import lru_cache

from pydantic import ValidationError

from qdrant_model_migration.embedders import ModelRef, kind_of
from qdrant_model_migration.strategies.strategy import Answers, Fit


def chosen_model(answers: Answers) -> ModelRef | None:
    """The model of question `model`; None where none is chosen, or it cannot be read."""
    try:
        return _model(json.dumps(answers.get("model")))
    except (ValidationError, TypeError, ValueError):
        return None


@lru_cache(maxsize=64)
def _model(answer: str) -> ModelRef:
    """Every strategy asks for it, at every question."""
    return ModelRef.model_validate_json(answer)


def at_the_server(answers: Answers) -> Fit | None:
    """Ruled out because the chosen model is at the Qdrant server."""
    model = chosen_model(answers)
    if model is None or not kind_of(model).at_server:
        return None
    return Fit("ruled out", "the model is at the server", "model")


def makes_many(answers: Answers) -> bool:
    """Whether the chosen model makes many vectors for a text."""
    model = chosen_model(answers)
    return model is not None and model.vector == "multivector"


def one_vector_only(answers: Answers) -> Fit | None:
    """Ruled out because what it makes of a vector is one vector."""
    if not makes_many(answers):
        return None
    return Fit("ruled out", "of one vector no many can be calculated", "model")
