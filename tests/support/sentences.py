"""Plain English sentences, all different, as many as a test wants."""

from __future__ import annotations

_SUBJECTS = ("The parser", "A socket", "This iterator", "The caller", "An empty list", "The thread")
_VERBS = ("returns", "raises", "accepts", "closes", "wraps", "ignores")
_OBJECTS = (
    "the first argument when it is given",
    "an error if the file is not there",
    "a copy of the headers that were sent",
    "every line of the buffer in order",
    "the lock which has been taken by another",
)


def sentence(number: int) -> str:
    """One of 180 different English sentences, with its number as a word."""
    subject = _SUBJECTS[number % 6]
    verb = _VERBS[number // 6 % 6]
    return f"{subject} {verb} {_OBJECTS[number // 36 % 5]} in case n{number}"
