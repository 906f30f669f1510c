"""`--fleet`: on which computers a run makes vectors, this time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from qdrant_model_migration.environment import FLEET

F = TypeVar("F", bound=Callable[..., Any])


def fleet_option(function: F) -> F:
    """Adds --fleet; see `fleet_for`."""
    return click.option(
        "--fleet",
        type=click.Choice(["ray"]),
        help="Make vectors on all computers of the Ray cluster that this one is part of.",
    )(function)


def fleet_for(chosen: str | None) -> dict[str, str]:
    """What the engine gets in its environment."""
    return {} if chosen is None else {FLEET: chosen}
