"""Finds the commands in what is printed, and parses them as `qmm` does, without carrying them out.

In a sentence a command ends where the sentence goes on: at a sign of punctuation, or at one of
GOES_ON. A word that is neither belongs to the command, and has to parse.
"""

from __future__ import annotations

import ast
import io
import re
import shlex
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

import click

from qdrant_model_migration import cli

GOES_ON = {
    "again", "and", "asks", "brings", "deletes", "frees", "gets", "goes", "has", "lists", "makes",
    "or", "says", "sets", "shows", "switches", "takes", "then", "writes",
}  # fmt: skip
ANY = "0"  # stands for a value that is known only when the program runs: any text or number


def parse(command: str) -> None:
    """Raises click.UsageError where `qmm` would not understand the command."""
    words = shlex.split(command)
    assert words[0] == "qmm", command
    with suppress(click.exceptions.Exit), redirect_stdout(io.StringIO()):  # --help, --version
        parsed(words[1:])


def parsed(words: Sequence[str]) -> dict[str, Any]:
    """The parameters that the command of these words would be called with."""
    with cli.qmm.make_context("qmm", list(words)) as ctx:
        rest = [*ctx._protected_args, *ctx.args]
        if not rest:
            return ctx.params
        name, found, more = cli.qmm.resolve_command(ctx, rest)
        assert found is not None, words
        with found.make_context(name, more, parent=ctx) as inner:
            return inner.params


def in_words(text: str) -> Iterator[str]:
    """The commands in sentences: those in backticks whole, others as far as they go."""
    for line in text.split("\n"):
        for match in re.finditer(r"(?<![\w/-])(?<!of )qmm (?!does )(?=[a-z-])", line):
            rest = line[match.start() :]
            if line[: match.start()].endswith("`"):
                yield rest.split("`")[0]
            else:
                yield _as_far_as_it_goes(rest)


def _as_far_as_it_goes(text: str) -> str:
    taken: list[str] = []
    for word in re.split(r"(?: {2,}| \||,|;|: |\. |\.$|\)|`)", text)[0].split(" "):
        if word in GOES_ON:
            break
        taken.append(word)
    return " ".join(taken)


def in_document(text: str) -> Iterator[str]:
    """The commands of a Markdown file: lines of code that begin with qmm, and those in words."""
    code = False
    for line in text.split("\n"):
        if line.startswith("```"):
            code = not code
        elif code:
            for part in re.sub(r"(^| )#.*", "", line).split("&&"):
                if part.strip().startswith("qmm "):
                    yield part.strip()
        else:
            yield from in_words(line)


def in_source(path: Path) -> Iterator[tuple[int, str]]:
    """The commands in the strings of a module, with their lines; docstrings are not printed."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "qmm":
            if (made := _called(node)) is not None:
                yield node.lineno, made
        elif isinstance(node, ast.JoinedStr):
            for command in in_words("".join(map(_piece, node.values))):
                yield node.lineno, command
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and not (id(node) in silent or id(node) in inside)
        ):
            for command in in_words(node.value):
                yield node.lineno, command


def _piece(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    called = part.value
    if isinstance(called, ast.Call) and isinstance(called.func, ast.Name):
        return "" if called.func.id == "qmm" else ANY  # looked at by itself
    return ANY


def _called(call: ast.Call) -> str | None:
    """The command that this call makes; None where its name or its flags are known only when it
    runs."""
    if not (call.args and isinstance(call.args[0], ast.Constant)):
        return None
    words = [_word(word) for word in call.args]
    for keyword in call.keywords:
        if not isinstance(keyword.value, ast.Tuple | ast.List):
            return None
        words += [_word(word) for word in keyword.value.elts]
    return f"qmm {shlex.join(words)}"


def _word(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ANY
