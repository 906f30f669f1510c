"""A conversation in lines: saying something, and asking with the words that always work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TextIO

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.plain.keyboard import Keyboard, Prompter
from qdrant_model_migration.plain.paragraph import paragraph
from qdrant_model_migration.words import cut

Tells = Mapping[str, Callable[[], None]]


class Back(Exception):
    """One step back was asked for."""


class Leave(Exception):
    """The end was asked for. interrupted: by Ctrl+C or the end of the input, not by the word."""

    def __init__(self, *, interrupted: bool = False) -> None:
        super().__init__()
        self.interrupted = interrupted


class Talk:
    """Both sides of the conversation. `out` None: the present standard output."""

    def __init__(self, prompter: Prompter | None = None, out: TextIO | None = None) -> None:
        self._prompter, self._out = prompter or Keyboard(), out

    def say(self, text: str = "", *, indent: int = 0, hang: int = 0) -> None:
        """A paragraph. Its further lines are indented by `hang` more."""
        self._print(paragraph(text, indent=indent, hang=hang))

    def numbered(self, number: int, text: str, *more: str) -> None:
        """A choice with its number; `more` stands below it."""
        self.say(f"{number}. {text}", indent=2, hang=len(str(number)) + 2)
        for line in more:
            if line:
                self.say(line, indent=4 + len(str(number)))

    def command(self, command: str, *, indent: int = 0) -> None:
        """Something to type into a shell, on a line of its own, to be copied as it stands."""
        self._print(" " * indent + command)

    def commands(self, commands: Iterable[str]) -> None:
        """What to type into a shell next, the best one first."""
        for at, command in enumerate(commands):
            self.command(f"{'  or: ' if at else 'Next: '}{command}")

    def trouble(self, error: QmmError) -> None:
        """What happened, why, what next."""
        self.say(" ".join(part for part in (error.what, error.why, error.todo) if part))

    def ask(self, message: str, *, tells: Tells | None = None, back: bool = True) -> str:
        """What was typed, without blanks around it; "" for Enter alone.

        tells: words that say something and ask again; `?` is `why`. Raises Back (unless `back` is
        False) and Leave where those words were typed.
        """
        tells = tells or {}
        while True:
            typed = self._heard(self._prompter.text, message).strip()
            word = "why" if typed == "?" else typed.lower()
            if word == "leave":
                raise Leave
            if word == "back" and back:
                raise Back
            if word not in tells:
                return typed
            tells[word]()

    def typed(self, message: str) -> str:
        """As typed, to the letter: no word has a meaning here."""
        return self._heard(self._prompter.text, message)

    def hidden(self, message: str) -> str:
        """A secret; it is not shown and not kept."""
        return self._heard(self._prompter.hidden, message).strip()

    def confirm(self, message: str) -> bool:
        """Yes or no; Enter alone is no."""
        try:
            return self._prompter.confirm(message)
        except (KeyboardInterrupt, EOFError):
            raise Leave(interrupted=True) from None

    def number(
        self, message: str, count: int, *, tells: Tells | None = None, words: Sequence[str] = ()
    ) -> int | str:
        """A number from 1 to `count` as an index from 0, one of `words`, or "" for Enter alone."""
        while True:
            typed = self.ask(message, tells=tells)
            if typed.isdecimal() and 1 <= int(typed) <= count:
                return int(typed) - 1
            if typed == "" or typed.lower() in words:
                return typed.lower()
            self.say(f"{cut(typed)} is none of them. Type a number from 1 to {count}.")

    def _print(self, text: str) -> None:
        print(text, file=self._out or sys.stdout, flush=True)

    def _heard(self, prompt: Callable[[str], str], message: str) -> str:
        try:
            return prompt(message)
        except (KeyboardInterrupt, EOFError):
            raise Leave(interrupted=True) from None
