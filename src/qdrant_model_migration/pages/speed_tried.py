"""Trying how fast a model is: the work of it, and what the session keeps."""

from __future__ import annotations

from functools import partial

from qdrant_model_migration import words
from qdrant_model_migration.embedders import ModelRef, kind_of
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.outcome import Said, Work
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work import speeds
from qdrant_model_migration.pipeline.speed import EFFORT, Speed, kept_under


def work(session: Session, model: ModelRef) -> Work:
    return Work(
        f"speed of {kept_under(model)}",
        partial(speeds.measured, session, model),
        then=partial(_measured, model),
        says=f"Trying the speed with {EFFORT}.",
        failed=partial(_failed, model),
    )


def _measured(model: ModelRef, session: Session, speed: Speed) -> Said:
    kept = session.on(speeds={**session.speeds, kept_under(model): speed})
    service = kind_of(model).service
    where = f"by {service}, one call at a time" if service else "on this computer"
    return Said(kept, f"{words.count(round(speed.texts_per_second))} texts/s {where}.")


def _failed(model: ModelRef, session: Session, error: QmmError) -> Said:
    """The speed is comfort: without it the plan says that it was not tried."""
    kept = session.on(speeds={kept_under(model): None, **session.speeds})
    return Said(kept, f"The speed could not be tried: {error}")
