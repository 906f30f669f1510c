"""Question: which model makes the new vectors. The rows to choose from are in `model_rows`."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from qdrant_model_migration import words
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.imagined import MADE_UP, is_made_up
from qdrant_model_migration.advice.question import (
    Option,
    Question,
    QuestionText,
    Suggestion,
    unknown,
)
from qdrant_model_migration.embedders import ModelRef, kind_of
from qdrant_model_migration.strategies import Answers
from qdrant_model_migration.strategies.answered.vectors import replaced_vector, shorter_of_old
from qdrant_model_migration.strategies.changes import what_changes
from qdrant_model_migration.survey.facts import Survey


class Model(Question):
    """Answer: a ModelRef as a JSON object. Options come from `model_rows`, not from `options`."""

    key = "model"
    short = "Model"
    kind = "model"
    serves = ("takes_model",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        return QuestionText(
            "Which model should make the new vectors?",
            "Vectors of two models can never be compared with each other. The list shows what "
            "fits your texts.",
            "the model decides the languages, the size, the time and the money, and what your "
            "application must change.",
        )

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return what_changes(answers.get("change")).vector is not None

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return ()

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion(None, "default")

    def check(self, value: Any, survey: Survey, answers: Answers) -> Any:
        model = read_model(value)
        if closed := why_closed(survey, answers, model):
            raise BadAnswer(f"{model.label} cannot be chosen here.", closed, field=self.key)
        return _answer(model)

    def label(self, value: Any, survey: Survey, answers: Answers) -> str:
        try:
            model = read_model(value)
        except BadAnswer:
            return "not known"
        return model.label if model.full_dimensions else f"{model.label}, {model.dimensions}"


class Replace(Question):
    """Answer: the name of the dense vector whose place the new one takes."""

    key = "replace"
    short = "Replaces"
    serves = ("replaces",)

    def text(self, survey: Survey, answers: Answers) -> QuestionText:
        which = what_changes(answers.get("change")).vector
        assert which is not None, "asked only where one is meant"
        here = f"This collection has {len(survey.dense)} dense vectors for each point."
        return QuestionText(which.asked, f"{here} {which.known}", which.why)

    def applies(self, survey: Survey, answers: Answers) -> bool:
        return len(survey.dense) > 1 and what_changes(answers.get("change")).vector is not None

    def options(self, survey: Survey, answers: Answers) -> tuple[Option, ...]:
        return (
            *(
                Option(
                    vector.name,
                    words.vector(vector.name),
                    f"{words.count(vector.size or 0)} dimensions, {vector.distance or 'not known'}",
                )
                for vector in survey.dense
            ),
            unknown(words.vector(survey.dense[0].name)),
        )

    def suggest(self, survey: Survey, answers: Answers) -> Suggestion:
        return Suggestion(survey.dense[0].name, "default")


def _answer(model: ModelRef) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_defaults=True)


def read_model(value: Any) -> ModelRef:
    """The model that an answer names; raises BadAnswer."""
    try:
        return ModelRef.model_validate_json(json.dumps(value))
    except (ValidationError, TypeError, ValueError) as error:
        why = ""
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            why = f"{'.'.join(map(str, first['loc'])) or 'The model'}: {first['msg']}."
        raise BadAnswer(
            "This does not describe a model.", why, "Choose one from the list.", "model"
        ) from error


def makes_vectors(survey: Survey) -> bool:
    """Whether models at the server come into question; not where that is known to be in vain."""
    return survey.server_embeds.value is not False and not survey.capabilities.local


def why_closed(survey: Survey, answers: Answers, model: ModelRef) -> str:
    """Why this model cannot be chosen, "" where it can."""
    old = survey.old_model.value
    if kind_of(model).at_server and not makes_vectors(survey):
        return "This server makes no vectors itself: it has no inference service."
    secret = kind_of(model).secret_of(model) if kind_of(model).at_server else None
    if secret and not survey.capabilities.passes_keys:
        return f"It needs the key in {secret}, which servers pass on from 1.17."
    if is_made_up(model) and survey.at != MADE_UP:
        return "It was made up in Explore; no computer can open it."
    if model.vector == "sparse":
        return "It makes sparse vectors, for keyword search, which question Keywords adds."
    if old is not None and (model.name, model.dimensions) == (old.name, old.dimensions):
        calculated = bool(survey.dense) and survey.dense[0].name in survey.approximate
        if calculated or model.same_vectors(old) is False:
            return ""
        match = survey.matches
        proof = f" ({match[0]} of {match[1]} texts match)" if match and match[0] else ""
        return (
            f"This is the model you already have{proof}. There is nothing to migrate; to "
            "compress, go back to question Change."
        )
    if model.unproven and shorter_of_old(survey, {**answers, "model": _answer(model)}) is None:
        return (
            f"It was not made for {words.count(model.dimensions)} dimensions. Only the present "
            "model can prove it, by its stored vectors: question Change, shorter vectors."
        )
    if answers.get("change") == "shorter" and model.vector == "multivector":
        return "It makes many vectors for a text, which together are not shorter."
    vector = replaced_vector(survey, answers)
    size = vector.size if vector else None
    if answers.get("change") == "shorter" and size is not None and model.dimensions >= size:
        return f"Its vectors are not shorter: {words.count(model.dimensions)} dimensions."
    return ""
