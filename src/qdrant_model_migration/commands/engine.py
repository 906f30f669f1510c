"""The engine's own process. Hidden: start, resume and the wizard call it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from qdrant_model_migration.qdrant import Qdrant


@click.command("engine", hidden=True)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--extra")
@click.option("--given")
def command(folder: Path, extra: str | None, given: str | None) -> int:
    """Carry out the run in FOLDER."""
    from qdrant_model_migration.engine import read_card, run_here

    sidecar = _application if read_card(folder).practice else None
    more = json.loads(given) if given else None
    return run_here(folder, sidecar=sidecar, extra=extra, given=more, onward=True)


def _application(qdrant: Qdrant, stop: Event, say: Callable[..., Any]) -> None:
    """In practice runs: the application that goes on searching and writing through the alias."""
    from qdrant_model_migration.sandbox import Application

    Application(qdrant).run(stop, say)
