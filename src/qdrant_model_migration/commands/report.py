"""`qmm report`: the report of a run."""

from __future__ import annotations

import click


@click.command("report")
@click.argument("run", metavar="RUN")
@click.option("--print", "to_screen", is_flag=True, help="Print it as well.")
def command(run: str, to_screen: bool) -> int:
    """Write report.md and report.html of RUN again, from what its journal says."""
    from qdrant_model_migration.engine import find_run, write_report

    written = write_report(find_run(run))
    if to_screen:
        click.echo(written[0].read_text(encoding="utf-8"))
    click.echo(f"Saved {', '.join(path.name for path in written)} in {written[0].parent}.")
    return 0
