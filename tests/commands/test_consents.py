"""What a gate asks for can be given without a screen."""

from __future__ import annotations

import ast
from pathlib import Path

import click
import pytest

from qdrant_model_migration import cli, steps
from qdrant_model_migration.steps.gate import OWN_COMMAND

STEPS = sorted(Path(steps.__file__).parent.glob("*.py"))


def flags_of(path: Path) -> set[str]:
    """The flags that the asks of a step name, as they stand in its source; a choice is told by its
    values, which are the first words of pairs."""
    found = set[str]()
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        named = {word.arg: word.value for word in call.keywords}
        if call.func.id == "Ask" and isinstance(flag := named.get("flag"), ast.Constant):
            found.add(flag.value)
        if call.func.id == "Ask" and isinstance(choices := named.get("choices"), ast.Tuple):
            found |= {f"--{ast.literal_eval(pair)[0]}" for pair in choices.elts}
        if call.func.id == "typed_collection" and isinstance(call.args[-1], ast.Constant):
            found.add(call.args[-1].value)
    return found


def options_of(command: str) -> set[str]:
    found = cli.qmm.get_command(click.Context(cli.qmm), command)
    assert found is not None
    return {name for option in found.params for name in option.opts}


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_every_flag_of_a_gate_is_one_of_the_command_that_opens_it(path: Path) -> None:
    verbs = [path.stem] if path.stem in OWN_COMMAND else ["run", "resume"]
    for verb in verbs:
        assert flags_of(path) <= options_of(verb)


def test_the_flags_are_found_where_they_stand() -> None:
    found = set[str]().union(*map(flags_of, STEPS))
    assert {"--cutover", "--without-proof", "--delete", "--start", "--keep", "--undo"} <= found
