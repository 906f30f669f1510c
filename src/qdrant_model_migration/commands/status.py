"""`qmm status`: where runs stand. Reads run folders alone, so that it answers at once."""

from __future__ import annotations

import json

import click


@click.command("status")
@click.argument("run", required=False, metavar="[RUN]")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")
def command(run: str | None, as_json: bool) -> int:
    """List all runs, or show where RUN stands. Exit code 0, whatever the state."""
    from qdrant_model_migration.commands.follow import in_one_line, next_of
    from qdrant_model_migration.engine import find_run, list_runs, local, view
    from qdrant_model_migration.pipeline.spent import Spent

    if run is None:
        runs = list_runs()
        if as_json:
            click.echo(json.dumps([_data(seen) for seen in runs], indent=2))
        elif not runs:
            click.echo("No runs yet. A run is one migration, from the plan to the report.")
        for seen in () if as_json else runs:
            click.echo(in_one_line(seen))
        return 0
    seen = view(find_run(run))
    if as_json:
        click.echo(json.dumps(_data(seen), indent=2))
        return 0
    click.echo(in_one_line(seen))
    wide = max((len(step.title) for step in seen.steps), default=0)
    waits = seen.step if seen.state == "waiting" else None
    for place in seen.in_order:
        step, number = seen.steps[place], seen.number(place)
        sign = {"done": "done", "running": "now", "failed": "failed"}.get(step.state, "")
        sign = "waits for you" if place == waits else sign
        click.echo(f"  {number:>2} {step.title:<{wide}}  {sign}".rstrip())
    for one in seen.with_it:
        click.echo(f"With it: {one.collection}, {one.says}{f': {one.run}' if one.run else ''}")
    for event in seen.events[-5:]:
        click.echo(f"  {local(event.at):%H:%M:%S}  {event.text}")
    if seen.error:
        click.echo(" ".join(part for part in seen.error.values() if part))
    if seen.dead_letters:
        click.echo(f"Dead letters: {seen.dead_letters:,}")
    if spent := seen.facts.get("tokens_used"):
        click.echo(f"Tokens: {Spent.of(spent).whole}")
    if seen.conflicts:
        click.echo(f"Conflicts: {seen.conflicts:,}, changed on both sides after the switch")
    if line := next_of(seen):
        click.echo(line)
    return 0


def _data(seen: object) -> dict[str, object]:
    from qdrant_model_migration.engine import RunView

    assert isinstance(seen, RunView)
    return {
        "run": seen.folder.name,
        "folder": str(seen.folder),
        "what": seen.what,
        "strategy": seen.card.strategy,
        "state": seen.state,
        "live": seen.live,
        "since": seen.since,
        "steps": [
            {
                "step": step.name,
                "title": step.title,
                "state": step.state.strip() or "to come",
                "seconds": step.seconds,
                "done": step.done,
                "total": step.total,
                "unit": step.unit,
            }
            for step in seen.steps
        ],
        "gate": seen.gate,
        "verdict": seen.verdict,
        "error": seen.error,
        "dead_letters": seen.dead_letters,
        "tokens": seen.facts.get("tokens_used"),
        "held": seen.held,
        "slowed": seen.slowed,
        "searches": seen.searches,
        "throttle": seen.throttle,
        "conflicts": seen.conflicts,
        "with_it": [
            {"collection": one.collection, "run": one.run, "stands": one.stands, "says": one.says}
            for one in seen.with_it
        ],
    }
