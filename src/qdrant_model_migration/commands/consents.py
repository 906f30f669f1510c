"""The flags that open gates, as the steps declare them, and the answers they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import click

from qdrant_model_migration.steps import Step, step_kinds
from qdrant_model_migration.steps.gate import Flag

F = TypeVar("F", bound=Callable[..., Any])


def consent_options(kinds: Iterable[type[Step]]) -> Callable[[F], F]:
    """Adds the flags of these steps' gates; the command gets them as keyword arguments, see
    `given`."""
    flags = _flags_of(kinds)

    def add(function: F) -> F:
        for flag in reversed(flags.values()):
            more: dict[str, Any] = {"metavar": flag.metavar} if flag.metavar else {"is_flag": True}
            more |= {"multiple": True} if flag.many else {}
            function = click.option(flag.name, help=flag.help, **more)(function)
        return function

    return add


def planned_options(function: F) -> F:
    """Adds the flags of all gates that a plan may lead to."""
    return consent_options(kind for kind in step_kinds() if kind.planned)(function)


def given(options: Mapping[str, Any]) -> dict[str, str]:
    """The flags that were given: flag -> what follows it, "" for nothing, a line for each where it
    was given several times."""
    flags = {f"--{name.replace('_', '-')}": value for name, value in options.items()}
    known = _flags_of(step_kinds())
    return {
        flag: "" if value is True else "\n".join(value) if isinstance(value, tuple) else str(value)
        for flag, value in flags.items()
        if value and flag in known
    }


def _flags_of(kinds: Iterable[type[Step]]) -> dict[str, Flag]:
    """By their names; two gates may share one."""
    gates = (gate for kind in kinds for gate in kind.gates)
    return {flag.name: flag for gate in gates for flag in gate.flags}
