"""A plan has one run, and a collection one that works on it or waits: others are refused."""

from __future__ import annotations

from pathlib import Path

from qdrant_model_migration.engine import lock
from qdrant_model_migration.engine.errors import CollectionHasRun, PlanHasRun
from qdrant_model_migration.engine.run_folder import PLAN, Card, read_card, run_folders
from qdrant_model_migration.engine.states import finished
from qdrant_model_migration.engine.watch import view
from qdrant_model_migration.errors import QmmError


def refuse_second(card: Card, runs: Path) -> None:
    """Raises PlanHasRun or CollectionHasRun where a new run of this card would be a second one."""
    for folder in run_folders(runs):
        other = read_card(folder)
        if other.plan == card.plan or _lifted(folder, other, card) == card.plan:
            found = view(folder, events=0)
            if found.state == "discarded":
                continue
            raise PlanHasRun(folder.name, found.state, over=finished(found.state))
        if (other.server, other.collection) == (card.server, card.collection):
            found = view(folder, events=0)
            # A practice run that somebody left at a gate is nobody's unfinished work.
            if found.live or (found.state == "waiting" and not other.practice):
                raise CollectionHasRun(folder.name, card.collection, found.state)


def _lifted(folder: Path, other: Card, card: Card) -> str | None:
    """The digest of a run's plan in the present format, where it can be the same plan at all."""
    from qdrant_model_migration.plan import load_plan

    if (other.server, other.collection, other.strategy) != (
        card.server,
        card.collection,
        card.strategy,
    ):
        return None
    try:
        return load_plan(folder / PLAN).digest
    except QmmError:
        return None


def refuse_beside_another(folder: Path) -> None:
    """Raises CollectionHasRun while another run on the same collection is being carried out."""
    card = read_card(folder)
    for other in run_folders(folder.parent):
        if other == folder or not lock.is_held(other):
            continue
        its = read_card(other)
        if (its.server, its.collection) == (card.server, card.collection):
            raise CollectionHasRun(other.name, card.collection, "running")
