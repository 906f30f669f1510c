"""Trying how fast a model is: with which texts, and when nobody has to be asked first; and how
large the vectors are of one at the server."""

from __future__ import annotations

from collections.abc import Mapping

from qdrant_model_migration.advice.errors import SizeNotKnown
from qdrant_model_migration.embedders import ModelRef, kind_of, open_embedder, stays_here
from qdrant_model_migration.pipeline.speed import Speed, measure_speed
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Document, Qdrant
from qdrant_model_migration.strategies import Answers, Strategy
from qdrant_model_migration.strategies.answered import chosen_model
from qdrant_model_migration.survey.facts import Survey


def tried_unasked(answers: Answers, strategy: Strategy) -> ModelRef | None:
    """The model whose speed the plan wants; None: none, or trying it is for a person to say.

    Nothing is fetched for it, no text leaves this computer, and it costs no money.
    """
    model = chosen_model(answers) if strategy.runs and strategy.embeds else None
    return model if model is not None and stays_here(model) else None


def try_speed(qdrant: Qdrant, survey: Survey, answers: Answers, model: ModelRef) -> Speed | None:
    """How fast the model is with the operator's own texts; None where there are none."""
    source = _texts(survey, answers)
    if source is None:
        return None
    return measure_speed(qdrant, survey.collection, source, open_embedder(model))


def try_size(qdrant: Qdrant, survey: Survey, model: ModelRef) -> ModelRef:
    """The model with its dimensions, where it is at the server and told without: one search asks
    for them. Raises SizeNotKnown, and what the server refuses."""
    if not kind_of(model).at_server or model.vector == "sparse" or model.dimensions:
        return model
    document = Document("A short text.", model.name, model.options)
    size = qdrant.inferred_size(survey.collection, document)
    if size is None:
        raise SizeNotKnown(model.name)
    if size == 0:
        return model.model_copy(update={"vector": "sparse", "distance": "Dot"})
    return model.model_copy(update={"dimensions": size})


def _texts(survey: Survey, answers: Answers) -> TextSource | None:
    text = answers.get("text")
    fields = text.get("fields") if isinstance(text, Mapping) else None
    paths = tuple(fields or filter(None, (survey.text_field.value,)))
    return TextSource(fields=paths) if paths else None
