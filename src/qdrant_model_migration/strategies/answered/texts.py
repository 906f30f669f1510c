"""The texts that were chosen, and how many points have none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from qdrant_model_migration.pipeline.sources.file import rows_of
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.strategies.answered.vectors import bare, replaced_vector
from qdrant_model_migration.strategies.strategy import Answers, Fit
from qdrant_model_migration.survey.facts import Survey
from qdrant_model_migration.survey.path import root
from qdrant_model_migration.survey.texts import two_digits


def text_gone(answers: Answers) -> bool:
    """Whether the operator said that no point has its text anywhere."""
    text = answers.get("text")
    return isinstance(text, dict) and not text.get("fields") and not text.get("file")


def text_source(answers: Answers) -> TextSource | None:
    """The payload fields that were chosen to be embedded, or columns of a file; None: there are
    none."""
    text = answers.get("text")
    if file := file_of(text):
        columns = answers.get("text_columns") or {}
        text_of = tuple(columns.get("text") or ("text",))
        rows = rows_of(file, str(columns.get("id") or "id"), columns=with_roots(text_of))
        return TextSource(fields=text_of, template=columns.get("template", ""), file=rows)
    fields = text.get("fields") if isinstance(text, Mapping) else None
    template = text.get("template", "") if isinstance(text, Mapping) else ""
    return TextSource(fields=tuple(fields), template=template) if fields else None


def file_of(answer: Any) -> str | None:
    """The file that an answer names, with its whole path, so that a resume from another folder
    finds it too."""
    file = answer.get("file") if isinstance(answer, Mapping) else None
    return str(Path(file).expanduser().absolute()) if isinstance(file, str) and file else None


def with_roots(names: Sequence[str]) -> tuple[str, ...]:
    """Columns as they were named, and what holds them where that is a part: body.en, body."""
    return tuple(dict.fromkeys(one for name in names for one in (name, root(name))))


def no_text(answers: Answers) -> Fit | None:
    """Ruled out because there is nothing to embed; None where there is, or may be."""
    if not text_gone(answers):
        return None
    return Fit("ruled out", "the texts are gone", "text")


def bare_with_text(survey: Survey, answers: Answers) -> int | None:
    """How many of them have a text in the chosen fields; None where it is not known.

    Of joined fields the best filled one counts, so it is at least that many.
    """
    found, text = bare(survey, answers), answers.get("text")
    fields = text.get("fields") if isinstance(text, Mapping) else None
    if found is None or fields is None:
        return 0 if found is None else None
    known = [found.texts[field] for field in fields if field in found.texts]
    return max(known) if known else None


class OtherText(NamedTuple):
    """Texts were chosen of which the replaced vectors were not made. made_of: the field they were.

    proof: how many of its texts give their stored vector again, of those tried. chosen: the fields
    that were chosen; tried: the same of these, None where that was not tried.
    """

    made_of: str
    proof: tuple[int, int]
    chosen: tuple[str, ...]
    tried: tuple[int, int] | None


def other_text(survey: Survey, answers: Answers) -> OtherText | None:
    """The proof of the survey against the chosen fields; None where nothing speaks against them."""
    text, vector = answers.get("text"), replaced_vector(survey, answers)
    fields = tuple(text.get("fields") or ()) if isinstance(text, Mapping) else ()
    made_of = survey.made_of(vector.name) if vector else None
    if vector is None or made_of is None or not fields:
        return None
    if made_of in fields and fields == survey.text_meant:
        return None  # a point has its text in one of them
    if isinstance(text, Mapping) and text.get("template") == made_of:
        return None
    figures = survey.figures[vector.name]
    tried = figures.get(fields[0]) if len(fields) == 1 else None
    if tried is not None and tried[0] * figures[made_of][1] >= tried[1] * figures[made_of][0]:
        return None
    return OtherText(made_of, figures[made_of], fields, tried)


def missing_share(survey: Survey, answers: Answers) -> float:
    """The share of points without a text in the chosen fields (0..1), 0 where it is not known."""
    points = survey.points.value or 0
    return round((missing_texts(survey, answers) or 0) / points, 6) if points else 0.0


def missing_texts(survey: Survey, answers: Answers) -> int | None:
    """How many points have no text in the chosen fields; None where it is not known.

    Counted for the surveyed field, else estimated from the sampled share. Joined fields miss a
    text only where all of them do, so the best filled one is an upper bound.
    """
    text = answers.get("text")
    fields = text.get("fields") if isinstance(text, Mapping) else None
    if file_of(text):
        return None
    if fields is None or tuple(fields) == survey.text_meant:
        return survey.texts_missing.value
    shares = [field.share for field in survey.text_fields.value or () if field.path in fields]
    if not shares or survey.points.value is None:
        return None
    return round((1 - max(shares)) * survey.points.value)


def expected_tokens(survey: Survey, answers: Answers, texts: int | None = None) -> int | None:
    """Tokens that the texts are likely to have; None where that is not known. texts: how many there
    are, None: those of the collection."""
    points, each = survey.points.value, survey.average_tokens.value
    if texts is None and points is not None:
        texts = max(0, points - (missing_texts(survey, answers) or 0))
    return two_digits(texts * each) if texts and each else None
