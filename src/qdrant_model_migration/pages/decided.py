"""What follows from a session: the strategy that is taken, its speed, its plan, its warnings."""

from __future__ import annotations

from qdrant_model_migration.advice import (
    Price,
    Warning_,
    advise,
    make_plan,
    price,
    speed_in,
    timed_model,
    warnings_for,
)
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pipeline.speed import Speed, kept_under
from qdrant_model_migration.plan import Plan
from qdrant_model_migration.strategies import Strategy


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
    """The speed of the chosen model, None while it was not measured. In Explore it is typed."""
    if session.explore:
        return speed_in(session.what_if)
    survey, taken = session.survey, taken_strategy(session)
    model = timed_model(survey, session.answers, taken) if survey and taken else None
    return session.speeds.get(kept_under(model)) if model is not None else None


def price_of(session: Session, strategy: Strategy) -> Price:
    """Of a way, with these answers. In Explore the price of the model is typed, too."""
    survey, usd = session.survey, session.what_if.usd if session.explore else None
    assert survey is not None, "nothing has a price before the survey"
    return price(survey, session.answers, strategy, speed=speed_of(session), usd=usd)


def planned(session: Session) -> Plan:
    """The plan, with what was acknowledged of it. Raises the errors of `make_plan`."""
    survey, taken = session.survey, taken_strategy(session)
    if survey is None or taken is None:
        raise QmmError("There is no plan.", "No strategy is chosen.", "Go back and choose one.")
    others = session.planned_with_it
    together = None if others is None else [one.collection for one in others if not one.empty]
    speed = speed_of(session)
    plan = make_plan(survey, session.answers, taken, speed=speed, together=together)
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
