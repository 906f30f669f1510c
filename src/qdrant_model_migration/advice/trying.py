"""Trying how fast a model is: with which texts, and when nobody has to be asked first."""

from __future__ import annotations

from collections.abc import Mapping

from qdrant_model_migration.embedders import ModelRef, open_embedder, stays_here
from qdrant_model_migration.pipeline.speed import Speed, measure_speed
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Qdrant
from qdrant_model_migration.strategies import Answers, Strategy
from qdrant_model_migration.strategies.answered import chosen_model
from qdrant_model_migration.survey.facts import Survey


def timed_model(survey: Survey, answers: Answers, strategy: Strategy) -> ModelRef | None:
    """The model whose speed decides how long it takes; None where nothing is embedded."""
    if not strategy.embeds:
        return None
    return strategy.made_with(survey, answers) or chosen_model(answers)


def tried_unasked(survey: Survey, answers: Answers, strategy: Strategy) -> ModelRef | None:
    """The model whose speed the plan wants; None: none, or trying it is for a person to say.

    Nothing is fetched for it, no text leaves this computer, and it costs no money.
    """
    model = timed_model(survey, answers, strategy) if strategy.runs else None
    return model if model is not None and stays_here(model) else None


def try_speed(qdrant: Qdrant, survey: Survey, answers: Answers, model: ModelRef) -> Speed | None:
    """How fast the model is with the operator's own texts; None where there are none."""
    source = _texts(survey, answers)
    if source is None:
        return None
    return measure_speed(qdrant, survey.collection, source, open_embedder(model))


def _texts(survey: Survey, answers: Answers) -> TextSource | None:
    text = answers.get("text")
    fields = text.get("fields") if isinstance(text, Mapping) else None
    paths = tuple(fields or filter(None, (survey.text_field.value,)))
    return TextSource(fields=paths) if paths else None
