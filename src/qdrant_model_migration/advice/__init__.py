"""Pure advice: questions, map, warnings, the choice of a strategy, its estimate and its plan.

It reads facts (a Survey) and answers; the only file it touches is a file of answers.
"""

from __future__ import annotations

from qdrant_model_migration.advice.advise import Advice, Choice, Standing, advise, answer_all
from qdrant_model_migration.advice.model_rows import (
    ModelChoice,
    ModelRow,
    best_model,
    describe,
    model_rows,
)
from qdrant_model_migration.advice.question import (
    UNKNOWN,
    Field,
    Option,
    Question,
    QuestionText,
    Suggestion,
)
from qdrant_model_migration.advice.questions import BY_KEY, QUESTIONS
from qdrant_model_migration.errors import BadAnswer

__all__ = [
    "BY_KEY",
    "QUESTIONS",
    "UNKNOWN",
    "Advice",
    "BadAnswer",
    "Choice",
    "Field",
    "ModelChoice",
    "ModelRow",
    "Option",
    "Question",
    "QuestionText",
    "Standing",
    "Suggestion",
    "advise",
    "answer_all",
    "best_model",
    "describe",
    "model_rows",
]
