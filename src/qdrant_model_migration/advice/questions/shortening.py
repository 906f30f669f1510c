"""Question: how the stored vectors become shorter."""

from __future__ import annotations

from typing import Any

from qdrant_model_migration.advice.question import (
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered.vectors import shorter_of_old
from qdrant_model_migration.survey.facts import Survey

_LABELS = {"cut": "their first values", "projection": "a learned projection"}


class ShortenedBy(Question):
    """Answer: "cut" or "projection"."""

    key = "shortened_by"
    short = "Shortened by"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "How should the stored vectors become shorter?",
            "Either way the run first measures on your own vectors how many of the nearest "
            "neighbours stay, and says it for both. Where too few do, it ends there.",
            "the first values of a model that was not made for it may hold too little. A "
            "projection that is learned from your vectors keeps more, and every search has to go "
            "through it as well.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return shorter_of_old(survey, answers) is not None

    def found(self, survey: Survey, answers: Answers) -> bool:
        """A model that was made for the length is cut."""
        shorter = shorter_of_old(survey, answers)
        return shorter is not None and not shorter.unproven

    def source(self, value: Any) -> str:
        return (
            "learn linear transformation from sample data, some recall loss, good for 100M+ "
            "datasets"
        )

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        suggested = str(self.suggest(survey, answers).value)
        return (
            Option(
                "projection",
                "By a projection that is learned from them",
                "keeps the most; the application puts every vector through it, the report has the "
                "lines",
                _LABELS["projection"],
            ),
            Option(
                "cut",
                "Their first values are kept",
                "the application cuts its vectors in the same way",
                _LABELS["cut"],
            ),
            unknown(_LABELS[suggested]),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        made_for = self.found(survey, answers)
        return Suggestion("cut" if made_for else "projection", "found" if made_for else "default")
