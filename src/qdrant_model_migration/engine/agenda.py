"""Which steps a session carries out: the plan's that are not done, or one that was added."""

from __future__ import annotations

from typing import NamedTuple

from qdrant_model_migration.engine.job import Job
from qdrant_model_migration.engine.journal import Journal, StepRow
from qdrant_model_migration.errors import RunPlanChanged
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.steps import Step


class Item(NamedTuple):
    """A step and its number in the journal."""

    n: int
    step: Step
    extra: bool


def agenda(journal: Journal, job: Job, extra: str | None, run: str) -> list[Item]:
    """Write the steps into the journal where they are not there yet, and choose.

    extra: the name of a step to add. An added step that was only asked for and never confirmed is
    dropped when the run is resumed without it. Raises RunPlanChanged where the journal has other
    steps than the plan.
    """
    _write_down(journal, job, run)
    waiting = next((row for row in reversed(journal.steps()) if row.extra and not _done(row)), None)
    if waiting is not None and not _wanted(journal, waiting, extra):
        journal.drop_step(waiting.n)
        waiting = None
    if extra is not None and waiting is None:
        step = job.later(extra)
        return [Item(_add(journal, extra, step, job.move, extra=True), step, True)]
    if waiting is not None:
        return [Item(waiting.n, job.later(waiting.name), True)]
    return [
        Item(row.n, step, False)
        for row, step in zip(_planned(journal), job.steps, strict=True)
        if not _done(row)
    ]


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
    """It was begun and not finished, it is asked for again, or its consent has come."""
    if extra is not None:
        return row.name == extra
    return row.state != " " or journal.unread_consent(row.name) is not None
