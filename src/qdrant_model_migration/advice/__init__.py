"""Pure advice: questions, map, warnings, the choice of a strategy, its estimate and its plan.

It reads facts (a Survey) and answers; the only file it touches is a file of answers.
"""

from __future__ import annotations

from qdrant_model_migration.advice.advise import Advice, Choice, Standing, advise, answer_all
from qdrant_model_migration.advice.answers_file import load_answers, save_answers
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.estimate import price_note
from qdrant_model_migration.advice.imagined import POINTS, WhatIf, imagine
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.advice.model_rows import (
    ModelRow,
    best_model,
    describe,
    model_rows,
    own_model,
    unknown_model,
)
from qdrant_model_migration.advice.question import (
    UNKNOWN,
    Field,
    Option,
    Question,
    QuestionText,
    Suggestion,
)
from qdrant_model_migration.advice.questions import BY_KEY, QUESTIONS, WITHDRAWN, read_named
from qdrant_model_migration.advice.tree import TREE, Branch, MapLine, map_lines
from qdrant_model_migration.advice.trying import timed_model, tried_unasked, try_size, try_speed
from qdrant_model_migration.advice.warnings import Warning_, declared, warnings_for
from qdrant_model_migration.embedders import ModelChoice

__all__ = [
    "BY_KEY",
    "POINTS",
    "QUESTIONS",
    "TREE",
    "UNKNOWN",
    "WITHDRAWN",
    "Advice",
    "BadAnswer",
    "Branch",
    "Choice",
    "Field",
    "MapLine",
    "ModelChoice",
    "ModelRow",
    "Option",
    "Question",
    "QuestionText",
    "Standing",
    "Suggestion",
    "Warning_",
    "WhatIf",
    "advise",
    "answer_all",
    "best_model",
    "declared",
    "describe",
    "imagine",
    "load_answers",
    "make_plan",
    "map_lines",
    "model_rows",
    "own_model",
    "price_note",
    "read_named",
    "save_answers",
    "timed_model",
    "tried_unasked",
    "try_size",
    "try_speed",
    "unknown_model",
    "warnings_for",
]
