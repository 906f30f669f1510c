"""The commands that add a step to a run, made from what the steps declare."""

from __future__ import annotations

import inspect
from typing import Any

import click

from qdrant_model_migration.commands.connecting import key_for_run, key_options
from qdrant_model_migration.commands.consents import consent_options, given
from qdrant_model_migration.commands.follow import carry_on
from qdrant_model_migration.steps import added_kind


def command_for(name: str, line: str) -> click.Command:
    """The command that adds the step of this name. line: its line in `qmm --help`."""
    kind = added_kind(name)
    assert kind is not None, f"no step {name} is added to a run"

    @click.command(name, help=inspect.cleandoc(kind.manual or line))
    @click.argument("run", metavar="RUN")
    @key_options
    @consent_options([kind])
    def command(run: str, ask_key: bool, named: str | None, **consents: Any) -> int:
        from qdrant_model_migration.engine import find_run

        folder = find_run(run)
        key = key_for_run(folder, named, ask_key)
        return carry_on(folder, given(consents), key, extra=name)

    return command
