"""Making a run of a plan and starting its engine in a process of its own."""

from __future__ import annotations

from pathlib import Path

from qdrant_model_migration import engine
from qdrant_model_migration.embedders import models_in
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work.door import door
from qdrant_model_migration.plan import Plan


def make_run(plan: Plan) -> Path:
    """The folder of a new run, which is not started yet."""
    return engine.create_run(plan)


def start(session: Session, plan: Plan, folder: Path) -> None:
    """Start its engine, with the keys of this session if they are for its server."""
    with door(plan.server):  # a local folder must be closed here before the engine opens it
        engine.start(folder, session.keys_for(plan.server, models_in(plan)))
