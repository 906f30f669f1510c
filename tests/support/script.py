"""A person at the keyboard, written down: each prompt it expects and what it types there."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from qdrant_model_migration.plain.talk import Talk

Typed = str | Callable[[], str]


class Script:
    """A Prompter that plays lines of (part of the prompt, what is typed), in their order.

    What is typed may be a function, which may also raise KeyboardInterrupt for Ctrl+C.
    """

    def __init__(self, lines: Sequence[tuple[str, Typed]], heard: Callable[[], str]) -> None:
        self.lines = list(lines)
        self._heard = heard

    def text(self, message: str) -> str:
        return self._next(message)

    def hidden(self, message: str) -> str:
        return self._next(message)

    def confirm(self, message: str) -> bool:
        return self._next(message) == "yes"

    def _next(self, message: str) -> str:
        tail = self._heard()[-3000:]
        assert self.lines, f"nothing more was to be asked, but: {message}\n{tail}"
        expected, typed = self.lines.pop(0)
        assert expected in message, f"expected {expected!r}, asked was {message!r}\n{tail}"
        return typed if isinstance(typed, str) else typed()


class Spoken(Talk):
    """A Talk with a script at the other end; `heard` is everything that was said so far.

    Only paragraphs are compared, so `heard` has no line breaks within one.
    """

    def __init__(self, *lines: tuple[str, Typed]) -> None:
        self.paper = io.StringIO()
        self.script = Script(lines, lambda: self.heard)
        super().__init__(self.script, self.paper)

    @property
    def heard(self) -> str:
        return self.paper.getvalue()

    @property
    def flat(self) -> str:
        """All that was said, on one line."""
        return " ".join(self.heard.split())


def ctrl_c() -> str:
    raise KeyboardInterrupt
