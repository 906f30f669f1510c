"""Trying how fast a model is: with which texts, and when nobody has to be asked first; and how
large the vectors are of one at the server."""

from __future__ import annotations

from qdrant_model_migration.advice.errors import SizeNotKnown
from qdrant_model_migration.embedders import ModelRef, kind_of, open_embedder, stays_here
from qdrant_model_migration.pipeline.head import head_of
from qdrant_model_migration.pipeline.speed import AtServer, Speed, measure_speed, speed_with
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import SHORT_TEXT, Document, Qdrant
from qdrant_model_migration.strategies import Answers, Strategy
from qdrant_model_migration.strategies.answered.model import chosen_model
from qdrant_model_migration.strategies.answered.originals import original_rows
from qdrant_model_migration.strategies.answered.texts import file_of, text_source
from qdrant_model_migration.survey.facts import Survey


def timed_model(survey: Survey, answers: Answers, strategy: Strategy) -> ModelRef | None:
    """The model whose speed says how long it takes; None where nothing is embedded."""
    if not (strategy.embeds_all(answers) or {"samples", "infers"} & set(strategy.facets)):
        return None
    model = strategy.made_with(survey, answers) or chosen_model(answers)
    return strategy.as_taken(model) if model is not None else None


def tried_unasked(survey: Survey, answers: Answers, strategy: Strategy) -> ModelRef | None:
    """The model whose speed the plan wants; None: none, or trying it is for a person to say.

    Nothing is fetched for it, no text leaves this computer, and it costs no money.
    """
    model = timed_model(survey, answers, strategy)
    return model if model is not None and stays_here(model) else None


def try_speed(qdrant: Qdrant, survey: Survey, answers: Answers, model: ModelRef) -> Speed | None:
    """How fast the model is with the operator's own texts, those of a file where that is loaded or
    has them; None where there are none."""
    at_server = kind_of(model).at_server
    embedder = AtServer(qdrant, survey.collection, model) if at_server else open_embedder(model)
    rows, source = original_rows(survey, answers), text_source(answers)
    file = file_of(answers.get("originals")) or file_of(answers.get("text"))
    chosen = rows.text if rows is not None else source
    if file is not None and chosen is not None:
        head = head_of(file)
        first = f"from the beginning of {head.name}"
        fields = chosen.model_copy(update={"file": None})
        return speed_with(head.texts, fields, embedder, where=first)
    field = survey.text_field.value
    source = source or (TextSource(fields=(field,)) if field else None)
    if source is None:
        return None
    return measure_speed(qdrant, survey.collection, source, embedder)


def trying_says(model: ModelRef) -> str:
    """What a person should know before its speed is tried with texts of theirs; "": nothing, since
    none of them leaves this computer."""
    kind = kind_of(model)
    if not kind.service:
        return ""
    payee = kind.billed(model) or (kind.service if kind.usd(model) else "")
    costs = f", and {payee} may charge for them" if payee else ""
    return f"They are sent to {kind.who_reads(model)}{costs}. Nothing is written."


def try_size(qdrant: Qdrant, survey: Survey, model: ModelRef) -> ModelRef:
    """The model with its dimensions, where it is at the server and told without: one search asks
    for them. Raises SizeNotKnown, and what the server refuses."""
    if not kind_of(model).at_server or model.vector == "sparse" or model.dimensions:
        return model
    document = Document(SHORT_TEXT, model.name, model.options)
    size = qdrant.inferred_size(survey.collection, document)
    if size is None:
        raise SizeNotKnown(model.name)
    if size == 0:
        return model.model_copy(update={"vector": "sparse", "distance": "Dot"})
    return model.model_copy(update={"dimensions": size})
