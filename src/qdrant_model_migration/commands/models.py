"""`qmm models`: which embedding models there are, and fetching one."""

from __future__ import annotations

import json

import click


@click.command("models")
@click.option("--fetch", "wanted", metavar="NAME", help="Download this model, once.")
@click.option("--here", is_flag=True, help="Only those on this machine.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")
def command(wanted: str | None, here: bool, as_json: bool) -> int:
    """List the embedding models, or fetch one.

    The list is made without the network. Machines without internet use a folder with the model's
    files: qmm plan COLLECTION --model-folder DIR.
    """
    from qdrant_model_migration.embedders import (
        fetch,
        kind_of,
        model_by_name,
        model_choices,
        must_reach,
        reach,
    )

    if wanted:
        model = model_by_name(wanted)
        found = reach(model)
        if found.word == "remote":
            click.echo(f"{model.name} is not fetched: {kind_of(model).service} makes the vectors.")
            return 0
        if found.word == "fetch":
            with click.progressbar(length=100, label=model.label) as bar:
                fetch(model, lambda done, total: bar.update(100 * done // max(1, total) - bar.pos))
        must_reach(model)
        click.echo(f"{model.name} is on this machine.")
        return 0
    rows = [row for row in model_choices() if row.reach.word == "here" or not here]
    if as_json:
        told = [
            {**model.model_dump(mode="json"), "here": how.word == "here", "reach": how.word}
            for model, how in rows
        ]
        click.echo(json.dumps(told, indent=2))
        return 0
    if not rows:
        click.echo("No model is on this machine yet. qmm models --fetch NAME gets one.")
    wide = max((len(model.name) for model, _ in rows), default=0)
    knows = max((len(model.languages_label) for model, _ in rows), default=0)
    for model, how in rows:
        size = str(model.dimensions) if model.vector == "dense" else model.vector
        reads = f"{model.max_tokens:,}" if model.max_tokens else "?"
        line = f"{model.name:<{wide}}  {size:>11}  {model.languages_label:<{knows}}"
        click.echo(f"{line}  {reads:>6} tokens  {how.short}")
    return 0
