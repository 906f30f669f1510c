"""What the screens do in worker threads: plain functions over the rooms. No widgets, no state.

A local folder has room for one client only, so each task opens the Qdrant, works and closes it
again, and holds its door meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.advice import ModelChoice, answer_all, try_speed
from qdrant_model_migration.embedders import (
    ModelRef,
    fetch,
    model_choices,
    model_from_folder,
)
from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work.opened import opened
from qdrant_model_migration.pipeline.speed import Speed, kept_under

BETWEEN_NEWS = 0.2  # seconds
Report = Callable[[object], None]
Environment = Callable[[Path], Mapping[str, str]]


def models(session: Session, report: Report) -> tuple[ModelChoice, ...]:
    """Every model that may be chosen, and whether it is on this computer. No network."""
    return model_choices(_practice_models(session))


def _practice_models(session: Session) -> Path | None:
    from qdrant_model_migration.sandbox import Sandbox

    if session.practice and session.address is not None:
        return Sandbox.around(session.address).models
    return None


def measure(session: Session, model: ModelRef, report: Report) -> tuple[str, Speed]:
    """How many of the collection's own texts this computer embeds in a second."""
    if session.survey is None:
        raise NothingToMeasure
    with opened(session) as qdrant:
        measured = try_speed(qdrant, session.survey, session.answers, model)
    if measured is None:
        raise NothingToMeasure
    return kept_under(model), measured


class NothingToMeasure(QmmError):
    """The speed cannot be tried without a text."""

    def __init__(self) -> None:
        super().__init__("No text was found to measure with.", "", "Go on without the speed.")


def get_model(model: ModelRef, stop: threading.Event, report: Report) -> None:
    """Download a model, because the operator asked for it. Raises Stopped once `stop` is set."""

    told = 0.0

    def arrived(done: int, total: int) -> None:
        nonlocal told
        if stop.is_set():
            raise Stopped
        if perf_counter() - told < BETWEEN_NEWS:
            return  # a download tells of every few kilobytes
        told = perf_counter()
        percent = f", {min(99, 100 * done // total)} %" if total else ""
        report(f"Fetching {model.label}: {words.size(done)} of {words.size(total)}{percent}.")

    fetch(model, arrived)


def read_folder(folder: str, said: Mapping[str, Any], report: Report) -> ModelRef:
    """The model in a folder. said: what the folder leaves open, by the key of a FolderAsks.

    Raises FolderAsks, FolderHoldsNoModel and others that say what is missing.
    """
    return model_from_folder(Path(folder).expanduser(), **said)


def answer_rest(session: Session, report: Report) -> dict[str, Any]:
    """All answers, the open ones as suggested."""
    if session.survey is None:
        raise QmmError("Nothing is surveyed yet.", "", "Go back to the survey.")
    return answer_all(session.survey, session.answers, models(session, report))
