"""Whether a map between the two models can be learned, from which texts, and what it saves."""

from __future__ import annotations

from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.strategies.answered.change import (
    one_model_is_not_enough,
    ruled_out_by_change,
)
from qdrant_model_migration.strategies.answered.model import chosen_model, one_vector_only
from qdrant_model_migration.strategies.answered.texts import text_gone, text_source
from qdrant_model_migration.strategies.answered.vectors import no_dense
from qdrant_model_migration.strategies.strategy import Answers, Fit
from qdrant_model_migration.survey.facts import Survey

HUGE_POINTS = 100_000_000
"""From it a learned map may be worth its loss (the seed)."""

DAYS_BYTES = 400_000_000_000
"""From it embedding again takes days, whatever the model (the seed)."""

MAP_SAMPLE = 4_000
"""The fewest texts from which a map is learned where the others are gone."""

_DAY = 24 * 3600

_PACE = 450e9
"""Tokens a second times bytes of the model: all-MiniLM-L6-v2 (90 MB) reads 5,000 on two cores."""


def map_saves_much(survey: Survey, answers: Answers) -> str:
    """What a learned map saves here, in a few words; "" where it is not worth its loss."""
    if (survey.points.value or 0) >= HUGE_POINTS:
        return "saves weeks of embedding, costs quality"
    if text_gone(answers) and sample_texts(survey) >= MAP_SAMPLE:
        return "only a sample of the texts is left"
    model, tokens = chosen_model(answers), survey.average_tokens.value
    if model is None or not model.size_bytes or tokens is None:
        return ""
    seconds = (survey.points.value or 0) * tokens * model.size_bytes / _PACE
    return "embedding may take more than a day" if seconds > _DAY else ""


def sample_texts(survey: Survey) -> int:
    """How many points have a text, as far as the survey knows."""
    points = survey.points.value or 0
    return round(points * max((field.share for field in survey.text_fields.value or ()), default=0))


def sampled_texts(survey: Survey, answers: Answers) -> TextSource | None:
    """Where the texts of a sample stand: in the chosen fields, or where these are said to be gone
    in the field that has most of them left; None where those are too few to learn from."""
    if not text_gone(answers):
        named = survey.text_field.value
        return text_source(answers) or (TextSource(fields=(named,)) if named else None)
    left = max(survey.text_fields.value or (), key=lambda field: field.share, default=None)
    if left is None or sample_texts(survey) < MAP_SAMPLE:
        return None
    return TextSource(fields=(left.path,))


def bridged_texts(answers: Answers) -> TextSource | None:
    """The texts of which proper vectors can be made behind calculated ones: fields of the points,
    which their application goes on writing to; None where there are none."""
    text = text_source(answers)
    return text if text is not None and text.file is None else None


def cannot_be_mapped(survey: Survey, answers: Answers) -> Fit | None:
    """Ruled out because no map between the two models can be learned here, or none is wanted."""
    ruled = (
        ruled_out_by_change(answers, "model")
        or one_model_is_not_enough(answers)
        or no_dense(survey)
        or one_vector_only(answers)
    )
    if ruled is None and sampled_texts(survey, answers) is None:
        return Fit("ruled out", "no sample texts to learn from", "text")
    return ruled
