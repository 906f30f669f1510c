"""`qmm cleanup`: delete the old collection."""

from __future__ import annotations

from typing import Any

import click

from qdrant_model_migration.commands.connecting import ask_key as ask_for_key
from qdrant_model_migration.commands.consents import consent_options, given
from qdrant_model_migration.commands.follow import carry_on


@click.command("cleanup")
@click.argument("run", metavar="RUN")
@click.option("--ask-key", is_flag=True, help="Ask for the API key (else QDRANT_API_KEY is used).")
@consent_options("--delete", "--drop-conflicts")
def command(run: str, ask_key: bool, **consents: Any) -> int:
    """Delete the old collection of RUN for good (after a rollback: the new one).

    Refuses while an alias points to it or the run was not verified. Carries over what was still
    written to it. Waits until the collection's name is typed, or given.

    \b
    Example:
      qmm cleanup docs-1124 --delete docs_minilm
    """
    from qdrant_model_migration.engine import find_run

    ask_for_key(ask_key)
    return carry_on(find_run(run), given(consents), extra="cleanup")
