"""Pure advice: questions, map, warnings, the choice of a strategy, its estimate and its plan.

It reads facts (a Survey) and answers; the only file it touches is a file of answers.
"""

from __future__ import annotations

from qdrant_model_migration.advice.advise import Advice, Choice, Standing, advise, answer_all
from qdrant_model_migration.advice.answers_file import load_answers, save_answers
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.estimate.money import price_note
from qdrant_model_migration.advice.estimate.time import reading_again
from qdrant_model_migration.advice.faster import Case, Lever, levers, size_says
from qdrant_model_migration.advice.imagined import (
    SWITCHES,
    Turn,
    WhatIf,
    as_typed,
    imagine,
    made_up_model,
    of_old_model,
    said_of,
    speed_in,
    told,
    turned,
    typed_in,
)
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.advice.model_rows import (
    ModelRow,
    best_model,
    describe,
    model_rows,
    named_model,
    unknown_model,
)
from qdrant_model_migration.advice.price import Price, price
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
from qdrant_model_migration.advice.trying import (
    timed_model,
    tried_unasked,
    try_size,
    try_speed,
    trying_says,
)
from qdrant_model_migration.advice.warnings import Warning_, declared, warnings_for
from qdrant_model_migration.embedders import ModelChoice

__all__ = [
    "BY_KEY",
    "QUESTIONS",
    "SWITCHES",
    "TREE",
    "UNKNOWN",
    "WITHDRAWN",
    "Advice",
    "BadAnswer",
    "Branch",
    "Case",
    "Choice",
    "Field",
    "Lever",
    "MapLine",
    "ModelChoice",
    "ModelRow",
    "Option",
    "Price",
    "Question",
    "QuestionText",
    "Standing",
    "Suggestion",
    "Turn",
    "Warning_",
    "WhatIf",
    "advise",
    "answer_all",
    "as_typed",
    "best_model",
    "declared",
    "describe",
    "imagine",
    "levers",
    "load_answers",
    "made_up_model",
    "make_plan",
    "map_lines",
    "model_rows",
    "named_model",
    "of_old_model",
    "price",
    "price_note",
    "read_named",
    "reading_again",
    "said_of",
    "save_answers",
    "size_says",
    "speed_in",
    "timed_model",
    "told",
    "tried_unasked",
    "try_size",
    "try_speed",
    "trying_says",
    "turned",
    "typed_in",
    "unknown_model",
    "warnings_for",
]
