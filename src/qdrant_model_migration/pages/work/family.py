"""The plans of collections that switch together with the chosen one, made with the same answers."""

from __future__ import annotations

from typing import Any

from qdrant_model_migration.advice import answer_all, make_plan
from qdrant_model_migration.advice.family import OF_ONE, answers_that_follow
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.decided import planned, speed_of
from qdrant_model_migration.pages.outcome import Report
from qdrant_model_migration.pages.session import Other, Others, Session
from qdrant_model_migration.pages.work.models import choices
from qdrant_model_migration.pages.work.opened import opened
from qdrant_model_migration.plan import Plan, refuse_apart
from qdrant_model_migration.qdrant import Qdrant
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey import survey


def plan_others(session: Session, report: Report) -> Others:
    """Each with a plan, or why it has none. An empty one is left out. Raises NotTogether where they
    cannot switch at the same moment, and the errors of the connection."""
    mine = planned(session.on(others=None))
    found: list[Other] = []
    with opened(session) as qdrant:
        points = {name: qdrant.count(name) for name in mine.together}
        family = (mine.collection, *(name for name in mine.together if points[name]))
        taken: list[str] = [mine.move.target] if mine.move is not None else []
        for name in mine.together:
            if not points[name]:
                found.append(Other(name, why="empty", points=0, empty=True))
                continue
            report(f"Reading {name}.")
            try:
                plan = _plan_of(session, qdrant, mine, name, family, taken)
            except QmmError as error:
                found.append(Other(name, why=f"{error.what} {error.why}", points=points[name]))
            else:
                found.append(Other(name, plan, points=points[name]))
                taken += [plan.move.target] if plan.move is not None else []
    plans = [one.plan for one in found if one.plan is not None]
    if len(plans) == len(family) - 1 and plans:
        refuse_apart([mine, *plans])
    return Others(session.collection, session.answers, tuple(found))


def _plan_of(
    session: Session,
    qdrant: Qdrant,
    mine: Plan,
    name: str,
    family: tuple[str, ...],
    taken: list[str],
) -> Plan:
    assert session.survey is not None, "the chosen one has a plan"
    given: dict[str, Any] = {k: v for k, v in session.answers.items() if k not in OF_ONE}
    given |= answers_that_follow(session.survey, mine, name)
    found = survey(qdrant, name)
    found = found.model_copy(update={"others": (*found.others, *taken)})
    answers = answer_all(found, given, session.choices or choices(session))
    strategy, speed = by_name(mine.strategy), speed_of(session)
    return make_plan(found, answers, strategy, speed=speed, together=family)
