"""How fields stand in a text: with labels, lines of metadata, a title before them. Pure.

A template names each field in braces: "{title}\\n\\n{body}".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qdrant_model_migration.survey.path import leaves, value_at

_FIELD = re.compile(r"\{([^{}\n]+)\}")
_HEADS = (
    "title", "heading", "header", "subject", "name", "question", "file_name", "filename", "source",
    "filepath", "path",
)  # fmt: skip
"""What the field is usually called that is put before a text."""
_MOST_HEADS = 3
_FORMS = (
    "{{{0}}}\n{{{1}}}",
    "{{{0}}}\n\n{{{1}}}",
    "{{{0}}} {{{1}}}",
    "{{{0}}}. {{{1}}}",
    "{{{0}}}: {{{1}}}",
    "{2}: {{{0}}}\n{{{1}}}",
    "{2}: {{{0}}}\n\n{{{1}}}",
    "{2}: {{{0}}}\n{3}: {{{1}}}",
)


def named_in(template: str) -> tuple[str, ...]:
    """The fields that a template names, each once."""
    return tuple(dict.fromkeys(_FIELD.findall(template)))


def filled(template: str, payload: Mapping[str, Any]) -> str:
    """The template with what a payload holds; what is no text and no number is left empty."""

    def text(found: re.Match[str]) -> str:
        value = value_at(payload, found[1])
        return str(value) if isinstance(value, str | int | float) else ""

    return _FIELD.sub(text, template).strip()


def usual(payload: Mapping[str, Any], field: str) -> Iterator[str]:
    """Templates in which a text like this one's field is often embedded, made of its other fields:
    lines of metadata before it, then a title in several forms."""
    paths = [path for path, value in leaves(payload) if isinstance(value, str | int | float)]
    around = field.rpartition(".")[0]
    for before in dict.fromkeys((f"{around}.metadata." if around else "metadata.", "")):
        lines = _lines(payload, paths, before, field)
        if lines:
            yield f"{lines}\n\n{{{field}}}"
    heads = sorted((p for p in paths if _last(p) in _HEADS and p != field), key=_rank)
    for head in heads[:_MOST_HEADS]:
        for label in (_last(head), _last(head).capitalize()):
            for form in _FORMS:
                after = _last(field) if label.islower() else _last(field).capitalize()
                yield form.format(head, field, label, after)


def _lines(payload: Mapping[str, Any], paths: Sequence[str], before: str, field: str) -> str:
    """ "author: {author}" for each field there, in its order."""
    excluded = value_at(payload, f"{field.rpartition('.')[0]}.excluded_embed_metadata_keys")
    left = excluded if isinstance(excluded, list) else []
    names = [path[len(before) :] for path in paths if path.startswith(before) and path != field]
    kept = [name for name in names if "." not in name and "[" not in name and name not in left]
    return "\n".join(f"{name}: {{{before}{name}}}" for name in kept)


def _last(path: str) -> str:
    return path.rpartition(".")[2].lower()


def _rank(path: str) -> tuple[int, int]:
    return _HEADS.index(_last(path)), path.count(".")
