"""`qmm run`: carry out a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from qdrant_model_migration.commands.connecting import key_for, key_options
from qdrant_model_migration.commands.consents import given, planned_options
from qdrant_model_migration.commands.fleet import fleet_for, fleet_option
from qdrant_model_migration.commands.follow import carry_on
from qdrant_model_migration.commands.full import full_for, full_option


@click.command("run")
@click.argument("plan", type=click.Path(path_type=Path), metavar="PLAN")
@click.option("--accept", multiple=True, metavar="ID", help="Acknowledge a warning, e.g. W11.")
@fleet_option
@full_option
@key_options
@planned_options
def command(
    plan: Path,
    accept: tuple[str, ...],
    fleet: str | None,
    full: bool,
    ask_key: bool,
    named: str | None,
    **consents: Any,
) -> int:
    """Carry out PLAN, a file written by the wizard or by qmm plan COLLECTION.

    The run goes on in a process of its own; Ctrl+C stops it cleanly, and qmm resume RUN goes
    on. At a gate it ends with code 3 and says which flag opens it. Each plan is run once.

    A folder holds the plans of collections that switch at the same moment (qmm plan --together):
    each is carried up to its cutover, one after another, and one consent switches all.

    \b
    Example:
      qmm run plan.yaml
      qmm resume docs_minilm-1124 --cutover docs
    """
    from qdrant_model_migration.embedders import models_in
    from qdrant_model_migration.engine import create_run
    from qdrant_model_migration.plan import acknowledge, load_plan, why_closed

    if plan.is_dir():
        from qdrant_model_migration.commands.run_together import plans_in, run_together

        plans = plans_in(plan, accept)
        key = key_for(plans[0].server, named, ask_key, models_in(plans))
        return run_together(plans, given(consents), {**key, **fleet_for(fleet)})
    loaded = acknowledge(load_plan(plan), accept)
    if closed := why_closed(loaded):
        raise closed
    key = key_for(loaded.server, named, ask_key, models_in(loaded))
    folder = create_run(loaded)
    click.echo(f"Run {folder.name}: {folder}")
    return carry_on(folder, given(consents), {**key, **fleet_for(fleet), **full_for(full)})
