"""What services take for it."""

from __future__ import annotations

from collections.abc import Sequence

from qdrant_model_migration import words
from qdrant_model_migration.advice.estimate.counted import (
    models_of,
    points_of,
    texts_among,
    texts_of,
)
from qdrant_model_migration.embedders import ModelRef, kind_of
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.survey.facts import Survey


def cost_of(texts: int | None, survey: Survey, models: Sequence[ModelRef]) -> float | None:
    """What the services of these models take for the tokens of so many texts; None: not known."""
    prices = [price for model in models if (price := kind_of(model).usd(model)) is not None]
    tokens = survey.average_tokens.value
    if not prices:
        return 0.0
    if texts is None or tokens is None:
        return None
    return texts * tokens * sum(prices) / 1e6


def paid(survey: Survey, answers: Answers, usd: float) -> float | None:
    """The same for a price that somebody typed, for all texts."""
    points, tokens = survey.points.value, survey.average_tokens.value
    if points is None or tokens is None:
        return None
    return texts_among(survey, answers, points) * tokens * usd / 1e6


def price_note(plan: Plan) -> str:
    """A few words beside the price; "" where there are none."""
    if payees := _billed(plan):
        spending = plan.move.load.spending if plan.move is not None else None
        if spending is not None and spending.usd is not None:
            return f"at {spending.usd:g} USD for a million tokens, as you said"
        return f"{words.listing(payees)} may charge for the tokens"
    samples = (found for step in plan.steps if (found := step.embeds()) is not None)
    models = [*models_of(plan), *(model for model, _ in samples)]
    served = any(kind_of(model).service for model in models)
    return "" if plan.estimate.usd or served or not models else "the model runs on this computer"


def _billed(plan: Plan) -> list[str]:
    """Who may take money at a price that is not known."""
    payees = (kind_of(model).billed(model) for model in models_of(plan))
    return list(dict.fromkeys(filter(None, payees)))


def usd_of(survey: Survey, plan: Plan) -> float | None:
    """What the services that make vectors take for the tokens of all texts, and of samples."""
    points, tokens = points_of(survey, plan), survey.average_tokens.value
    every = 0 if points is None else texts_of(survey, plan, points)
    embedded = [(model, every) for model in models_of(plan)]
    embedded += [found for step in plan.steps if (found := step.embeds()) is not None]
    priced = [(p, n) for model, n in embedded if (p := kind_of(model).usd(model)) is not None]
    spending = plan.move.load.spending if plan.move is not None else None
    billed = 0.0
    if _billed(plan):
        if spending is None or spending.usd is None or spending.expected is None:
            return None
        billed = spending.usd * spending.expected / 1e6
    if not priced:
        return billed
    if points is None or tokens is None:
        return None
    return billed + sum(price * min(n, points) for price, n in priced) * tokens / 1e6
