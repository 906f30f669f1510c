"""Typed answers turned into values, and what is said when they are none."""

from __future__ import annotations

import re

from qdrant_model_migration import words
from qdrant_model_migration.advice.errors import BadAnswer

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_NOT_IN_NAMES = '<>:"/\\|?*'  # refused by the server in names of collections
_LONGEST_NAME = 200  # bytes: a snapshot's file has the name and a date, in at most 255
_FOR_A_NUMBER = len("_1000")


def number(raw: object, *, example: str, low: float, high: float, field: str = "") -> float:
    """A number between `low` and `high`; raises BadAnswer that says what is wrong with it."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise BadAnswer("This is not a number.", "", f"Type for example {example}.", field)
    text = str(raw).strip()
    if not _NUMBER.fullmatch(text):
        raise BadAnswer(*_not_a_number(text, example), field)
    value = float(text)
    if not low <= value <= high:
        todo = f"Type a number from {low:g} to {high:g}, for example {example}."
        raise BadAnswer(f"{words.cut(text)} is outside what is possible.", "", todo, field)
    return value


def _not_a_number(text: str, example: str) -> tuple[str, str, str]:
    todo = f"Type for example {example}."
    if not text:
        return "Nothing was typed.", "A number is needed.", todo
    what = f"{words.cut(text)} is not a number."
    strange = next((c for c in text if not (c.isascii() and c.isdigit()) and c not in ".+-"), "")
    if strange == ",":
        return what, "It has a comma where a point belongs.", todo
    if strange == "%":
        return what, "It is a percentage.", todo
    if strange.isalpha():
        return what, f"It contains the letter {strange}.", todo
    if strange.isspace():
        return what, "It contains a space.", todo
    return what, f"It contains the character {strange}." if strange else "", todo


def name(raw: object, what: str, *, example: str, field: str = "") -> str:
    """A name that the server accepts for a collection, an alias or a vector; raises BadAnswer."""
    todo = f"Type for example {example}."
    if not isinstance(raw, str) or not raw.strip():
        raise BadAnswer(f"Nothing was typed for {what}.", "A name is needed.", todo, field)
    text = raw.strip()
    bad = next((c for c in text if c in _NOT_IN_NAMES or not c.isprintable()), "")
    if bad:
        shown = bad if bad.isprintable() else "that cannot be seen"
        why = f"It contains the character {shown}, which the server refuses in names."
        raise BadAnswer(f"{words.cut(text, 60)} cannot be {what}.", why, todo, field)
    if text in (".", ".."):
        raise BadAnswer(f"{text} cannot be {what}.", "In addresses it means a place.", todo, field)
    if len(text.encode()) > _LONGEST_NAME:
        why = f"It is longer than {_LONGEST_NAME} bytes."
        raise BadAnswer(f"{words.cut(text, 60)} cannot be {what}.", why, todo, field)
    return text


def suggested(stem: str, ending: str) -> str:
    """A name of both that the server accepts, with room for a number; only the stem is cut."""
    clean = "".join("_" if c in _NOT_IN_NAMES or not c.isprintable() else c for c in stem).strip()
    room = _LONGEST_NAME - _FOR_A_NUMBER - len(ending.encode())
    return clean.encode()[:room].decode(errors="ignore").rstrip() + ending


def tick(raw: object, field: str = "") -> bool:
    """A truth value, as a widget gives it or a person types it; raises BadAnswer."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.strip().lower() in ("yes", "true", "no", "false", ""):
        return raw.strip().lower() in ("yes", "true")
    raise BadAnswer(f"{words.cut(raw)} is neither yes nor no.", "", "Type yes or no.", field)
