"""`qmm rollback`: switch the alias back."""

from __future__ import annotations

from typing import Any

import click

from qdrant_model_migration.commands.connecting import ask_key as ask_for_key
from qdrant_model_migration.commands.consents import consent_options, given
from qdrant_model_migration.commands.follow import carry_on


@click.command("rollback")
@click.argument("run", metavar="RUN")
@click.option("--ask-key", is_flag=True, help="Ask for the API key (else QDRANT_API_KEY is used).")
@consent_options("--cutover")
def command(run: str, ask_key: bool, **consents: Any) -> int:
    """Switch the aliases of RUN back to the old collection.

    Waits until the name of the first one is typed, or given. Nothing is read before the switch;
    how many writes made since the cutover stay behind is counted after it.

    \b
    Example:
      qmm rollback docs-1124 --cutover docs
    """
    from qdrant_model_migration.engine import find_run

    ask_for_key(ask_key)
    return carry_on(find_run(run), given(consents), extra="rollback")
