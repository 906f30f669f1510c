"""The warnings, one by one: how serious, why here, what to do. Serious ones are acknowledged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

from qdrant_model_migration import words
from qdrant_model_migration.advice import Warning_
from qdrant_model_migration.pages.decided import is_accepted, taken_strategy, warned
from qdrant_model_migration.pages.outcome import Go, Outcome, Refused, Said
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
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.plan import Acceptance

SIGNS = {"must": "!!", "caution": " !", "note": " i"}
MARKS = {"!!": "must", " !": "caution", " i": "note"}
HELP = (
    "!! must be acknowledged, one by one; the acknowledgement is written into",
    "the plan with its time. ! is a caution, i is good to know.",
    "",
    "Each says why it applies here, in your own numbers, and what to do.",
    "A warning whose facts change later is shown again, not ticked.",
)


def enter(session: Session) -> Outcome:
    if taken_strategy(session) is None:  # an answer was changed meanwhile
        return Go("strategy", session, back=True)
    return session


def page(session: Session) -> Page:
    shown, taken = warned(session), taken_strategy(session)
    left = _left(session)
    rows = tuple(_row(session, warning) for warning in shown)
    table = Table("warnings", rows, (Column("WARNING"),), "Warnings", "beside", MARKS, enter="Open")
    label = f"Continue: {len(left)} left to acknowledge" if left else "Continue"
    return Page(
        title="Warnings",
        body=(table,),
        acts=(Act("go", label, enter=True, to="see the plan"),),
        help=HELP,
        hello=_hello(shown, left),
        place="Strategy",
        where=f"{session.collection} · {taken.title if taken else 'warnings'}",
        first=left[0].id if left else "go",
    )


def _hello(shown: tuple[Warning_, ...], left: list[Warning_]) -> str:
    if left:
        return "Enter opens a warning; Enter on its last line acknowledges it."
    if any(warning.severity == "must" for warning in shown):
        return "All serious warnings are acknowledged. Press Enter to see the plan."
    return f"No serious warnings. {words.plural(len(shown), 'note')} to read, if you like."


def _left(session: Session) -> list[Warning_]:
    return [w for w in warned(session) if w.severity == "must" and not is_accepted(session, w)]


def _row(session: Session, warning: Warning_) -> Row:
    accepted = is_accepted(session, warning)
    rows = (("Why here", warning.why_here), ("What to do", warning.todo))
    more: list[Block] = [
        Says((warning.text,)),
        Facts(tuple(Fact(label, value) for label, value in rows if value)),
    ]
    if warning.id in session.accepted and not accepted:
        more.append(Says(("This changed since you read it.",)))
    if warning.severity == "must":
        more.append(
            Ask(
                _read(warning),
                "tick",
                "I have read this, and accept it",
                value="yes" if accepted else "",
                refused="It is not acknowledged yet. Type yes, in full.",
                must=True,
                at_once=True,
                done="acknowledged before",
            )
        )
    sign = SIGNS[warning.severity]
    return Row(warning.id, (warning.title,), sign, f"{warning.id} {warning.title}", tuple(more))


def _read(warning: Warning_) -> str:
    return f"read-{warning.id}"


def act(session: Session, key: str, values: Mapping[str, str]) -> Outcome:
    if key == "go":
        return _go(session)
    for warning in warned(session):
        if _read(warning) == key:
            return _turned(session, warning, on=values[key] == "yes")
    return session


def _turned(session: Session, warning: Warning_, *, on: bool) -> Outcome:
    accepted = {k: given for k, given in session.accepted.items() if k != warning.id}
    if not on:
        return session.on(accepted=accepted, plan=None)
    at = datetime.now(timezone.utc).isoformat(timespec="seconds")
    accepted[warning.id] = Acceptance(at=at, said=warning.said)
    session = session.on(accepted=accepted, plan=None)
    if left := _left(session):
        return Said(session, f"Acknowledged. {len(left)} left.", at=left[0].id)
    return Said(session, page(session).hello, at="go")


def _go(session: Session) -> Outcome:
    left = _left(session)
    if not left:
        return Go("plan", session)
    titles = "; ".join(warning.title for warning in left)
    many = "1 warning still needs" if len(left) == 1 else f"{len(left)} warnings still need"
    return Refused(f"{many} your tick: {titles}. The first one is open now.", _read(left[0]))
