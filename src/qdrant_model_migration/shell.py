"""Commands as they are typed into a shell. Every command that is printed is made here."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence

from qdrant_model_migration.environment import RUN_DIR, RUN_DIR_TYPED, TYPED

NAME, FILE = "NAME", "FILE"
STANDS_FOR = {
    NAME: "the name of the old model, or its folder",
    FILE: "a file of searches with their right answers",
}
"""What a printed command leaves to a person to fill in."""


def qmm(*words: str, flags: Sequence[str] = ()) -> str:
    """`qmm words flags`, the command first, to be copied as it stands: what a shell would take
    apart, or take for something else, stands in quotes. Where --run-dir, --ca or --header was
    typed, it has to be typed again."""
    where = ("--run-dir", os.environ[RUN_DIR]) if os.environ.get(RUN_DIR_TYPED) else ()
    where = (*where, *shlex.split(os.environ.get(TYPED, "")))
    if any(word.startswith("-") for word in words):
        words = (*words[:1], *flags, "--", *words[1:])
    else:
        words = (*words, *flags)
    return " ".join(["qmm", *map(_quoted, (*where, *words))])


def to_fill_in(command: str) -> list[str]:
    """ "FILE: a file of ...", for what this one leaves open."""
    left = shlex.split(command)
    return [f"{word}: {meaning}" for word, meaning in STANDS_FOR.items() if word in left]


def _quoted(word: str) -> str:
    if word.isprintable():
        return shlex.quote(word)
    # A sign that could steer the terminal, or break the line, is told by its number.
    return f"$'{''.join(map(_told, word))}'"


def _told(sign: str) -> str:
    if sign.isprintable() and sign not in "\\'":
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
