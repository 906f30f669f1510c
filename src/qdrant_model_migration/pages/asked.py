"""Which question is asked now, which come before and after it, and what an answer leads to."""

from __future__ import annotations

from functools import partial
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.advice import Advice, Question, advise
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.outcome import BACK, Go, Outcome, Report, Work
from qdrant_model_migration.pages.page import Act, Column, Page, Row, Table
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import models
from qdrant_model_migration.survey import Survey

PLACE = "Questions"
ANSWERED = ("answered", "found")
REST = Act("rest", "Answer the rest as suggested", button=False)


def surveyed(session: Session) -> Survey:
    if session.survey is None:
        raise QmmError("Nothing is surveyed yet.", "", "Go back to the survey.")
    return session.survey


def advice(session: Session, **tried: Any) -> Advice:
    """For the question that is asked now. tried: an answer put in."""
    at = session.alone[0] if session.alone else session.asking
    return advise(surveyed(session), {**session.answers, **tried}, at=at)


def question(session: Session) -> Question:
    """The one that is asked now: alone, in its turn, else the first. Where answers left out the
    one in its turn, it is the last before it."""
    now = advice(session)
    key = session.alone[0] if session.alone else session.asking
    first = before = (*now.asked, *(one.question for one in now.standings))[0]
    for one in now.standings:
        if one.question.key == key:
            return before if one.state == "skip" else one.question
        before = one.question if one.question in now.asked else before
    return first


def number(session: Session) -> tuple[int, int]:
    """Which of how many it is; 0: the survey found its answer, and it is asked only to correct."""
    keys, here = _keys(session), question(session).key
    return (keys.index(here) + 1 if here in keys else 0), len(keys)


def along(session: Session) -> str:
    at, many = number(session)
    return f"{at}/{many}" if at else ""


def before(session: Session) -> Outcome:
    """One question back; from the first one to the survey."""
    if session.alone:
        return Go(session.alone[1], session.on(alone=None), back=True)
    at, _ = number(session)
    return _to(session, _keys(session)[at - 2]) if at > 1 else Go(BACK, session)


def answered(session: Session, key: str, value: Any) -> Outcome:
    """With a valid answer kept, to what is asked next; after the last one to the strategy."""
    aside = set(advice(session).set_aside)
    session = session.answered(key, value)
    now = advice(session)
    left = now.set_aside_says if set(now.set_aside) - aside else ""
    said = " ".join(part for part in (left, now.collision_says) if part)
    if session.alone and now.next is not None:  # the answer brought up another question
        return Go("questions", session.on(alone=(now.next.key, session.alone[1])), said)
    if session.alone:
        return Go(session.alone[1], session.on(alone=None), said, back=True)
    at, many = number(session)
    following = _keys(session)[at] if 0 < at < many else now.next.key if now.next else None
    return _to(session, following, said) if following else Go("strategy", session, said)


def _to(session: Session, key: str, said: str = "") -> Go:
    return Go("questions", session.on(asking=key), said)


def _keys(session: Session) -> list[str]:
    return [one.key for one in advice(session).asked]


def rest(session: Session) -> Work:
    """Every suggestion that is still open taken, then what follows from all of them."""
    says = "Looking which models are on this computer…"
    return Work("rest", partial(_rest, session), _rest_answered, says)


def _rest(session: Session, report: Report) -> dict[str, Any]:
    return models.rest_answered(session)


def _rest_answered(session: Session, answers: dict[str, Any]) -> Go:
    new = words.plural(len(set(answers) - set(session.answers)), "question")
    said = f"{new} answered as suggested. Change an answer… lists all of them."
    session = session.on(answers=answers, strategy=None, plan=None, alone=None)
    return Go("strategy", session.on(asking=_keys(session)[-1]), said)


def is_answered(session: Session, key: str) -> bool:
    """Whether this question has an answer that can be another one."""
    standings = advise(surveyed(session), session.answers).standings
    return any(one.question.key == key and one.state in ANSWERED for one in standings)


def all_answers(session: Session) -> Page:
    """Every answer, to ask one of them again."""
    again = (Act("ask", "Change it", enter=True),)
    rows = [
        Row(one.question.key, (one.question.short, one.label + found), acts=again)
        for one in advise(surveyed(session), session.answers).standings
        if one.state in ANSWERED
        for found in (" (found)" if one.state == "found" else "",)
    ]
    columns = (Column("QUESTION", 12), Column("ANSWER"))
    table = Table("answers-given", tuple(rows), columns, enter="Change")
    return Page("Which answer should be different?", (table,))
