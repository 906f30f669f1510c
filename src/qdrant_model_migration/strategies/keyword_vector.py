"""The sparse vector that keyword search adds: which model makes it, what it is told, its name. No
strategy lives here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from qdrant_model_migration.embedders import ModelRef, Spoken, kind_of
from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.strategies.answered.texts import text_source
from qdrant_model_migration.strategies.answered.vectors import kept_bare
from qdrant_model_migration.strategies.moving import vector_of
from qdrant_model_migration.strategies.strategy import Answers
from qdrant_model_migration.survey.facts import LanguageField, Survey, WordModel
from qdrant_model_migration.survey.languages import WORD_LISTS, most, several
from qdrant_model_migration.survey.word_models import spoken

K, B, AVERAGE = 1.2, 0.75, 256.0
"""What BM25 takes where nothing is said: how soon a repeated word stops to count, how much the
length of a text counts, and an average length, which is no collection's own."""

AS_WRITTEN = "as written"
"""The answer for a language whose endings nobody knows."""

BY_FIELD = "by "
"""Before a payload field: the answer for texts in several languages, of which the field says
which."""


def usual(survey: Survey, answers: Answers) -> dict[str, Any]:
    """The answer to question `keyword_model` that is suggested: a model that counts words."""
    first = next((one for one in survey.word_models.value or () if one.opens), None)
    return {} if first is None else told(survey, answers, first)


def told(survey: Survey, answers: Answers, one: WordModel) -> dict[str, Any]:
    """The answer that chooses this model, with what suits this collection."""
    named = {"kind": one.model.kind, "name": one.model.name}
    if not kind_of(one.model).counts_words(one.model):
        return named
    mixed = several(survey.languages.value or {}) and told_apart(survey)
    language = (
        f"{BY_FIELD}{mixed[0].path}" if mixed else most(survey.languages.value or {}) or AS_WRITTEN
    )
    average = average_length(survey, answers)
    return {**named, "language": language, "avg_len": average or AVERAGE, "k": K, "b": B}


def average_length(survey: Survey, answers: Answers) -> float | None:
    """Of the chosen texts, in words that count; None where it was not measured. Joined fields add
    up."""
    text, measured = text_source(answers), survey.word_lengths.value or {}
    if text is not None and text.file is not None:
        return None
    fields = text.fields if text is not None else (survey.text_field.value or "",)
    known = [measured[field] for field in fields if field in measured]
    return round(sum(known), 1) if known and len(known) == len(fields) else None


def word_model(survey: Survey, answers: Answers) -> ModelRef | None:
    """The model that was chosen, as it is opened; None where there is none."""
    given = answers.get("keyword_model")
    answer = given if isinstance(given, Mapping) else usual(survey, answers)
    if (one := listed(survey, answer)) is None:
        return None
    code = str(answer.get("language", AS_WRITTEN))
    alike = code != AS_WRITTEN and field_named(survey, code) is None
    return spoken(one.model, code if alike else None, **_numbers(answer))


def by_language(survey: Survey, answers: Answers) -> Spoken | None:
    """What the model is told of each language that has a word list, where a field of the payload
    says in which one a text is; None where all texts are read alike."""
    given = answers.get("keyword_model")
    answer = given if isinstance(given, Mapping) else usual(survey, answers)
    one, field = listed(survey, answer), field_named(survey, str(answer.get("language")))
    if one is None or field is None or not kind_of(one.model).counts_words(one.model):
        return None
    numbers = _numbers(answer)
    told = {c: spoken(one.model, c, **numbers).options for c in field.texts if c in WORD_LISTS}
    return Spoken(field=field.path, told=told)


def told_apart(survey: Survey) -> tuple[LanguageField, ...]:
    """The fields by which texts can be read in a language of their own: one at least that has a
    word list."""
    return tuple(one for one in survey.language_fields if set(one.texts) & set(WORD_LISTS))


def field_named(survey: Survey, language: str) -> LanguageField | None:
    """The field that this answer names; None where it names a language."""
    return next((f for f in told_apart(survey) if language == f"{BY_FIELD}{f.path}"), None)


def _numbers(answer: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(answer[name]) for name in ("avg_len", "k", "b") if name in answer}


def listed(survey: Survey, answer: Mapping[str, Any]) -> WordModel | None:
    """What the survey says of the model that an answer names; the first that can be opened, where
    it names none."""
    kind, name = answer.get("kind"), answer.get("name")
    for one in survey.word_models.value or ():
        named = one.opens if name is None else one.model.name.lower() == str(name).lower()
        if named and kind in (None, one.model.kind):
            return one
    return None


def keyword_vector(survey: Survey, answers: Answers) -> tuple[TargetVector, Leg]:
    """The vector and how it is searched."""
    model, text = word_model(survey, answers), text_source(answers)
    assert model is not None, "without a model for keyword search this is ruled out"
    assert text is not None, "without a text this is ruled out"
    name = free_vector_name(survey, slug(model))
    each = by_language(survey, answers)
    origin = embedded(model, text, where=kept_bare(survey, answers), spoken=each)
    return vector_of(name, model, origin), Leg(using=name, model=model, spoken=each)


def slug(model: ModelRef) -> str:
    """A model as the name of a vector: bm25, bge_base_en_v1_5."""
    return re.sub(r"\W+", "_", model.short_name, flags=re.ASCII).strip("_").lower()[:60] or "new"


def free_vector_name(survey: Survey, wish: str) -> str:
    """`wish`, or the first of wish_2, wish_3 … that no vector has."""
    taken = {vector.name for vector in survey.vectors.value or ()}
    numbered = (f"{wish}_{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (wish, *numbered) if name not in taken)
