"""`qmm discard`: give a run up."""

from __future__ import annotations

from typing import Any

import click

from qdrant_model_migration.commands.connecting import ask_key as ask_for_key
from qdrant_model_migration.commands.consents import consent_options, given
from qdrant_model_migration.commands.follow import carry_on


@click.command("discard")
@click.argument("run", metavar="RUN")
@click.option("--ask-key", is_flag=True, help="Ask for the API key (else QDRANT_API_KEY is used).")
@consent_options("--delete", "--yes")
def command(run: str, ask_key: bool, **consents: Any) -> int:
    """Give RUN up: delete the new collection that it made, and nothing else.

    Refuses after the switch, and while an alias points to that collection. Waits until the
    collection's name is typed, or given; where the run has made none, --yes is enough.

    \b
    Example:
      qmm discard docs-1124 --delete docs_bge
    """
    from qdrant_model_migration.engine import find_run

    ask_for_key(ask_key)
    return carry_on(find_run(run), given(consents), extra="discard")
