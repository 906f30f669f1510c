"""The flags that open gates, and the answers they give. Declared once for run and resume."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_NAMED = {
    "--cutover": ("ALIAS", "Allow the switch of this alias and of those that go with it."),
    "--start": ("COLLECTION", "Allow the change of this live collection."),
    "--delete": ("COLLECTION", "Allow deleting this collection."),
}
_BARE = {
    "--without-proof": "Switch although the new model is not proved better.",
    "--adopted": "The application uses the alias now.",
    "--accept-missing": "Copy points without a text although there are many.",
    "--drop-conflicts": "Delete the other versions of points that changed on both sides.",
    "--keep": "Keep the new quantization.",
    "--undo": "Set the old quantization again.",
    "--yes": "Give the run up; it has made no collection.",
}
FOR_RUNS = (
    "--cutover",
    "--without-proof",
    "--adopted",
    "--accept-missing",
    "--start",
    "--keep",
    "--undo",
)


def consent_options(*flags: str) -> Callable[[F], F]:
    """Adds these flags; the command gets them as keyword arguments, see `given`."""

    def add(function: F) -> F:
        for flag in reversed(flags):
            if flag in _NAMED:
                metavar, text = _NAMED[flag]
                function = click.option(flag, metavar=metavar, help=text)(function)
            else:
                function = click.option(flag, is_flag=True, help=_BARE[flag])(function)
        return function

    return add


def given(options: Mapping[str, Any]) -> dict[str, str]:
    """The flags that were given: flag -> what follows it, "" for nothing."""
    flags = {f"--{name.replace('_', '-')}": value for name, value in options.items()}
    return {
        flag: "" if value is True else str(value)
        for flag, value in flags.items()
        if value and flag in {**_NAMED, **_BARE}
    }
