"""`qmm run FOLDER`: the plans of collections that switch at the same moment, one after another up
to the cutover, then all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qdrant_model_migration.commands.follow import carry_on, ending
from qdrant_model_migration.errors import UsageError
from qdrant_model_migration.exit_codes import STOPPED
from qdrant_model_migration.words import listing

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView
    from qdrant_model_migration.plan import Plan


def plans_in(folder: Path, accept: Sequence[str]) -> list[Plan]:
    """Those of a group that the folder holds, with what is acknowledged now. Raises UsageError
    where there are none, PlanError, NotTogether, and where one must not be carried out."""
    from qdrant_model_migration.plan import acknowledge, load_plan, one_family, why_closed

    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise UsageError(
            f"{folder} holds no plans.",
            "A folder is run where it holds the plans of collections that switch together.",
            "qmm plan COLLECTION --together makes them.",
        )
    found = {file.name: load_plan(file) for file in files}
    plans = [plan for plan in found.values() if plan.together] or list(found.values())
    if alone := [name for name, plan in found.items() if plan not in plans]:
        click.echo(f"Left out, because it was planned alone: {listing(alone)}.", err=True)
    one_family(plans)
    if unasked := [one for one in accept if not any(one in plan.must_accept for plan in plans)]:
        acknowledge(plans[0], unasked)  # says what it asks for
    plans = [acknowledge(p, [one for one in accept if one in p.must_accept]) for p in plans]
    for plan in plans:
        if closed := why_closed(plan):
            raise closed
    return plans


def run_together(plans: Sequence[Plan], flags: Mapping[str, str], key: Mapping[str, str]) -> int:
    """Each is carried on until it waits, then what opens the cutover opens it for all. What has a
    run is gone on with. Returns the exit code."""
    from qdrant_model_migration.engine import view

    folders = [_run_of(plan) for plan in plans]
    for folder in folders:
        seen = view(folder)
        there = seen.state == "waiting" and seen.at_switch
        if seen.live or not (seen.finished or there):  # live: the one before has begun it
            click.echo(f"Run {folder.name}: {folder}")
            if carry_on(folder, flags, key, asks=False, going=seen.live) == STOPPED:
                return STOPPED
    for folder in folders:
        if _to_level(view(folder)):
            carry_on(folder, {}, key, asks=False)
    first = view(folders[0])
    if first.state == "waiting" and first.at_switch:
        return carry_on(folders[0], flags, key)
    return ending(first)


def _to_level(seen: RunView) -> bool:
    """Whether all that it still waits for at its cutover is that it is started once more."""
    gate = seen.gate or {}
    here = [command for _, command in gate.get("before") or () if command == gate.get("to_level")]
    return seen.at_switch and bool(here)


def _run_of(plan: Plan) -> Path:
    """Its run: a new one, or the one that it has, also by an earlier plan of the same family.
    Raises CollectionHasRun where another run works on its collection."""
    from qdrant_model_migration.engine import card_of, create_run, find_run, read_card
    from qdrant_model_migration.engine.errors import CollectionHasRun, PlanHasRun

    try:
        return create_run(plan)
    except PlanHasRun as error:
        return find_run(error.run)
    except CollectionHasRun as error:
        folder, mine = find_run(error.run), card_of(plan)
        its = read_card(folder)
        if (its.together, its.models) != (mine.together, mine.models):
            raise
        click.echo(f"{plan.collection} goes on by its run {folder.name}.")
        return folder
