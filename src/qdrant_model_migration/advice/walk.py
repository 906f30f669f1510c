"""The walk through the questions: which are asked, and what the answers mean, in order.

An answer counts only while its question applies; one that no longer does is set aside and comes
back when the answer before it is changed again. The answers themselves are never altered.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.question import Question
from qdrant_model_migration.advice.questions import QUESTIONS, WITHDRAWN
from qdrant_model_migration.strategies import Answers, Strategy, strategies
from qdrant_model_migration.survey.facts import Survey

Stand = Literal["ask", "found", "skip"]


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
    left = _Left(survey, settled)
    for question in QUESTIONS:
        entry = _entry(question, survey, answers, settled, left)
        entries.append(entry)
        if entry.answered:
            settled[question.key] = question.settle(entry.value, survey, settled)
            left.forget()
        elif entry.stand == "found":
            settled[question.key] = entry.value
            left.forget()
        if question.key in answers and not entry.answered:
            aside.append(question.key)
    return Walk(tuple(entries), settled, tuple(aside))


class _Left:
    """Which strategies the answers so far have not ruled out, each asked once for an answer."""

    def __init__(self, survey: Survey, settled: Answers) -> None:
        self._survey, self._settled = survey, settled
        self._known: dict[str, bool] = {}

    def __contains__(self, strategy: Strategy) -> bool:
        if strategy.name not in self._known:
            fit = strategy.fit(self._survey, self._settled)
            self._known[strategy.name] = fit.word != "ruled out"
        return self._known[strategy.name]

    def forget(self) -> None:
        self._known.clear()


def _entry(
    question: Question, survey: Survey, answers: Answers, settled: dict[str, Any], left: _Left
) -> Entry:
    stand = _stand(question, survey, settled, left)
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


def _stand(question: Question, survey: Survey, settled: Answers, left: _Left) -> Stand:
    """Whether it is asked, given the answers before it."""
    if not question.applies(survey, settled):
        return "skip"
    if not any(question.matters_to(one) and one in left for one in strategies()):
        return "skip"
    return "found" if question.found(survey, settled) else "ask"
