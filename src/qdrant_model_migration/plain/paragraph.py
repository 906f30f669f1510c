"""A paragraph as a screen of lines shows it: broken, signs as words, nothing that could steer."""

from __future__ import annotations

import textwrap

WIDTH = 79
_SIGNS = {
    "→": "to",
    "►": "to",
    "✓": "yes",
    "✗": "no",
    "·": ",",
    "…": "...",
    "»": "",
    "≤": "at most",
}
_SPOKEN = str.maketrans(_SIGNS)


def paragraph(text: str, *, indent: int = 0, hang: int = 0) -> str:
    """Its further lines are indented by `hang` more."""
    first = " " * indent
    lines = textwrap.wrap(
        plainly(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=first + " " * hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines)


def plainly(text: str) -> str:
    """Signs as words, one blank between words, nothing that could steer a terminal."""
    spoken = text.translate(_SPOKEN)
    return " ".join("".join(c if c.isprintable() else " " for c in spoken).split())
