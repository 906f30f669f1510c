"""`--full`: what Verify reads of copied vectors, in this run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from qdrant_model_migration.environment import FULL

F = TypeVar("F", bound=Callable[..., Any])


def full_option(function: F) -> F:
    """Adds --full; see `full_for`."""
    return click.option(
        "--full",
        is_flag=True,
        help="Read all copied vectors again in Verify, not a sample of them.",
    )(function)


def full_for(chosen: bool) -> dict[str, str]:
    """What the engine gets in its environment: it keeps it with the run."""
    return {FULL: "1"} if chosen else {}
