"""`qmm continue`: end a pause."""

from __future__ import annotations

import click


@click.command("continue")
@click.argument("run", metavar="RUN")
def command(run: str) -> int:
    """End the pause of RUN. A run that was stopped goes on with qmm resume RUN."""
    from qdrant_model_migration.engine import find_run, steer, view
    from qdrant_model_migration.shell import qmm

    folder = find_run(run)
    paused = view(folder).state == "paused"
    steer(folder, "resume")
    shows = qmm("attach", folder.name)
    said = f"{folder.name} goes on." if paused else f"{folder.name} was not paused."
    click.echo(f"{said} {shows} shows it.")
    return 0
