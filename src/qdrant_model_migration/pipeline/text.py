"""The text of a point: from which payload fields it comes, and why there may be none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from qdrant_model_migration import words
from qdrant_model_migration.pipeline.sources import AnySource
from qdrant_model_migration.strict import Strict
from qdrant_model_migration.survey.path import ABSENT, value_at
from qdrant_model_migration.survey.template import filled


class TextSource(Strict):
    """The payload fields (dotted paths) that make the text, joined by a blank line.

    template: how they stand in it instead, each in braces, with what is said before and between
    them; "": joined. file: whose rows they are columns of, found by the id of the point; None: the
    point's own.
    """

    fields: Annotated[tuple[str, ...], Field(min_length=1)]
    join: str = "\n\n"
    template: str = ""
    file: AnySource | None = None


class NoText(NamedTuple):
    """Why a point has no text, and what its field holds instead (shortened)."""

    reason: str
    held: str


def text_of(payload: Mapping[str, Any], source: TextSource) -> str | NoText:
    """The point's text, or why there is none. Fields without a text are left out of a joined one,
    and empty in a template; where none has one, labels alone are no text either.

    Nothing is ever embedded in place of a text: an empty string would get a vector that turns up
    in searches.
    """
    found = [value_at(payload, path) for path in source.fields]
    texts = [value for value in found if isinstance(value, str) and value.strip()]
    if texts and source.template:
        return filled(source.template, payload)
    if texts:
        return source.join.join(texts)
    path, value = source.fields[0], found[0]
    if value is ABSENT or value is None:
        return NoText(f"field {path} is missing", "nothing")
    if isinstance(value, str):
        return NoText("text is only spaces" if value else "text is empty", f'"{value[:20]}"')
    return NoText("not a text", _in_words(value))


def _in_words(value: Any) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)} items"
    if isinstance(value, Mapping):
        return f"an object with {len(value)} keys"
    return words.cut(repr(value))
