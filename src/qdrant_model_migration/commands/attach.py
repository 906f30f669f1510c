"""`qmm attach`: see a run again, live."""

from __future__ import annotations

import sys

import click


@click.command("attach")
@click.argument("run", required=False, metavar="[RUN]")
@click.pass_context
def command(ctx: click.Context, run: str | None) -> int:
    """Open RUN, or the latest run, in the wizard again. Without a terminal its log is printed.

    Closing the window never stops a run.
    """
    from qdrant_model_migration.engine import find_run, list_runs
    from qdrant_model_migration.errors import UsageError

    if run is None and not (runs := list_runs()):
        raise UsageError("There is no run yet.", "", "Start one with qmm, or try qmm demo.")
    folder = find_run(run) if run is not None else runs[0].folder
    if sys.stdin.isatty() and sys.stdout.isatty() and not (ctx.obj or {}).get("plain"):
        from qdrant_model_migration.commands.wizard import open_wizard

        ascii_signs = bool((ctx.obj or {}).get("ascii"))
        return open_wizard(plain=False, ascii_signs=ascii_signs, attach=folder)
    from qdrant_model_migration.commands.follow import ending, watch

    return ending(watch(folder, stop_on_interrupt=False))
