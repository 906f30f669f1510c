"""A person at the keyboard, written down: each prompt it expects and what it types there."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

from qdrant_model_migration.plain.talk import Talk

Typed = str | Callable[[], str]


class Script:
    """A Prompter that plays lines of (part of the prompt, what is typed), in their order.

    What is typed may be a function, which may also raise KeyboardInterrupt for Ctrl+C. A line that
    begins with * is played for as long as its prompt comes, which may be never. rest: what
    is typed after the last line, to at most 60 prompts; None: nothing more may be asked.
    """

    def __init__(
        self,
        lines: Sequence[tuple[str, Typed]],
        heard: Callable[[], str],
        rest: str | None = None,
    ) -> None:
        self.lines = list(lines)
        self._heard = heard
        self._rest = [] if rest is None else [rest] * 60

    def text(self, message: str) -> str:
        return self._next(message)

    def hidden(self, message: str) -> str:
        return self._next(message)

    def confirm(self, message: str) -> bool:
        return self._next(message) == "yes"

    def _next(self, message: str) -> str:
        tail = self._heard()[-3000:]
        if not self.lines and self._rest:
            return self._rest.pop()
        assert self.lines, f"nothing more was to be asked, but: {message}\n{tail}"
        expected, typed = self.lines[0]
        if expected.startswith("*") and expected[1:] not in message:
            self.lines.pop(0)
            return self._next(message)
        if not expected.startswith("*"):
            self.lines.pop(0)
        expected = expected.removeprefix("*")
        assert expected in message, f"expected {expected!r}, asked was {message!r}\n{tail}"
        return typed if isinstance(typed, str) else typed()


SPOKEN: list[Spoken] = []
"""Those of the present test, to see whether all that was written down was asked."""


class Spoken(Talk):
    """A Talk with a script at the other end; `heard` is everything that was said so far."""

    def __init__(self, *lines: tuple[str, Typed], rest: str | None = None) -> None:
        self.paper = io.StringIO()
        self.script = Script(lines, lambda: self.heard, rest)
        super().__init__(self.script, self.paper)
        SPOKEN.append(self)

    @property
    def heard(self) -> str:
        return self.paper.getvalue()

    @property
    def flat(self) -> str:
        """All that was said, on one line."""
        return " ".join(self.heard.split())


def ctrl_c() -> str:
    raise KeyboardInterrupt
