"""`qmm demo`: the whole trip on practice data, in the wizard or without questions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qdrant_model_migration import words
from qdrant_model_migration.commands.follow import change_lines, watch
from qdrant_model_migration.shell import qmm

if TYPE_CHECKING:
    from qdrant_model_migration.engine import RunView
    from qdrant_model_migration.plan import Plan
    from qdrant_model_migration.sandbox import Sandbox

POINTS = 1200


@click.command("demo")
@click.option("--yes", is_flag=True, help="The whole trip without a question.")
@click.option("--reset", is_flag=True, help="Throw the practice data away and make it anew.")
@click.option("--points", default=POINTS, show_default=True, type=click.IntRange(100, 3000))
@click.option(
    "--change",
    type=click.Choice(("model", "keywords")),
    default="model",
    help="What changes in the trip with --yes: the model, or keyword search is added.",
)
@click.option("--plain", is_flag=True, help="Ask one line at a time.")
@click.pass_context
def command(
    ctx: click.Context, yes: bool, reset: bool, points: int, change: str, plain: bool
) -> int:
    """Practise on a built-in collection: no server, no download, nothing real is touched.

    Opens the wizard with every answer suggested. With --yes, or without a terminal, the whole trip
    runs by itself: survey, plan, run, verify, switch.
    """
    from qdrant_model_migration.sandbox import Sandbox

    sandbox = Sandbox()
    if reset:
        sandbox.reset()
    if not yes and sys.stdin.isatty() and sys.stdout.isatty():
        from qdrant_model_migration.commands.wizard import wizard

        obj = ctx.obj or {}
        code = wizard(
            plain=plain or obj.get("plain", False),
            ascii_signs=obj.get("ascii", False),
            practice=True,
        )
        _say_where(sandbox)
        return code
    return _alone(sandbox, points, change)


def _say_where(sandbox: Sandbox) -> None:
    """For who goes on by commands; nothing where no practice Qdrant was made."""
    from qdrant_model_migration.sandbox import ALIAS

    folder = str(sandbox.address.folder)
    if Path(folder).is_dir():
        plan = qmm("plan", ALIAS, flags=("--url", folder))
        click.echo(f"The practice Qdrant is {folder}; to plan there by a command: {plan}")


def _alone(sandbox: Sandbox, points: int, change: str) -> int:
    """The trip without questions: every answer as suggested, every gate opened and said."""
    from qdrant_model_migration.engine import create_run, give_consent, start
    from qdrant_model_migration.steps.gate import Gate

    click.echo("Practice: nothing here is real, so every question is answered as suggested.")
    sandbox.reset()
    sandbox.prepare(points, on_progress=_progress)
    _say_where(sandbox)
    plan = _plan(sandbox, change)
    folder = create_run(plan)
    click.echo(f"Run {folder.name}: {len(plan.steps)} steps, into {folder}")
    while True:
        start(folder)
        seen = watch(folder, stop_on_interrupt=True)
        if seen.state != "waiting" or seen.gate is None:
            break
        gate = Gate.model_validate(seen.gate)
        click.echo(f"Gate: {gate.title}. On your own server you decide here; practice says yes.")
        give_consent(
            folder,
            gate.name,
            {ask.key: ask.expect if ask.kind == "typed" else "yes" for ask in gate.asks},
        )
    if seen.state != "done":
        from qdrant_model_migration.commands.follow import ending

        return ending(seen)
    _ending(seen, folder)
    return 0


def _plan(sandbox: Sandbox, change: str) -> Plan:
    from qdrant_model_migration.advice import (
        ModelChoice,
        advise,
        answer_all,
        tried_unasked,
        try_speed,
    )
    from qdrant_model_migration.advice.make_plan import make_plan
    from qdrant_model_migration.embedders import reach
    from qdrant_model_migration.plan import acknowledge
    from qdrant_model_migration.qdrant import open_qdrant
    from qdrant_model_migration.sandbox import COLLECTION
    from qdrant_model_migration.survey import survey

    with open_qdrant(sandbox.address) as qdrant:
        found = survey(qdrant, COLLECTION)
        choices = [ModelChoice(model, reach(model)) for model in (sandbox.new_model(),)]
        answers = answer_all(found, sandbox.answers(change), choices)
        advice = advise(found, answers)
        strategy = advice.recommended
        assert strategy is not None, "practice always has a strategy that fits"
        model = tried_unasked(found, answers, strategy)
        speed = try_speed(qdrant, found, answers, model) if model is not None else None
    plan = make_plan(found, answers, strategy, speed=speed)
    click.echo(f"Survey: {found.points.value:,} points in {found.collection}.")
    click.echo(f"Strategy: {strategy.title}: {'; '.join(advice.because)}.")
    for warning in plan.must_accept:
        click.echo(f"Warning {warning} is acknowledged for practice.")
    return acknowledge(plan, plan.must_accept)


def _progress(what: str, done: int, total: int) -> None:
    if done == total:
        click.echo(f"{what}: done.")


def _ending(seen: RunView, folder: Path) -> None:
    facts, verdict = seen.facts, seen.verdict or {}
    switched = facts["switched"]
    click.echo("")
    click.echo(f"{switched['alias']} now answers from {switched['to']}, not {switched['from']}.")
    judged = verdict.get("judgement")
    if judged and judged.get("old") is not None:
        click.echo(
            f"Verdict {verdict['word']}: {verdict['reason']}. "
            f"{judged['metric']} {judged['old']:.3f} → {judged['new']:.3f}, "
            f"{judged['n']} queries."
        )
        for part in judged["parts"]:
            found = f"{part['old']:.3f} → {part['new']:.3f}, {part['n']} queries"
            click.echo(f"  {part['part']}: {found}.")
    else:
        click.echo(f"Verdict {verdict.get('word')}: {verdict.get('reason')}.")
    late = sum(facts.get("caught_up") or ()) + (facts.get("swept") or 0)
    click.echo(
        f"{words.plural(late, 'write')} made meanwhile carried over; "
        f"{words.plural(seen.dead_letters, 'dead letter')}."
    )
    application = seen.application or {}
    if application.get("text"):
        click.echo(application["text"])
    click.echo("What an application would change:")
    for line in change_lines(seen):
        click.echo(line)
    click.echo(f"Practice finished. Nothing real was touched. Report: {folder / 'report.md'}")
