"""`qmm cleanup`: delete the old collection."""

from __future__ import annotations

from typing import Any

import click

from qdrant_model_migration.commands.connecting import key_for_run, key_options
from qdrant_model_migration.commands.consents import consent_options, given
from qdrant_model_migration.commands.follow import carry_on


@click.command("cleanup")
@click.argument("run", metavar="RUN")
@key_options
@consent_options("--delete", "--drop-conflicts")
def command(run: str, ask_key: bool, named: str | None, **consents: Any) -> int:
    """Delete the old collection of RUN for good (after a rollback: the new one).

    Refuses while an alias points to it or the run was not verified. Carries over what was still
    written to it. Waits until the collection's name is typed, or given.

    \b
    Example:
      qmm cleanup docs_minilm-1124 --delete docs_minilm
    """
    from qdrant_model_migration.engine import find_run

    folder = find_run(run)
    key = key_for_run(folder, named, ask_key)
    return carry_on(folder, given(consents), key, extra="cleanup")
