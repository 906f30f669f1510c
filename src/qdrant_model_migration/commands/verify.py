"""`qmm verify`: judge a run anew."""

from __future__ import annotations

from pathlib import Path

import click

from qdrant_model_migration.commands.connecting import (
    key_for_run,
    key_options,
    old_model_option,
)
from qdrant_model_migration.commands.follow import carry_on
from qdrant_model_migration.commands.full import full_option


@click.command("verify")
@click.argument("run", metavar="RUN")
@click.option(
    "--queries",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help='Other searches: lines like {"query": "a search", "answers": [17]}, or CSV.',
)
@click.option(
    "--margin",
    type=click.FloatRange(0, 0.5),
    metavar="X",
    help="How much worse recall@10 may be, e.g. 0.02.",
)
@old_model_option
@full_option
@key_options
def command(
    run: str,
    queries: Path | None,
    margin: float | None,
    old_model: str | None,
    full: bool,
    ask_key: bool,
    named: str | None,
) -> int:
    """Judge RUN anew, by other searches or another limit; nothing is embedded anew.

    What is left out stays as it was. The newest verdict counts: the cutover opens by it. Possible
    from the first verdict on until the alias is switched.

    \b
    Example:
      qmm verify docs_minilm-1124 --queries queries.jsonl --margin 0.02
    """
    from qdrant_model_migration.engine import find_run, judge_by

    folder = find_run(run)
    given = judge_by(folder, queries=queries, margin=margin, old_model=old_model, full=full)
    key = key_for_run(folder, named, ask_key)
    return carry_on(folder, {}, key, extra="verify", given=given)
