"""What a gate asks for can be given without a screen."""

from __future__ import annotations

import ast
from pathlib import Path

import click
import pytest

from qdrant_model_migration import cli, steps
from qdrant_model_migration.steps import Step, step_kinds

STEPS = sorted(Path(steps.__file__).parent.glob("*.py"))


def options_of(command: str) -> set[str]:
    found = cli.qmm.get_command(click.Context(cli.qmm), command)
    assert found is not None
    return {name for option in found.params for name in option.opts}


@pytest.mark.parametrize("kind", step_kinds(), ids=lambda kind: kind.name())
def test_every_flag_of_a_gate_is_one_of_the_command_that_opens_it(kind: type[Step]) -> None:
    verbs = ["run", "resume"] if kind.planned else [kind.name()]
    flags = {flag.name for gate in kind.gates for flag in gate.flags}
    for verb in verbs:
        assert flags <= options_of(verb)


def test_every_ask_that_a_gate_declares_can_be_given_by_a_flag() -> None:
    for kind in step_kinds():
        for gate in kind.gates:
            flags = {flag.name for flag in gate.flags}
            assert all({ask.flag} <= flags for ask in gate.asks if ask.kind != "choice"), gate


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_a_step_asks_only_for_what_it_declares(path: Path) -> None:
    """An Ask that is made by hand would have a flag that no command knows."""
    if path.stem == "gate":
        return
    calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
    named = [call.func.id for call in calls if isinstance(call.func, ast.Name)]
    assert "Ask" not in named


def test_the_flags_of_runs_are_those_of_the_planned_steps() -> None:
    assert options_of("resume") >= {"--cutover", "--without-proof", "--start", "--keep", "--undo"}
    assert not options_of("resume") & {"--delete", "--yes", "--drop-conflicts"}


def test_the_list_of_commands_names_each_added_step_once() -> None:
    """It is read from the first lines of their files, since importing them takes too long."""
    adding = [kind.name() for kind in steps.added_kinds()]
    listed = [*cli.COMMANDS, *cli.added_commands()]
    assert sorted(set(listed)) == sorted(listed)
    assert set(cli.added_commands()) == {*adding} - {*cli.COMMANDS}
    assert set(adding) <= set(listed)


def test_the_help_of_a_step_without_a_manual_is_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = steps.added_kind("rollback")
    assert kind is not None
    monkeypatch.setattr(kind, "manual", "")
    command = cli.qmm.get_command(click.Context(cli.qmm), kind.name())
    assert command is not None
    assert command.help == cli.added_commands()[kind.name()]
