"""The file that a collection is loaded from again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from qdrant_model_migration.pipeline.sources import Source
from qdrant_model_migration.pipeline.sources.file import rows_of
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.strategies.answered.texts import file_of, with_roots
from qdrant_model_migration.strategies.strategy import Answers
from qdrant_model_migration.survey.facts import Survey

SMALL_BYTES = 25_000_000
"""Below it loading again from the originals is quicker than copying (the seed)."""


class Rows(NamedTuple):
    """The originals as they were chosen. text: of a point, by its id where it has one. number: of
    rows, as far as it is known."""

    source: Source
    text: TextSource
    number: int | None


def original_rows(survey: Survey, answers: Answers) -> Rows | None:
    """The rows of the file that is loaded; None where none was named."""
    answer, columns = answers.get("originals"), answers.get("columns") or {}
    file = file_of(answer)
    if file is None:
        return None
    ident, text = columns.get("id") or None, tuple(columns.get("text") or ("text",))
    payload = tuple(columns.get("payload") or ())
    chosen = with_roots((*((ident,) if ident else ()), *text, *payload))
    source = rows_of(
        file,
        ident,
        columns=chosen if payload else None,
        more_of=survey.collection if columns.get("more") and ident else None,
    )
    number = answer.get("rows") if isinstance(answer, Mapping) else None
    read = TextSource(fields=text, template=columns.get("template", ""))
    return Rows(source, read, number if isinstance(number, int) else None)
