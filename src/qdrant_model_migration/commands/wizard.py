"""`qmm` without a command: the wizard, or the same trip one line at a time."""

from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qdrant_model_migration.errors import UsageError

if TYPE_CHECKING:
    from qdrant_model_migration.advice import WhatIf


def wizard(
    *,
    plain: bool,
    ascii_signs: bool,
    url: str | None = None,
    answers: str | None = None,
    practice: bool = False,
) -> int:
    """Open the wizard; returns the exit code. Raises UsageError where there is no terminal."""
    must_be_a_terminal()
    given: dict[str, Any] | None = None
    if answers:
        from qdrant_model_migration.advice import WITHDRAWN, load_answers, read_named

        given = read_named(load_answers(Path(answers)))
        for key in sorted(WITHDRAWN & given.keys()):
            click.echo(f"Set aside: {key}; that question is not asked any more.", err=True)
    return open_wizard(
        plain=plain, ascii_signs=ascii_signs, url=url, answers=given, practice=practice
    )


def must_be_a_terminal() -> None:
    """Raises UsageError."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "The wizard needs a terminal.",
            "Standard input or output is a file or a pipe.",
            "Without one use qmm inspect, plan and run; qmm --help shows how.",
        )


def open_wizard(
    *,
    plain: bool,
    ascii_signs: bool,
    url: str | None = None,
    answers: dict[str, Any] | None = None,
    practice: bool = False,
    explore: WhatIf | None = None,
    attach: Path | None = None,
) -> int:
    """Either face; returns the exit code. attach: a run that the wizard shows."""
    if plain:
        from qdrant_model_migration.plain import run_plain

        return run_plain(url=url, answers=answers, practice=practice, explore=explore)
    gc.disable()  # of no use until the first frame, and a fifth of the time to it
    try:
        from qdrant_model_migration.tui import run_wizard

        return run_wizard(
            address=url,
            practice=practice,
            answers=answers,
            attach=attach,
            explore=explore,
            ascii_signs=ascii_signs,
        )
    finally:
        gc.enable()
