"""Question: what is to change."""

from __future__ import annotations

from typing import Any

from qdrant_model_migration.advice.question import Option, Question, QuestionText, Suggestion
from qdrant_model_migration.strategies import Answers, Strategy
from qdrant_model_migration.survey.facts import Survey

_MUST = (
    "You MUST re-embed if: changing model provider (OpenAI to Cohere), changing architecture (CLIP "
    "to BGE), incompatible dimension counts across different models, or adding sparse vectors to "
    "dense-only collection."
)
SOURCE = {
    "model": _MUST,
    "keywords": _MUST,
    "second": _MUST,
    "compression": "Or changing quantization (binary to scalar): Qdrant re-quantizes "
    "automatically.",
    "shorter": "You CAN avoid re-embedding if: using Matryoshka models (use `dimensions` parameter "
    "to output lower-dimensional embeddings, learn linear transformation from sample data, some "
    "recall loss, good for 100M+ datasets).",
    "drop": "",
}
"""The sentence of Qdrant's guide that decides, by the change; "" where it says nothing of it."""

_UNSURE = {"unsure-results": "model", "unsure-words": "keywords"}


class Change(Question):
    """Answer: "model", "shorter", "compression", "keywords", "second", "drop", or one of
    three unsure."""

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
            Option("model", "Use another embedding model", "", "another model"),
            Option("shorter", "Same model, shorter vectors", "", "shorter vectors"),
            Option(
                "compression",
                "Same vectors, other compression",
                "no text, no model and no new collection is needed",
                "compression",
            ),
            Option("keywords", "Add keyword search", "the most common change", "keyword search"),
            Option("second", "Try a second model next to the first", "", "a second model"),
            Option(
                "drop",
                "Take out a vector that is not needed any more",
                "after a test of two models, for example",
                "a vector out",
                "" if len(survey.vectors.value or ()) > 1 else "There is one vector only.",
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
        return SOURCE.get(str(value), "")

    def settle(self, value: Any, survey: Survey, answers: Answers) -> Any:
        if value == "unsure-memory":
            return "compression" if survey.capabilities.quantization else "shorter"
        return _UNSURE.get(value, value) if isinstance(value, str) else value
