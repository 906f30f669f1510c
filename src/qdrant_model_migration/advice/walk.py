"""The walk through the questions: which are asked, and what the answers mean, in order.

An answer counts only while its question applies; one that no longer does is set aside and comes
back when the answer before it is changed again. The answers themselves are never altered.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.question import Question, Stand
from qdrant_model_migration.advice.questions import QUESTIONS, WITHDRAWN
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.survey.facts import Survey


class Entry(NamedTuple):
    """One question on the walk. answered: a valid answer was given. value: as it was given.

    unfit: why the given answer cannot be used here, None where it can.
    """

    question: Question
    stand: Stand
    answered: bool
    value: Any
    unfit: BadAnswer | None = None


class Walk(NamedTuple):
    """settled: what strategies see; "I do not know" and found facts are values there."""

    entries: tuple[Entry, ...]
    settled: dict[str, Any]
    set_aside: tuple[str, ...]

    @property
    def open(self) -> tuple[Question, ...]:
        """The questions that still have to be answered, in order."""
        return tuple(s.question for s in self.entries if s.stand == "ask" and not s.answered)


def walk(survey: Survey, answers: Answers) -> Walk:
    """Go through all questions in order. Any answers will do; what cannot be used is set aside."""
    settled: dict[str, Any] = {}
    entries: list[Entry] = []
    aside = [key for key in answers if key in WITHDRAWN]
    for question in QUESTIONS:
        entry = _entry(question, survey, answers, settled)
        entries.append(entry)
        if entry.answered:
            settled[question.key] = question.settle(entry.value, survey, settled)
        elif entry.stand == "found":
            settled[question.key] = entry.value
        if question.key in answers and not entry.answered:
            aside.append(question.key)
    return Walk(tuple(entries), settled, tuple(aside))


def _entry(question: Question, survey: Survey, answers: Answers, settled: dict[str, Any]) -> Entry:
    stand = question.standing(survey, settled)
    unfit = None
    if stand != "skip" and question.key in answers:
        try:
            value = question.clean(answers[question.key], survey, settled)
            return Entry(question, stand, True, value)
        except BadAnswer as error:
            unfit = error
            unfit.question = question.key
    found = question.suggest(survey, settled).value if stand == "found" else None
    return Entry(question, stand, False, found, unfit)
