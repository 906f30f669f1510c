"""`qmm rollback`: switch the alias back."""

from __future__ import annotations

from typing import Any

import click

from qdrant_model_migration.commands.consents import consent_options, given
from qdrant_model_migration.commands.follow import carry_on


@click.command("rollback")
@click.argument("run", metavar="RUN")
@consent_options("--cutover")
def command(run: str, **consents: Any) -> int:
    """Switch the alias of RUN back to the old collection.

    Says first how many writes made since the cutover stay behind. Waits until the alias name is
    typed, or given: qmm rollback docs-1124 --cutover docs
    """
    from qdrant_model_migration.engine import find_run

    return carry_on(find_run(run), given(consents), extra="rollback")
