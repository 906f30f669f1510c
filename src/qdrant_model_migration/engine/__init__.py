"""Carries out plans in a process of its own; faces start it, steer it and look at it from here.

Importing this imports neither pydantic nor the client: looking at a run has to be instant.
"""

from __future__ import annotations

from qdrant_model_migration.engine.judging import (
    judge_by,
    judged_by,
    searched_before,
    wants_old_model,
)
from qdrant_model_migration.engine.new_run import card_of, create_run
from qdrant_model_migration.engine.process import (
    give_consent,
    models_of_run,
    run_here,
    start,
    steer,
    take_back,
)
from qdrant_model_migration.engine.report import LETTERS, write_report
from qdrant_model_migration.engine.run_folder import (
    Card,
    find_run,
    read_card,
    run_folders,
)
from qdrant_model_migration.engine.run_view import (
    ConsentView,
    DeadLetter,
    EventView,
    RunView,
    Sample,
    StepView,
    at_added,
)
from qdrant_model_migration.engine.stamps import local
from qdrant_model_migration.engine.states import GOING, finished
from qdrant_model_migration.engine.summary import Summary, Todo, ending_of, summarize
from qdrant_model_migration.engine.watch import Watch, dead_letters, list_runs, look, view

__all__ = [
    "GOING",
    "LETTERS",
    "Card",
    "ConsentView",
    "DeadLetter",
    "EventView",
    "RunView",
    "Sample",
    "StepView",
    "Summary",
    "Todo",
    "Watch",
    "at_added",
    "card_of",
    "create_run",
    "dead_letters",
    "ending_of",
    "find_run",
    "finished",
    "give_consent",
    "judge_by",
    "judged_by",
    "list_runs",
    "local",
    "look",
    "models_of_run",
    "read_card",
    "run_folders",
    "run_here",
    "searched_before",
    "start",
    "steer",
    "summarize",
    "take_back",
    "view",
    "wants_old_model",
    "write_report",
]
