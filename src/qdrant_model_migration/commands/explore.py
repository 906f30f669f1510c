"""`qmm explore`: made-up facts and what they lead to, on the screen or as a page."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from qdrant_model_migration.advice import WhatIf
    from qdrant_model_migration.pages.session import Session


@click.command("explore")
@click.option("--fact", "facts", multiple=True, metavar="KEY=VALUE", help="One made-up fact.")
@click.option("--old-model", metavar="NAME", help="The present model, from the list.")
@click.option("--model", metavar="NAME", help="The new model, or so many dimensions.")
@click.option("--answers", metavar="FILE", help="Answers to use.", type=click.Path())
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="One more answer.")
@click.option("--print", "printing", is_flag=True, help="Print it instead of opening the wizard.")
@click.option("-o", "--output", type=click.Path(), metavar="FILE", help="Save it as Markdown.")
@click.option("--plain", is_flag=True, help="Ask one line at a time.")
@click.pass_context
def command(
    ctx: click.Context,
    facts: tuple[str, ...],
    old_model: str | None,
    model: str | None,
    answers: str | None,
    settings: tuple[str, ...],
    printing: bool,
    output: str | None,
    plain: bool,
) -> int:
    """Play through a migration that does not exist: no server, no download, nothing is changed.

    Opens the wizard. With --print or -o, or without a terminal, everything is said at once.

    \b
    Examples:
      qmm explore
      qmm explore --fact points=200000000 --fact speed=60 --set accuracy=approximate --print
      qmm explore --old-model all-MiniLM-L6-v2 --model 1536 -o explored.md
    """
    what_if, given = _what_if(facts, old_model), _given(answers, settings, model)
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if terminal and not (printing or output):
        from qdrant_model_migration.commands.wizard import open_wizard

        obj = ctx.obj or {}
        return open_wizard(
            plain=plain or obj.get("plain", False),
            ascii_signs=obj.get("ascii", False),
            answers=given,
            explore=what_if,
        )
    session = _session(what_if, given)
    if output:
        from qdrant_model_migration.pages.exploring import markdown
        from qdrant_model_migration.pages.work.saving import save_text

        click.echo(f"Saved {save_text(markdown(session), output)}.")
        return 0
    from qdrant_model_migration.pages.stages import stage
    from qdrant_model_migration.plain.page_lines import printed

    click.echo(printed(stage("explore").page(session)))
    return 0


def _what_if(facts: tuple[str, ...], old_model: str | None) -> WhatIf:
    """Raises BadAnswer and ModelUnknown."""
    from qdrant_model_migration.advice import WhatIf, of_old_model, told
    from qdrant_model_migration.embedders import model_by_name
    from qdrant_model_migration.errors import UsageError

    what_if = WhatIf()
    if old_model:
        what_if = of_old_model(what_if, model_by_name(old_model))
    for fact in facts:
        key, equals, value = fact.partition("=")
        if not equals:
            raise UsageError(f"--fact {fact} has no =.", "", "Write it as KEY=VALUE.")
        what_if = told(what_if, key, value)
    return what_if


def _given(file: str | None, settings: tuple[str, ...], model: str | None) -> dict[str, Any]:
    """Raises the errors of answers, and ModelUnknown."""
    from qdrant_model_migration.advice import load_answers, made_up_model, read_named
    from qdrant_model_migration.commands.settings import laid_over, short_forms
    from qdrant_model_migration.embedders import model_by_name

    before = load_answers(Path(file)) if file else {}
    if model:
        new = made_up_model(model) if model.isdecimal() else model_by_name(model)
        before.update(short_forms(None, new))
    given = laid_over(before, settings)
    read_named(given)
    return given


def _session(what_if: WhatIf, given: dict[str, Any]) -> Session:
    """With the models that are known. Raises BadAnswer for an answer that cannot be one here."""
    from qdrant_model_migration.advice import answer_all
    from qdrant_model_migration.pages.beginning import begin
    from qdrant_model_migration.pages.work import models

    session = begin(answers=given, explore=what_if)
    session = session.on(choices=models.choices(session))
    assert session.survey is not None
    answer_all(session.survey, given, session.choices or ())
    return session
