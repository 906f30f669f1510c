"""`qmm rollback`: switch the alias back."""

from __future__ import annotations

from typing import Any

import click

from qdrant_model_migration.commands.connecting import key_for_run, key_options
from qdrant_model_migration.commands.consents import consent_options, given
from qdrant_model_migration.commands.follow import carry_on


@click.command("rollback")
@click.argument("run", metavar="RUN")
@key_options
@consent_options("--cutover")
def command(run: str, ask_key: bool, named: str | None, **consents: Any) -> int:
    """Switch the aliases of RUN back to the old collection.

    Waits until the name of the first one is typed, or given. Nothing is read before the switch;
    how many writes made since the cutover stay behind is counted after it.

    \b
    Example:
      qmm rollback docs_minilm-1124 --cutover docs
    """
    from qdrant_model_migration.engine import find_run

    folder = find_run(run)
    key = key_for_run(folder, named, ask_key)
    return carry_on(folder, given(consents), key, extra="rollback")
