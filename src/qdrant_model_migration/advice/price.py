"""What a way costs here: from its plan where that can be made, else from what it has in common with
others. Nothing is read for it."""

from __future__ import annotations

from typing import NamedTuple

from qdrant_model_migration.advice.estimate import reckoned
from qdrant_model_migration.advice.estimate.money import paid
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.advice.walk import walk
from qdrant_model_migration.advice.warnings import Warning_, warnings_for
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.plan.plan import Estimate, Plan
from qdrant_model_migration.strategies import Answers, Strategy
from qdrant_model_migration.survey.facts import Survey


class Price(NamedTuple):
    """cost: time, room, money. written: points that are written anew or get a vector; None: not
    known. warnings: those of this way here. planned: it comes from a plan."""

    cost: Estimate
    written: int | None
    warnings: tuple[Warning_, ...]
    planned: bool

    @property
    def risks(self) -> tuple[Warning_, ...]:
        """What searches may lose by it, the serious first."""
        return tuple(one for one in self.warnings if one.risk and one.severity != "note")


def price(
    survey: Survey,
    answers: Answers,
    strategy: Strategy,
    *,
    speed: Speed | None = None,
    usd: float | None = None,
) -> Price:
    """speed: of the chosen model on this computer, None: not tried. usd: what somebody says that a
    million of its tokens cost."""
    try:
        plan: Plan | None = make_plan(survey, answers, strategy, speed=speed)
    except QmmError:
        plan = None
    settled = walk(survey, answers).settled
    cost = plan.estimate if plan is not None else reckoned(survey, settled, strategy, speed)
    if usd and (strategy.embeds if plan is None else plan.move is not None and plan.move.embeds):
        cost = cost.model_copy(update={"usd": paid(survey, settled, usd)})
    return Price(
        cost=cost,
        written=_written(survey, strategy, plan),
        warnings=warnings_for(survey, answers, strategy, plan),
        planned=plan is not None,
    )


def _written(survey: Survey, strategy: Strategy, plan: Plan | None) -> int | None:
    if plan is not None and plan.move is None:
        return 0
    if plan is not None and plan.move is not None and plan.move.rows is not None:
        return None  # nobody has counted the rows of the file
    return survey.points.value if plan is not None or "builds" in strategy.facets else 0
