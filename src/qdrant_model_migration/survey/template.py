"""How fields stand in a text: with labels, lines of metadata, a title before them. Pure.

A template names each field in braces: "{title}\\n\\n{body}".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qdrant_model_migration.survey.path import ABSENT, leaves, value_at

_FIELD = re.compile(r"\{([^{}\n]+)\}")
_HEADS = (
    "title", "heading", "header", "subject", "name", "question", "file_name", "filename", "source",
    "filepath", "path",
)  # fmt: skip
"""What the field is usually called that is put before a text."""
_MOST_HEADS = 3
_JOINED = ("\n", "\n\n", " ", ". ", ": ", " - ", " | ", ", ")
_LABELLED = (
    "{label}: {{{head}}}\n{{{text}}}",
    "{label}: {{{head}}}\n\n{{{text}}}",
    "{label}: {{{head}}}\n{named}: {{{text}}}",
    "{label}: {{{head}}} | {named}: {{{text}}}",
    "# {{{head}}}\n{{{text}}}",
    "# {{{head}}}\n\n{{{text}}}",
)


def named_in(template: str) -> tuple[str, ...]:
    """The fields that a template names, each once."""
    return tuple(dict.fromkeys(_FIELD.findall(template)))


def filled(template: str, payload: Mapping[str, Any]) -> str:
    """The template with what a payload holds; what is no text and no number is left empty. A line
    of which the payload has no field at all is left out, with its label."""

    def text(found: re.Match[str]) -> str:
        value = value_at(payload, found[1])
        return str(value) if isinstance(value, str | int | float) else ""

    lines = (line for line in template.split("\n") if not _lacks_all(line, payload))
    return _FIELD.sub(text, "\n".join(lines)).strip()


def _lacks_all(line: str, payload: Mapping[str, Any]) -> bool:
    fields = named_in(line)
    return bool(fields) and all(value_at(payload, field) is ABSENT for field in fields)


def held_of(template: str, payload: Mapping[str, Any]) -> int:
    """How many of its fields a payload has."""
    return sum(value_at(payload, field) is not ABSENT for field in named_in(template))


def usual(payloads: Sequence[Mapping[str, Any]], field: str) -> Iterator[str]:
    """Templates in which a text like those of this field is often embedded, made of the other
    fields of its payloads: lines of metadata before it, then a title in several forms."""
    paths = _in_order([_plain(payload) for payload in payloads])
    around = field.rpartition(".")[0]
    for before in dict.fromkeys((f"{around}.metadata." if around else "metadata.", "")):
        lines = _lines(payloads, paths, before, field)
        if lines:
            yield f"{lines}\n\n{{{field}}}"
    heads = sorted((p for p in paths if _last(p) in _HEADS and p != field), key=_rank)
    for head in heads[:_MOST_HEADS]:
        for join in _JOINED:
            yield f"{{{head}}}{join}{{{field}}}"
        for label, named in ((_last(head), _last(field)), (_capital(head), _capital(field))):
            for form in _LABELLED:
                yield form.format(head=head, text=field, label=label, named=named)


def _plain(payload: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(p for p, value in leaves(payload) if isinstance(value, str | int | float))


def _in_order(orders: Sequence[tuple[str, ...]]) -> list[str]:
    """All paths in the order that most payloads have; what those lack comes behind what it follows
    in others."""
    found: list[str] = []
    for order, _ in Counter(orders).most_common():
        place = 0
        for path in order:
            if path in found:
                place = found.index(path) + 1
            else:
                found.insert(place, path)
                place += 1
    return found


def _lines(
    payloads: Sequence[Mapping[str, Any]], paths: Sequence[str], before: str, field: str
) -> str:
    """ "author: {author}" for each field there, in its order; without what most leave out."""
    excluded = f"{field.rpartition('.')[0]}.excluded_embed_metadata_keys"
    lists = [one for p in payloads if isinstance(one := value_at(p, excluded), list)]
    left = Counter(str(name) for one in lists for name in one)
    names = [path[len(before) :] for path in paths if path.startswith(before) and path != field]
    kept = [n for n in names if "." not in n and "[" not in n and 2 * left[n] <= len(lists)]
    return "\n".join(f"{name}: {{{before}{name}}}" for name in kept)


def _capital(path: str) -> str:
    return _last(path).capitalize()


def _last(path: str) -> str:
    return path.rpartition(".")[2].lower()


def _rank(path: str) -> tuple[int, int]:
    return _HEADS.index(_last(path)), path.count(".")
