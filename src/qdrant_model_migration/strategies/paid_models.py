"""Models at the server for which somebody may charge, and what may be spent on them. No strategy
lives here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qdrant_model_migration.embedders import ModelRef, kind_of
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.spending import Spending
from qdrant_model_migration.strategies.answered.originals import original_rows
from qdrant_model_migration.strategies.answered.texts import expected_tokens
from qdrant_model_migration.strategies.strategy import Answers
from qdrant_model_migration.survey.facts import Survey


def is_paid(model: ModelRef) -> bool:
    """Whether somebody may charge for what the server makes by it."""
    kind = kind_of(model)
    return kind.at_server and bool(kind.billed(model))


def with_spending(move: Move, survey: Survey, answers: Answers) -> Move:
    """The move with what its services may be asked for, where it has any."""
    asked = [origin.query_model for origin in move.origins if origin.embeds]
    paid = [model for model in asked if model is not None and is_paid(model)]
    if not paid:
        return move
    rows = original_rows(survey, answers) if move.rows is not None else None
    expected = expected_tokens(survey, answers, rows.number if rows is not None else None)
    given = answers.get("spending")
    told: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    price, usd = told.get("price"), told.get("usd")
    limits = [told.get("tokens"), usd / price * 1e6 if usd and price else None]
    spending = Spending(
        expected=len(paid) * expected if expected else None,
        most=min((max(1, int(limit)) for limit in limits if limit), default=None),
        usd=price,
        **({"texts": told["texts"]} if "texts" in told else {}),
    )
    load = move.load.model_copy(update={"spending": spending})
    return move.model_copy(update={"load": load})
