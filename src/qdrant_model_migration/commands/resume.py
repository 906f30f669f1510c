"""`qmm resume`: go on with a run."""

from __future__ import annotations

from typing import Any

import click

from qdrant_model_migration.commands.connecting import key_for_run, key_options
from qdrant_model_migration.commands.consents import given, planned_options
from qdrant_model_migration.commands.fleet import fleet_for, fleet_option
from qdrant_model_migration.commands.follow import carry_on
from qdrant_model_migration.commands.full import full_for, full_option
from qdrant_model_migration.shell import qmm


@click.command("resume")
@click.argument("run", metavar="RUN")
@fleet_option
@full_option
@key_options
@planned_options
def command(
    run: str,
    fleet: str | None,
    full: bool,
    ask_key: bool,
    named: str | None,
    **consents: Any,
) -> int:
    """Go on with RUN: one that waits at a gate, was stopped, was interrupted, or has failed.

    What is done already is checked, not done again. qmm status lists the runs; one that is paused
    goes on with qmm continue RUN.
    """
    from qdrant_model_migration.engine import at_added, find_run, give_consent, view
    from qdrant_model_migration.errors import UsageError

    folder = find_run(run)
    seen = view(folder)
    if seen.finished:
        raise UsageError(
            f"{folder.name} is {seen.state}.",
            "There is nothing to go on with.",
            f"{qmm('report', folder.name)} writes its report.",
        )
    if full and seen.verified:
        again = qmm("verify", folder.name, flags=("--full",))
        raise UsageError(f"{folder.name} has verified already.", "", f"{again} reads all again.")
    flags = given(consents)
    chosen = {**fleet_for(fleet), **full_for(full)}
    gate = seen.gate or {}
    asks = seen.state == "waiting" and gate and not gate.get("before")  # that may have changed
    if asks and not seen.live and not at_added(seen):
        from qdrant_model_migration.commands.follow import answers_for, ending

        answers = answers_for(seen, flags)
        if answers is None:
            return ending(seen)
        key = {**key_for_run(folder, named, ask_key), **chosen}
        give_consent(folder, gate["name"], answers)
        return carry_on(folder, {}, key)
    key = {**key_for_run(folder, named, ask_key), **chosen}
    return carry_on(folder, flags, key)
