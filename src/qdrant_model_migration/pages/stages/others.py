"""The collections that switch together with the chosen one: their plans, and what differs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from functools import partial

from qdrant_model_migration import words
from qdrant_model_migration.pages.outcome import Go, Outcome, Report, Said, Work
from qdrant_model_migration.pages.page import (
    Act,
    Ask,
    Block,
    Column,
    Fact,
    Facts,
    Page,
    Row,
    Says,
    Table,
)
from qdrant_model_migration.pages.session import Other, Others, Session
from qdrant_model_migration.pages.work import family as work
from qdrant_model_migration.plan import Acceptance, Plan, left_open

READ = "read-"  # what the key of a tick begins with: then the row and the warning
HELP = (
    "Each gets a plan and a run of its own, with the same answers. What differs is",
    "how many points it has, what the new one is called, and how long it takes.",
    "",
    "Its serious warnings are acknowledged here: they are about that collection.",
)
HELLO = "The same answers are taken for each. Its serious warnings are ticked here."
COLUMNS = (
    Column("COLLECTION", 24),
    Column("POINTS", 9, right=True),
    Column("TIME", 8, right=True),
    Column("", 9),
    Column("TO"),
)


def unplanned(session: Session) -> str:
    """Which of the others have no plan yet, in words; "" where each has one."""
    plan, ones = session.plan, session.planned_with_it
    if plan is None or not plan.together:
        return ""
    if ones is None:
        return "plan the others first"
    without = [one.collection for one in ones if one.plan is None and not one.empty]
    return f"no plan for {words.listing(without)}" if without else ""


def why_not(session: Session) -> str:
    """Why the chosen one cannot be started yet, as far as the others go; "" where it can."""
    if without := unplanned(session):
        return without
    left = sum(len(left_open(one)) for one in plans_of(session))
    return f"{words.plural(left, 'warning')} of the others left" if left else ""


def plans_of(session: Session) -> tuple[Plan, ...]:
    """The plans of the others, as far as there are any."""
    return tuple(one.plan for one in session.planned_with_it or () if one.plan is not None)


def enter(session: Session) -> Outcome:
    if session.plan is None or (session.planned_with_it is None and not session.plan.together):
        return Go("plan", session, back=True)
    if session.planned_with_it is not None:
        return session
    do = partial(_plan, session)
    says = "Looking at the others and planning them. Nothing is changed."
    return Work("others", do, _planned, says, news=lambda now, _: now)


def _plan(session: Session, report: Report) -> Others:
    return work.plan_others(session, report)


def _planned(session: Session, found: Others) -> Said:
    return Said(session.on(others=found), HELLO)


def page(session: Session) -> Page:
    ones = session.planned_with_it or ()
    rows = tuple(_row(n, one) for n, one in enumerate(ones))
    plans = [(n, one.plan) for n, one in enumerate(ones) if one.plan is not None]
    table = Table("others", rows, COLUMNS, "Switched at the same moment", "below", enter="")
    read = [block for n, plan in plans for block in _warnings(n, plan)]
    return Page(
        title="What switches together with it",
        body=(table, *read),
        acts=(Act("go", "Take these plans", asks=True),),
        help=HELP,
        hello=HELLO,
        place="Plan",
        first="others",
    )


def _row(n: int, one: Other) -> Row:
    plan = one.plan
    points = words.count(one.points) if one.points is not None else ""
    if plan is None:
        cells = (one.collection, points, "", "left out" if one.empty else "no plan", "")
        return Row(f"other{n}", cells, title=one.collection, more=(Facts((Fact("Why", one.why),)),))
    likely = plan.estimate.seconds.likely
    target = plan.move.target if plan.move is not None else ""
    time = words.duration(likely) if likely is not None else ""
    left = len(left_open(plan))
    cells = (one.collection, points, time, f"{left} to read" if left else "ready", target)
    more = Facts((Fact("Way", plan.title), Fact("New name", target)))
    return Row(f"other{n}", cells, title=one.collection, more=(more,))


def _warnings(n: int, plan: Plan) -> tuple[Block, ...]:
    """What is to be read of one collection, and a tick for each."""
    if not plan.must_accept:
        return ()
    lines = tuple(f"{warning}: {plan.warned.get(warning, '')}" for warning in plan.must_accept)
    asks = (
        Ask(
            f"{READ}{n}-{warning}",
            "tick",
            f"I have read {warning} of {plan.collection}, and accept it",
            value="yes" if warning in plan.accepted else "",
            must=True,
            done="acknowledged before",
        )
        for warning in plan.must_accept
    )
    return (Says(lines, f"To be read of {plan.collection}"), *asks)


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    found = session.others
    if key != "go" or found is None:
        return session
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    ones = tuple(_accepted(n, one, values, now) for n, one in enumerate(found.ones))
    session = session.on(others=found._replace(ones=ones))
    left = why_not(session)
    return Go("plan", session, f"Not yet: {left}." if left else "", back=True)


def _accepted(n: int, one: Other, values: Mapping[str, str], now: str) -> Other:
    if one.plan is None:
        return one
    plan = one.plan
    given = {
        warning: plan.accepted.get(warning) or Acceptance(at=now, said=plan.warned.get(warning, ""))
        for warning in plan.must_accept
        if values.get(f"{READ}{n}-{warning}") == "yes"
    }
    return one._replace(plan=plan.model_copy(update={"accepted": given}))
