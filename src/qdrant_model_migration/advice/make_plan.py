"""From facts, answers and a strategy to a plan with its estimate and what must be accepted."""

from __future__ import annotations

from collections.abc import Sequence

from qdrant_model_migration.advice.advise import advised
from qdrant_model_migration.advice.errors import (
    PlanClosed,
    QuestionOpen,
    StrategyUnfit,
)
from qdrant_model_migration.advice.estimate import estimate
from qdrant_model_migration.advice.walk import walk
from qdrant_model_migration.advice.warnings import warned_of
from qdrant_model_migration.pipeline.speed import Speed
from qdrant_model_migration.plan.acknowledged import sealed
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.strategies import Answers, Strategy
from qdrant_model_migration.strategies.answered.products import sisters_there
from qdrant_model_migration.survey.facts import Survey


def make_plan(
    survey: Survey,
    answers: Answers,
    strategy: Strategy,
    *,
    speed: Speed | None,
    together: Sequence[str] | None = None,
) -> Plan:
    """The plan of `strategy`. speed: of the model on this computer, None: not tried. together: the
    collections that are to switch at the same moment; None: as it is answered.

    Raises StrategyUnfit, PlanClosed, QuestionOpen, or BadAnswer for an answer that
    this collection does not allow.
    """
    walked = walk(survey, answers)
    for entry in walked.entries:
        if entry.unfit is not None and entry.question.matters_to(strategy):
            raise entry.unfit
    advice = advised(survey, walked)
    fit = advice.fit_of(strategy)
    if fit.word == "ruled out":
        raise StrategyUnfit(strategy.title, fit.reason, fit.decided_by)
    if advice.stops:
        raise PlanClosed(advice.stops[0])
    for question in walked.open:
        if question.matters_to(strategy):
            raise QuestionOpen(question.key, question.text(survey, walked.settled).wording)
    plan = strategy.build(survey, walked.settled)
    if together is None:
        together = tuple(sisters_there(survey)) if walked.settled.get("together") == "yes" else ()
    others = tuple(name for name in together if name != survey.collection)
    update = {"estimate": estimate(survey, plan, speed), "together": others}
    plan = plan.model_copy(update=update)
    shown = warned_of(survey, walked.settled, strategy, plan)
    must = {warning.id: warning.said for warning in shown if warning.severity == "must"}
    return sealed(plan.model_copy(update={"must_accept": tuple(must), "warned": must}))
