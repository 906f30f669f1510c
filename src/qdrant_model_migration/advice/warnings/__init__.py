"""All warnings, each declared once; `warnings_for` says which apply, with real numbers in them."""

from __future__ import annotations

from qdrant_model_migration.advice.walk import walk
from qdrant_model_migration.advice.warnings import (
    application,
    keywords,
    originals,
    products,
    run,
    texts,
    vectors,
)
from qdrant_model_migration.advice.warnings.warning import (
    WARNINGS,
    Case,
    Declared,
    Severity,
    Warning_,
)
from qdrant_model_migration.plan.plan import Plan
from qdrant_model_migration.strategies import Answers, Strategy
from qdrant_model_migration.survey.facts import Survey

__all__ = ["Severity", "Warning_", "declared", "warned_of", "warnings_for"]

# Importing them declares their warnings.
_FILES = (application, keywords, originals, products, run, texts, vectors)
_ORDER: tuple[Severity, ...] = ("must", "caution", "note")


def declared() -> tuple[Declared, ...]:
    """Every warning there is, by id."""
    return tuple(sorted(WARNINGS, key=lambda one: one.id))


def warnings_for(
    survey: Survey, answers: Answers, strategy: Strategy, plan: Plan | None = None
) -> tuple[Warning_, ...]:
    """The warnings for this strategy here: must, then caution, then note; each by id."""
    return warned_of(survey, walk(survey, answers).settled, strategy, plan)


def warned_of(
    survey: Survey, settled: Answers, strategy: Strategy, plan: Plan | None
) -> tuple[Warning_, ...]:
    """The warnings where the questions were walked through already."""
    case = Case(survey, settled, strategy, plan)
    shown = [
        Warning_(one.id, one.title, said.text, said.why_here, said.todo, said.severity, one.risk)
        for one in declared()
        if (not one.own or one.id in strategy.warns) and (said := one.look(case)) is not None
    ]
    return tuple(sorted(shown, key=lambda one: (_ORDER.index(one.severity), one.id)))
