"""What follows from a session: the strategy that is taken, its speed, its plan, its warnings."""

from __future__ import annotations

from qdrant_model_migration.advice import Warning_, advise, make_plan, warnings_for
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pipeline.speed import Speed, kept_under
from qdrant_model_migration.plan import Plan
from qdrant_model_migration.strategies import Strategy
from qdrant_model_migration.strategies.answered import chosen_model


def taken_strategy(session: Session) -> Strategy | None:
    """The strategy that the operator chose, else the recommended one; None where nothing fits."""
    if session.survey is None:
        return None
    advice = advise(session.survey, session.answers)
    for choice in advice.fits:
        if choice.strategy.name == session.strategy and choice.fit.word != "ruled out":
            return choice.strategy
    return advice.recommended


def speed_of(session: Session) -> Speed | None:
    """The speed of the chosen model as it is taken, None while it was not measured."""
    model, taken = chosen_model(session.answers), taken_strategy(session)
    if model is None or taken is None:
        return None
    return session.speeds.get(kept_under(taken.as_taken(model)))


def planned(session: Session) -> Plan:
    """The plan, with what was acknowledged of it. Raises the errors of `make_plan`."""
    survey, taken = session.survey, taken_strategy(session)
    if survey is None or taken is None:
        raise QmmError("There is no plan.", "No strategy is chosen.", "Go back and choose one.")
    plan = make_plan(survey, session.answers, taken, speed=speed_of(session))
    accepted = {
        key: given
        for key, given in session.accepted.items()
        if key in plan.must_accept and given.said == plan.warned.get(key)
    }
    return plan.model_copy(update={"accepted": accepted})


def warned(session: Session) -> tuple[Warning_, ...]:
    """The warnings of what is taken; without a plan those that need none."""
    survey, taken = session.survey, taken_strategy(session)
    if survey is None or taken is None:
        return ()
    try:
        plan = planned(session)
    except QmmError:
        plan = None
    return warnings_for(survey, session.answers, taken, plan)


def is_accepted(session: Session, warning: Warning_) -> bool:
    """Whether it was acknowledged as it stands now."""
    given = session.accepted.get(warning.id)
    return given is not None and given.said == warning.said
