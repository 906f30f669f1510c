"""`qmm pause`: let a run rest."""

from __future__ import annotations

import click


@click.command("pause")
@click.argument("run", metavar="RUN")
def command(run: str) -> int:
    """Let RUN rest: what is on its way is finished, then nothing is read or written.

    It stays in memory until qmm continue RUN. Ctrl+C where it is shown stops it instead.
    """
    from qdrant_model_migration.engine import find_run, steer, view
    from qdrant_model_migration.shell import qmm

    folder = find_run(run)
    goes_on = qmm("continue", folder.name)
    if view(folder).state == "paused":
        click.echo(f"It is paused already. Next: {goes_on}")
        return 0
    steer(folder, "pause")
    click.echo(f"Pausing: what is on its way is finished first. Next: {goes_on}")
    return 0
