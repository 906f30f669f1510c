"""Making a run of a plan and starting its engine in a process of its own."""

from __future__ import annotations

from pathlib import Path

from qdrant_model_migration import engine
from qdrant_model_migration.embedders import models_in
from qdrant_model_migration.environment import FULL
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.work.door import door
from qdrant_model_migration.plan import Plan


def make_run(plan: Plan) -> Path:
    """The folder of a new run, which is not started yet."""
    return engine.create_run(plan)


def start(session: Session, plan: Plan, folder: Path, *, full: bool = False) -> None:
    """Start its engine, with the keys of this session if they are for its server. full: it reads
    all copied vectors again."""
    with door(plan.server):  # a local folder must be closed here before the engine opens it
        chosen = {FULL: "1"} if full else {}
        engine.start(folder, {**session.keys_for(plan.server, models_in(plan)), **chosen})
