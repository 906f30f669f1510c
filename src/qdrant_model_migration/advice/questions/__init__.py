"""All questions in the order in which they are asked. A new one is one class and one entry here.

Answers are JSON values by the key of their question, whose class says what an answer is.
"""

from __future__ import annotations

from typing import Any

from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.question import Question
from qdrant_model_migration.advice.questions.application import QuerySide, Writes
from qdrant_model_migration.advice.questions.bridge import Bridge
from qdrant_model_migration.advice.questions.change import Change
from qdrant_model_migration.advice.questions.compression import Quantization
from qdrant_model_migration.advice.questions.copied_by import CopiedBy
from qdrant_model_migration.advice.questions.distance import Distance
from qdrant_model_migration.advice.questions.keyword_model import Fusion, KeywordModel
from qdrant_model_migration.advice.questions.keywords import Keywords
from qdrant_model_migration.advice.questions.many_for import ManyFor
from qdrant_model_migration.advice.questions.model import Model, Replace
from qdrant_model_migration.advice.questions.names import Name, Target
from qdrant_model_migration.advice.questions.originals import Columns, Originals, TextColumns
from qdrant_model_migration.advice.questions.proof import Pace, Proof
from qdrant_model_migration.advice.questions.search_params import SearchParams
from qdrant_model_migration.advice.questions.shortening import ShortenedBy
from qdrant_model_migration.advice.questions.spending import SpendingLimit
from qdrant_model_migration.advice.questions.texts import Bare, Missing, Text
from qdrant_model_migration.advice.questions.together import Together
from qdrant_model_migration.advice.questions.vector_names import VectorName, VectorNames
from qdrant_model_migration.advice.questions.way import (
    Accuracy,
    Both,
    Drop,
    InPlace,
)
from qdrant_model_migration.strategies import Answers

QUESTIONS: tuple[Question, ...] = (
    Change(),
    Quantization(),
    SearchParams(),
    Drop(),
    Replace(),
    Model(),
    ShortenedBy(),
    Text(),
    TextColumns(),
    Originals(),
    Columns(),
    Missing(),
    Bare(),
    Accuracy(),
    Bridge(),
    Both(),
    Keywords(),
    KeywordModel(),
    Fusion(),
    ManyFor(),
    InPlace(),
    Name(),
    Target(),
    QuerySide(),
    Distance(),
    SpendingLimit(),
    Writes(),
    Together(),
    VectorName(),
    VectorNames(),
    CopiedBy(),
    Proof(),
    Pace(),
)

BY_KEY: dict[str, Question] = {question.key: question for question in QUESTIONS}

WITHDRAWN = frozenset({"downtime", "many_vectors", "word_language"})
"""Keys of questions that older versions asked: answers to them are set aside, and said to be."""


def read_named(answers: Answers) -> dict[str, Any]:
    """The answers with what was read of the files that they name; those of a command line are read
    here too. Raises BadAnswer that says which."""
    read = dict(answers)
    for key, value in answers.items():
        if key in BY_KEY:
            try:
                read[key] = BY_KEY[key].read_named(value)
            except BadAnswer as error:
                error.question = key
                raise
    return read
