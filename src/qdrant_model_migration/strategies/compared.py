"""By which distance new vectors are compared: one rule for every strategy that makes them."""

from __future__ import annotations

from typing import NamedTuple

from qdrant_model_migration.embedders import ModelRef, kind_of
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.vectors import replaced_vector
from qdrant_model_migration.strategies.strategy import Answers, Strategy
from qdrant_model_migration.survey.facts import Survey

KEEPS = "keep"
"""The answer to question Distance that keeps the present one."""


class Distances(NamedTuple):
    """now: of the vector whose place the new one takes, or beside which it stands; own: the one
    that its model is meant for."""

    now: str
    own: str


def new_model(strategy: Strategy, survey: Survey, answers: Answers) -> ModelRef | None:
    """The model of question Model as the strategy takes it, with the distance by which its vectors
    are compared; None where none is chosen.

    The present distance stays where it puts the same neighbours first, so that no application
    which compares it when it starts refuses the new collection, and where somebody wants that.
    """
    chosen = chosen_model(answers)
    model = strategy.as_taken(chosen) if chosen is not None else None
    return compared(strategy, survey, answers, model) if model is not None else None


def compared(strategy: Strategy, survey: Survey, answers: Answers, model: ModelRef) -> ModelRef:
    """The same for a model that is no other one than the present."""
    differ = _differ(survey, answers, model)
    if differ is None or not (_alike(strategy, model) or answers.get("distance") == KEEPS):
        return model
    return model.model_copy(update={"distance": differ.now})


def another_order(strategy: Strategy, survey: Survey, answers: Answers) -> Distances | None:
    """Where the present distance would put other neighbours first than the model's own: only a
    person can say which it is to be. None: there is nothing to say."""
    chosen = chosen_model(answers)
    if chosen is None or not strategy.compares:
        return None
    model = strategy.as_taken(chosen)
    return None if _alike(strategy, model) else _differ(survey, answers, model)


def _alike(strategy: Strategy, model: ModelRef) -> bool:
    """Of vectors of length one Dot, Euclid and Cosine put the same neighbours first."""
    return strategy.evens or kind_of(model).length_one(model)


def _differ(survey: Survey, answers: Answers, model: ModelRef) -> Distances | None:
    """Not where the model is not meant for single vectors, nor where it cannot be compared so."""
    old = replaced_vector(survey, answers)
    now = old.distance if old is not None else None
    if now not in ("Cosine", "Dot", "Euclid") or model.vector != "dense":
        return None
    return Distances(now, model.distance) if now != model.distance else None
