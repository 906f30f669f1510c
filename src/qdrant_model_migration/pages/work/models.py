"""The models that there are: listed, fetched, read from a folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Event
from time import perf_counter
from typing import Any

from qdrant_model_migration import words
from qdrant_model_migration.advice import ModelChoice, answer_all, try_size
from qdrant_model_migration.embedders import (
    ModelRef,
    assumed,
    fetch,
    model_by_name,
    model_choices,
    model_from_folder,
    must_reach,
)
from qdrant_model_migration.errors import QmmError, Stopped
from qdrant_model_migration.pages.outcome import Report
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work.opened import opened

BETWEEN_NEWS = 0.2  # seconds


def choices(session: Session) -> tuple[ModelChoice, ...]:
    """Every model that may be chosen, and whether it is on this computer. No network. In Explore
    any of them may be taken."""
    from qdrant_model_migration.sandbox import Sandbox

    if session.explore:
        return assumed(model_choices())

    practice = session.address if session.practice else None
    return model_choices(Sandbox.around(practice).models if practice is not None else None)


def fetched(model: ModelRef, stop: Event, report: Report) -> None:
    """Download it, because the operator asked for it. Raises Stopped once `stop` is set."""
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


def from_folder(said: Mapping[str, str], report: Report) -> ModelRef:
    """The model in a folder. said: the folder, and what it leaves open by the key of a FolderAsks.

    Reports what was said. Raises FolderAsks and FolderHoldsNoModel.
    """
    report(said)
    more: dict[str, Any] = {key: value for key, value in said.items() if key != "folder"}
    return model_from_folder(Path(said["folder"]).expanduser(), **more)


def at_server(session: Session, typed: str, report: Report) -> ModelRef:
    """The model of this name at the server, whose size one search tells, where it was not typed.
    Raises what the server says, SecretMissing, SizeNotKnown, ModelClosed."""
    named = model_by_name(f"server:{typed}")
    must_reach(named)
    assert session.survey is not None, "models are named after the survey"
    with opened(session) as qdrant:
        return try_size(qdrant, session.survey, named)


def rest_answered(session: Session) -> dict[str, Any]:
    """All answers, the open ones as suggested."""
    if session.survey is None:
        raise QmmError("Nothing is surveyed yet.", "", "Go back to the survey.")
    return answer_all(session.survey, session.answers, choices(session))
