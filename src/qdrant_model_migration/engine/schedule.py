"""Which steps a session carries out: the plan's that are not done, or one that was added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from qdrant_model_migration.engine.errors import RunPlanChanged
from qdrant_model_migration.engine.job import Job
from qdrant_model_migration.engine.journal import Journal, StepRow
from qdrant_model_migration.engine.states import NOTHING
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.steps import Step, gates_of


class Item(NamedTuple):
    """A step and its number in the journal."""

    n: int
    step: Step
    extra: bool


def schedule(
    journal: Journal, job: Job, extra: str | None, run: str, given: Mapping[str, Any] | None = None
) -> list[Item]:
    """Write the steps into the journal where they are not there yet, and choose.

    extra: the name of a step to add, or NOTHING; given: its parameters, kept for when it is
    resumed. An added step that was only asked for and never confirmed is dropped when the run is
    resumed without it.
    One that repeats a step of the plan stands for it: what the plan has after it follows. Raises
    RunPlanChanged where the journal has other steps than the plan.
    """
    _write_down(journal, job, run)
    waiting = next((row for row in reversed(journal.steps()) if row.extra and not _done(row)), None)
    if waiting is not None and not _wanted(journal, waiting, extra):
        take_off(journal, waiting.n, waiting.name)
        waiting = None
    if extra == NOTHING:
        return []
    name = waiting.name if waiting is not None else extra
    left = [
        Item(row.n, step, False)
        for row, step in zip(_planned(journal), job.steps, strict=True)
        if not _done(row)
    ]
    if name is None:
        return left
    if given is not None:
        journal.remember(f"given: {name}", dict(given))
    step = job.later(name, journal.recall(f"given: {name}", {}))
    n = waiting.n if waiting is not None else _add(journal, name, step, job.move, extra=True)
    repeats = any(name_of(planned) == name for planned in job.steps)
    return [Item(n, step, True), *(i for i in left if repeats and name_of(i.step) != name)]


def take_off(journal: Journal, n: int, name: str) -> None:
    """Drop an added step, and with it what was consented to: added again, it asks anew."""
    with journal.writing():
        for gate in gates_of(name):
            journal.spend(gate)
        journal.drop_step(n)


def mark_done(journal: Journal, item: Item) -> None:
    """The step is done, and so is the step of the plan that it repeats."""
    journal.mark_step(item.n, "done")
    for row in _planned(journal) if item.extra else ():
        if row.name == name_of(item.step):
            journal.mark_step(row.n, "done")


def name_of(step: Step) -> str:
    """The name by which plans and journal know a step."""
    return str(getattr(step, "step", type(step).__name__))


def _write_down(journal: Journal, job: Job, run: str) -> None:
    with journal.writing():
        written = [row.name for row in _planned(journal)]
        if not written:
            for step in job.steps:
                _add(journal, name_of(step), step, job.move)
        elif written != [name_of(step) for step in job.steps]:
            raise RunPlanChanged(run)


def _add(journal: Journal, name: str, step: Step, move: Move | None, *, extra: bool = False) -> int:
    text = step.text(move)
    return journal.add_step(
        name, text.title, text.writes_to, text.way_back, text.details, extra=extra
    )


def _planned(journal: Journal) -> list[StepRow]:
    return [row for row in journal.steps() if not row.extra]


def _done(row: StepRow) -> bool:
    return row.state == "done"


def _wanted(journal: Journal, row: StepRow, extra: str | None) -> bool:
    """It is asked for again; or it was begun and not finished, or its consent has come."""
    if extra not in (None, NOTHING):
        return row.name == extra
    given = any(journal.unread_consent(gate) is not None for gate in gates_of(row.name))
    return row.state != " " or given
