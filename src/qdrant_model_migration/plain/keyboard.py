"""Lines from the keyboard, by questionary, without colour. What is asked is not decided here."""

from __future__ import annotations

import sys
from typing import Any, Protocol

import questionary
from prompt_toolkit.input import Input
from prompt_toolkit.output import ColorDepth, Output, create_output

_ROLES = ("qmark", "question", "answer", "instruction", "text")
NO_COLOUR = questionary.Style([(role, "noinherit") for role in _ROLES])


class Prompter(Protocol):
    """Who answers. Each may raise KeyboardInterrupt (Ctrl+C) or EOFError (the input has ended)."""

    def text(self, message: str) -> str:
        """One typed line."""

    def hidden(self, message: str) -> str:
        """One typed line that is not shown."""

    def confirm(self, message: str) -> bool:
        """Yes or no; Enter alone is no."""


class Keyboard:
    """A person at a terminal. input, output: other than the terminal's, for tests."""

    def __init__(self, input: Input | None = None, output: Output | None = None) -> None:
        self._input, self._output = input, output

    def text(self, message: str) -> str:
        mark, rest = _split(message)
        question = questionary.text(rest, qmark=mark, style=NO_COLOUR, **self._places())
        return str(question.unsafe_ask())

    def hidden(self, message: str) -> str:
        mark, rest = _split(message)
        question = questionary.password(rest, qmark=mark, style=NO_COLOUR, **self._places())
        return str(question.unsafe_ask())

    def confirm(self, message: str) -> bool:
        mark, rest = _split(message)
        question = questionary.confirm(
            rest,
            default=False,
            qmark=mark,
            style=NO_COLOUR,
            auto_enter=False,
            instruction="(y or n, then Enter; Enter alone is no)",
            **self._places(),
        )
        return bool(question.unsafe_ask())

    def _places(self) -> dict[str, Any]:
        output = self._output or create_output(stdout=sys.stdout)
        if hasattr(output, "enable_cpr"):
            # Asking the terminal where its cursor is confuses recorders and screen readers.
            output.enable_cpr = False
        places = {"output": output, "color_depth": ColorDepth.DEPTH_1_BIT}
        return places if self._input is None else {**places, "input": self._input}


def _split(message: str) -> tuple[str, str]:
    """The first word takes the place of the question mark, so that no line begins with a blank."""
    mark, _, rest = message.partition(" ")
    return mark, rest
