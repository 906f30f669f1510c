"""How many points, texts and models a plan counts."""

from __future__ import annotations

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered.originals import original_rows
from qdrant_model_migration.strategies.answered.texts import missing_texts
from qdrant_model_migration.survey.facts import Survey

ALONE = "not known: the server works alone and does not say how far it is"
UNCOUNTED = "not known: the points were not counted"


def points_of(survey: Survey, plan: Plan) -> int | None:
    """How many points are made; None where nobody has counted them."""
    rows = plan.move.rows if plan.move is not None else None
    if rows is None:
        return survey.points.value
    loaded = original_rows(survey, plan.answers)
    return loaded.number if loaded is not None else None


def texts_among(survey: Survey, answers: Answers, points: int) -> int:
    return max(0, points - (missing_texts(survey, answers) or 0))


def texts_of(survey: Survey, plan: Plan, points: int) -> int:
    """A row of a file that cannot be used is known only when it was read."""
    loads = plan.move is not None and plan.move.rows is not None
    return points if loads else texts_among(survey, plan.answers, points)


def models_of(plan: Plan) -> list[ModelRef]:
    """Those that embed the texts."""
    origins = plan.move.origins if plan.move is not None else ()
    return [o.query_model for o in origins if o.embeds and o.query_model is not None]


def only_reads(plan: Plan) -> bool:
    return all(step.text(plan.move).writes_to == "nothing" for step in plan.steps)
