"""`qmm inspect`: the survey of a collection, or the list of collections."""

from __future__ import annotations

import click

from qdrant_model_migration import words
from qdrant_model_migration.commands.connecting import (
    connect,
    old_model_option,
    server_options,
    surveyed,
)


@click.command("inspect")
@click.argument("collection", required=False, metavar="[COLLECTION]")
@click.option("--text-field", metavar="FIELD", help="The payload field that holds the text.")
@old_model_option
@click.option("--json", "as_json", is_flag=True, help="As JSON, for scripts.")
@server_options
def command(
    collection: str | None,
    text_field: str | None,
    old_model: str | None,
    as_json: bool,
    url: str | None,
    ask_key: bool,
) -> int:
    """Look at COLLECTION, or list all; nothing is changed.

    Every line says how it is known: asked, counted, from a sample, estimated, re-embedded.
    """
    with connect(url, ask_key) as qdrant:
        if collection is None:
            _list(qdrant, as_json)
            return 0
        from qdrant_model_migration.survey import facts_of, lines

        found = surveyed(qdrant, collection, text_field=text_field, old_model=old_model)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return 0
    for line in lines(facts_of(found)):
        click.echo(f"{line.what:<14}{line.found or 'not known':<60}{line.how}")
        if line.note:
            click.echo(f"{'':<14}{line.note}")
    click.echo("Read only. Nothing was changed.", err=True)
    return 0


def _list(qdrant: object, as_json: bool) -> None:
    import json

    from qdrant_model_migration.qdrant import Qdrant
    from qdrant_model_migration.survey import look_at, named

    assert isinstance(qdrant, Qdrant)
    listed = named(qdrant, qdrant.collections())
    rows = look_at(qdrant, listed)
    if as_json:
        click.echo(json.dumps([row._asdict() for row in rows], indent=2, default=str))
        return
    if not listed:
        click.echo("This server has no collections yet. qmm demo has one to try things on.")
    for row in rows:  # each is said as soon as it is known
        points = words.count(row.points) if row.points is not None else "not known"
        click.echo(
            f"{row.collection:<28} {row.alias or 'no alias':<16} {points:>12}  "
            f"{row.kept_for or row.vectors}"
        )
