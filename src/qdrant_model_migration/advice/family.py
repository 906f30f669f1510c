"""What a plan means for the collections that switch at the same moment. Pure."""

from __future__ import annotations

from typing import Any

from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.strategies.answered.names import without_alias
from qdrant_model_migration.strategies.answered.products import called_with
from qdrant_model_migration.survey.facts import Survey

OF_ONE = ("target", "name")
"""Questions whose answer can only be of one collection."""


def answers_that_follow(survey: Survey, plan: Plan, other: str) -> dict[str, Any]:
    """What is answered for a collection that goes with it, by the plan of this one: that the
    application goes without an alias, and the name that it will look for then."""
    kind = without_alias(plan.answers)
    if kind is None or plan.move is None or other == plan.collection:
        return {}
    called = called_with(survey, plan.move.target).get(other) if kind == "changes" else None
    return {"name": {"kind": kind}, **({"target": called} if called else {})}
