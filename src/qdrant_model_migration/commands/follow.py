"""Carry a run on and watch it in the terminal: progress, log lines, gates, and how it ended."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qdrant_model_migration import words
from qdrant_model_migration.commands.connecting import server_flags
from qdrant_model_migration.engine import (
    RunView,
    Watch,
    at_added,
    give_consent,
    start,
    steer,
    summarize,
    take_back,
    view,
)
from qdrant_model_migration.engine.errors import RunNotGoing
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.exit_codes import DONE, FAILED, STOPPED, WAITS
from qdrant_model_migration.shell import qmm, to_fill_in

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

POLL = 0.2
EXIT_CODES = {"waiting": WAITS, "stopped": STOPPED}


def carry_on(
    folder: Path,
    flags: Mapping[str, str],
    key: Mapping[str, str],
    *,
    extra: str | None = None,
    given: Mapping[str, Any] | None = None,
    asks: bool = True,
    going: bool = False,
) -> int:
    """Start the engine, watch it, open the gates that `flags` open; returns the exit code.

    key: what the engine gets in its environment. asks: also at the gate that switches. going: an
    engine carries it out already.

    In a terminal a gate that no flag opens is asked for; without one nothing is asked.
    """
    left = dict(flags)
    while True:
        if not going:
            start(folder, key, extra=extra, given=given)
        extra, given, going = None, None, False
        seen = watch(folder, stop_on_interrupt=True)
        if not asks and seen.at_verdict:
            return say_shortly(seen)
        seen = _with_the_others(seen)
        answers = answers_for(seen, left)
        if answers is None:
            code = ending(seen)
            if at_added(seen):  # and it was not confirmed: the run stands where it stood
                take_back(folder, key)
            return code
        assert seen.gate is not None
        try:
            give_consent(folder, seen.gate["name"], answers)
        except QmmError:
            if at_added(seen):
                take_back(folder, key)
            raise
        left = {}


def answers_for(seen: RunView, flags: Mapping[str, str]) -> dict[str, str] | None:
    """What opens the gate that the run waits at; None where it stays shut."""
    if seen.state != "waiting" or seen.gate is None:
        return None
    from qdrant_model_migration.steps.gate import Gate

    gate = Gate.model_validate(seen.gate)
    if gate.before:
        return None
    answers = gate.given_by(flags)
    if not (missing := gate.missing(answers)):
        return answers
    if answers:
        for ask in missing:
            click.echo(f"Still missing: {ask.label}.", err=True)
            if ask.key in answers:
                wanted = f"it has to be {ask.least} or more" if ask.least else f"it is {ask.expect}"
                click.echo(f"You gave {answers[ask.key]}, {wanted}.", err=True)
        return None
    if sys.stdin.isatty() and sys.stdout.isatty():
        from qdrant_model_migration.plain.gates import ask_gate

        return ask_gate(gate)
    return None


def watch(folder: Path, *, stop_on_interrupt: bool) -> RunView:
    """Show the run until no engine carries it out. Ctrl+C stops it cleanly, or only this window:
    then what comes back may still be live."""
    from rich.console import Console

    console = Console(stderr=True)
    watch = Watch(folder)
    shown, stopping = _last_event(watch.look()), False
    try:
        with _bars(console) as bars:
            task: tuple[int, TaskID] | None = None
            while True:
                try:
                    seen = watch.look()
                    shown = _print_events(console, seen, shown)
                    task = _move_bar(bars, seen, task)
                    if not seen.live:
                        return seen
                    time.sleep(POLL)
                except KeyboardInterrupt:
                    if not stop_on_interrupt:
                        return watch.look()
                    if not stopping:
                        takes = watch.look().stop_takes
                        with suppress(RunNotGoing):  # it has just ended by itself
                            steer(folder, "stop")
                            console.print(f"Stopping: what is on its way is finished, {takes}.")
                    stopping = True
    finally:
        watch.close()


def ending(seen: RunView) -> int:
    """Say in a line or two what happened and what comes next; returns the exit code."""
    if seen.live:
        click.echo(f"The run goes on. It is shown again by: {qmm('attach', seen.folder.name)}")
        return 0
    if seen.error:  # of this session; a refused rollback or cleanup leaves the run as it was
        for part in ("what", "why", "todo"):
            if seen.error.get(part):
                click.echo(seen.error[part], err=True)
        if seen.state == "failed":
            click.echo(next_of(seen), err=True)
        return FAILED
    if seen.state == "waiting" and seen.gate:
        from qdrant_model_migration.steps import gate_kind
        from qdrant_model_migration.steps.gate import Gate

        gate = Gate.model_validate(seen.gate)
        click.echo(f"Waiting for you: {gate.title}")
        for line in gate.says:
            click.echo(f"  {line}")
        if gate.before:
            click.echo("First:")
            for said, _ in gate.before:
                click.echo(f"  {said}")
        elif gate_kind(gate.name).switches:
            _say_changes(seen, "In your application, at the same moment:")
    elif seen.state == "stopped":
        click.echo("Stopped. Everything confirmed is kept.")
    elif seen.state == "done":
        switched = seen.facts.get("switched")
        if switched:
            from qdrant_model_migration.steps.switches import recalled

            click.echo(f"{recalled(switched).answers} from {switched['to']} now.")
            _say_changes(seen, "Your application has to change with it:")
        _say_others(seen)
        click.echo(f"Done. Report: {seen.folder / 'report.md'}")
    else:
        click.echo(f"{summarize(seen).title}.")
        _say_others(seen)
    if line := next_of(seen):
        click.echo(line)
    return DONE if seen.finished else EXIT_CODES.get(seen.state, FAILED)


def _with_the_others(seen: RunView) -> RunView:
    """The run, once those that go with it have switched, or gone back, too; Ctrl+C is enough of it,
    and stops none."""
    there = "switched" if seen.facts.get("switched") else "over"
    with suppress(KeyboardInterrupt):
        while seen.finished and any(one.live and one.stands != there for one in seen.with_it):
            time.sleep(POLL)
            seen = view(seen.folder)
    return seen


def _say_others(seen: RunView) -> None:
    for one in seen.with_it:
        click.echo(f"With it: {one.collection}, {one.says}.")


def say_shortly(seen: RunView) -> int:
    """One line of a run that waits for others; returns the exit code."""
    click.echo(in_one_line(seen))
    return EXIT_CODES.get(seen.state, FAILED)


def next_of(seen: RunView) -> str:
    """The commands that go on with a run, a line each; of one that is over what is left to do."""
    named = " ".join(["", *map(shlex.quote, server_flags(seen.card.server))])
    todo = [  # a plan is made with --url
        (text, how + named if how and " plan " not in how else how)
        for _, text, how in summarize(seen).todo
    ]
    if seen.finished:
        lines = [f"  {text}: {how}" if how else f"  {text}" for text, how in todo]
        return "\n".join(["Still to do:", *lines]) if lines else ""
    commands = ("\n      ".join([how, *to_fill_in(how)]) for _, how in todo if how)
    said = "\n  or: ".join(commands)
    return f"Next: {said}" if said else ""


def change_lines(seen: RunView) -> list[str]:
    """What the application changes at the cutover, one line each."""
    from qdrant_model_migration.engine import change_lines as change

    rows = change.of(seen.facts)
    return [f"  {what:<16}{said}" for what, said in change.in_words(rows)]


def _say_changes(seen: RunView, title: str) -> None:
    if lines := change_lines(seen):
        click.echo("\n".join([title, *lines]))


def in_one_line(seen: RunView) -> str:
    """docs-0314 RUNNING backfill 63,220/120,482 52 % 58 points/s 17 min left"""
    held = seen.held or (seen.slowed or {}).get("why")
    parts = [seen.folder.name, f"{seen.state.upper()} ({held})" if held else seen.state.upper()]
    step = seen.steps[seen.step] if seen.step is not None else None
    if seen.state == "waiting" and seen.gate:
        parts.append(seen.gate["title"])
    elif step is not None and not seen.finished:
        parts.append(step.name)
        if step.done is not None and step.total:
            parts.append(f"{step.done:,}/{step.total:,}")
            if step.percent is not None:
                parts.append(f"{step.percent} %")
            if step.rate:
                left = (step.total - step.done) / step.rate
                parts += [f"{step.rate:,.0f} {step.unit}/s", f"{words.duration(left)} left"]
    return "  ".join([*parts, seen.what])


def _bars(console: Console) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TextColumn("{task.fields[took]}", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _move_bar(
    bars: Progress, seen: RunView, task: tuple[int, TaskID] | None
) -> tuple[int, TaskID] | None:
    if seen.step is None:
        return task
    step = seen.steps[seen.step]
    if task is None or task[0] != seen.step:
        if task is not None:
            bars.remove_task(task[1])
        task = (seen.step, bars.add_task(step.title, total=step.total, rate="", took=""))
    rate = f"{step.rate:,.0f} {step.unit}/s" if step.rate else ""
    took = "paused" if seen.state == "paused" else words.duration(step.seconds)
    fields: dict[str, Any] = {"rate": rate, "took": took}
    known = step.total if step.share is not None else None  # else the bar would go back
    bars.update(task[1], completed=step.done or 0, total=known, **fields)
    return task


def _last_event(seen: RunView) -> int:
    return max((event.id for event in seen.events), default=0)


def _print_events(console: Console, seen: RunView, after: int) -> int:
    from rich.text import Text

    for event in seen.events:
        if event.id > after:
            console.print(Text(f"{_clock(event.at)}  {event.text}"), soft_wrap=True)
            after = event.id
    return after


def _clock(at: str) -> str:
    from qdrant_model_migration.engine import local

    return f"{local(at):%H:%M:%S}"
