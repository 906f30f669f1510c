"""What a run is to do, in objects, made from the plan in its folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

from qdrant_model_migration.embedders import Embedder, ModelRef
from qdrant_model_migration.engine.errors import NoSuchRun, RunPlanChanged
from qdrant_model_migration.engine.run_folder import PLAN, file_digest, read_card
from qdrant_model_migration.environment import FLEET, FULL, KEY
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.qdrant import Qdrant, Retry
from qdrant_model_migration.quality import Side
from qdrant_model_migration.steps import Step

WEEK = 7 * 24 * 3600.0
Connect = Callable[[threading.Event, Callable[[Retry], None]], AbstractContextManager[Qdrant]]


class Job(NamedTuple):
    """steps: in order. sides: how is searched before and after; None where that stays as it is.
    later: makes a step that is added to a run, by its name and with what was given for it. connect:
    opens the Qdrant, given what stops it and what hears of retries. closed: why the steps of the
    plan must not be carried out; an added one may be all the same. fleet: "ray": vectors are made
    on the computers of a Ray cluster, this time. full: Verify is to read all copied vectors again,
    from now on. promised: seconds, at least and at most, until all
    is written; None: not known."""

    steps: tuple[Step, ...]
    later: Callable[[str, Mapping[str, Any]], Step]
    move: Move | None
    accepted: frozenset[str]
    connect: Connect
    open_embedder: Callable[[ModelRef], Embedder]
    closed: QmmError | None = None
    sides: tuple[Side, Side] | None = None
    fleet: str = ""
    full: bool = False
    promised: tuple[float, float] | None = None


def job_of(folder: Path) -> Job:
    """The job of a run folder. Raises PlanError, RunPlanChanged, NoSuchRun."""
    from qdrant_model_migration.embedders import open_embedder
    from qdrant_model_migration.plan import given_to_verify, load_plan, open_warnings
    from qdrant_model_migration.qdrant import Patience, open_qdrant
    from qdrant_model_migration.steps import added

    path = folder / PLAN
    card = read_card(folder)
    try:
        changed = file_digest(path) != card.file
    except OSError:
        raise NoSuchRun(folder.name, str(folder.parent)) from None
    if changed:
        raise RunPlanChanged(folder.name)
    plan = load_plan(path)
    if str(plan.server) != card.server:  # the key was given for the server on the card
        raise RunPlanChanged(folder.name)

    def connect(
        stop: threading.Event, on_retry: Callable[[Retry], None]
    ) -> AbstractContextManager[Qdrant]:
        # A run may be left alone for days: it outlives the server's absence for a week.
        patience = Patience(total_s=WEEK, longest_wait_s=60.0)
        return open_qdrant(
            plan.server,
            os.environ.get(KEY),
            stop=stop,
            on_retry=on_retry,
            patience=patience,
        )

    def later(name: str, given: Mapping[str, Any]) -> Step:
        return added(name, given_to_verify(given, plan.before), plan.steps)

    return Job(
        steps=plan.steps,
        later=later,
        move=plan.move,
        accepted=frozenset(plan.accepted),
        connect=connect,
        open_embedder=open_embedder,
        closed=open_warnings(plan),
        sides=(plan.before, plan.after) if plan.before and plan.after else None,
        fleet=os.environ.get(FLEET, ""),
        full=os.environ.get(FULL) == "1",
        promised=plan.estimate.seconds.between,
    )
