"""What the words of a page say of keys, as the same is done in a talk."""

from __future__ import annotations

_INSTEAD = {"Enter on ": "The number of ", "Esc stops": "Ctrl+C stops"}


def in_a_talk(text: str) -> str:
    """The words with what is typed here. Only for a page's own words: what was found stays."""
    for key, typed in _INSTEAD.items():
        text = text.replace(key, typed)
    return text
