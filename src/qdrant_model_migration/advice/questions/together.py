"""The question whether collections that share a model switch at the same moment."""

from __future__ import annotations

from qdrant_model_migration.advice.question import (
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered.products import sisters_there
from qdrant_model_migration.survey.facts import Survey
from qdrant_model_migration.words import listing


class Together(Question):
    """Answer: "yes" or "alone"."""

    key = "together"
    short = "Together"
    serves = ("takes_model",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        there = sisters_there(survey)
        products = listing(list(dict.fromkeys(there.values())), "or")
        return QuestionText(
            f"It moves with {listing(list(there))}. Plan all of them?",
            f"{products} searches them by one model. Each gets a plan and a run of its own, with "
            "the same answers, and all switch at the same moment.",
            "one that stays behind is searched by another model than its own, or no more.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return bool(sisters_there(survey)) and not survey.capabilities.local

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        others = listing(list(sisters_there(survey)))
        return (
            Option("yes", f"Yes, {others} too", "they are planned with these answers", "all"),
            Option("alone", "Only this one", "the others are moved otherwise, or not", "alone"),
            unknown("all of them"),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("yes", "default")
