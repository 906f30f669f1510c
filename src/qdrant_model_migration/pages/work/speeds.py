"""How fast a model is here, tried with the operator's own texts."""

from __future__ import annotations

from qdrant_model_migration.advice import try_speed
from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.outcome import Report
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work.opened import opened
from qdrant_model_migration.pipeline.speed import Speed


class NothingToMeasure(QmmError):
    """The speed cannot be tried without a text."""

    def __init__(self) -> None:
        super().__init__("No text was found to measure with.", "", "Go on without the speed.")


def measured(session: Session, model: ModelRef, report: Report) -> Speed:
    """Raises NothingToMeasure, and the errors of the connection and of the model."""
    if session.survey is None:
        raise NothingToMeasure
    with opened(session) as qdrant:
        speed = try_speed(qdrant, session.survey, session.answers, model)
    if speed is None:
        raise NothingToMeasure
    return speed
