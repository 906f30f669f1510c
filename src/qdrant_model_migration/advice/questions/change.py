"""Question: what is to change."""

from __future__ import annotations

from typing import Any

from qdrant_model_migration.advice.question import Option, Question, QuestionText, Suggestion
from qdrant_model_migration.strategies import Answers, Strategy
from qdrant_model_migration.strategies.changes import CHANGES
from qdrant_model_migration.survey.facts import Survey

_UNSURE = {"unsure-results": "model", "unsure-words": "keywords"}


class Change(Question):
    """Answer: a key of CHANGES, or one of three unsure."""

    key = "change"
    short = "Change"

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "What do you want to change?",
            "Choose what bothers you today. Keyword search can be added to any of them later.",
            "some changes need every text embedded again, others none at all. This answer decides "
            "which.",
        )

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        memory = self.settle("unsure-memory", survey, answers)
        return (
            *(
                Option(change, what.label, what.note, what.short, what.closed(survey))
                for change, what in CHANGES.items()
            ),
            Option(
                "unsure-results",
                "I do not know: results are poor",
                "taken as another model",
                "another model",
            ),
            Option(
                "unsure-memory",
                "I do not know: memory or the bill is too high",
                f"taken as {'compression' if memory == 'compression' else 'shorter vectors'}",
                "memory",
            ),
            Option(
                "unsure-words",
                "I do not know: exact words and codes are not found",
                "taken as keyword search",
                "keyword search",
            ),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion("model", "default")

    def matters_to(self, strategy: Strategy) -> bool:
        return True

    def source(self, value: Any) -> str:
        what = CHANGES.get(str(value))
        return what.guide if what else ""

    def settle(self, value: Any, survey: Survey, answers: Answers) -> Any:
        if value == "unsure-memory":
            return "compression" if survey.capabilities.quantization else "shorter"
        return _UNSURE.get(value, value) if isinstance(value, str) else value
