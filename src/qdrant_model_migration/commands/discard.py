"""`qmm discard`: give a run up."""

from __future__ import annotations

from typing import Any

import click

from qdrant_model_migration.commands.connecting import key_for_run, key_options
from qdrant_model_migration.commands.consents import consent_options, given
from qdrant_model_migration.commands.follow import carry_on


@click.command("discard")
@click.argument("run", metavar="RUN")
@key_options
@consent_options("--delete", "--yes")
def command(run: str, ask_key: bool, named: str | None, **consents: Any) -> int:
    """Give RUN up: delete the new collection that it made, and nothing else.

    Refuses after the switch, and while an alias points to that collection. Waits until the
    collection's name is typed, or given; where the run has made none, --yes is enough.

    \b
    Example:
      qmm discard docs_minilm-1124 --delete docs_bge
    """
    from qdrant_model_migration.engine import find_run

    folder = find_run(run)
    key = key_for_run(folder, named, ask_key)
    return carry_on(folder, given(consents), key, extra="discard")
