"""Every command that the program prints is one that it understands, whatever names stand in it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import click
import pytest

import qdrant_model_migration
from qdrant_model_migration import cli
from qdrant_model_migration.commands.consents import given
from qdrant_model_migration.engine import run_here
from qdrant_model_migration.shell import qmm
from qdrant_model_migration.steps import Ask, Gate, Step, StepContext, StepText, Waiting
from qdrant_model_migration.steps.ways import ways
from support.fake_run import DEEDS, Fake, Fill, job, make_run
from support.printed import in_document, in_source, in_words, parse, parsed

PACKAGE = Path(qdrant_model_migration.__file__).parent
ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = (
    "my docs", "#1", "docs#1", "it's", '"quoted"', "-x", "--cutover", "$HOME", "*", "`ls`", "a;b",
    "a && b", "größe", "(docs)", "back\\slash", "two\nlines", "esc\x1b[0m",
)  # fmt: skip


def in_bash(command: str) -> list[str]:
    """The words that a shell hands to qmm."""
    script = f"qmm() {{ printf '%s\\0' \"$@\"; }}; {command}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True)
    assert not done.stderr, command
    return done.stdout.decode().split("\0")[:-1]


def test_every_command_in_the_sources_is_understood() -> None:
    wrong = []
    found = 0
    for path in sorted(PACKAGE.rglob("*.py")):
        for line, command in in_source(path):
            found += 1
            try:
                parse(command)
            except click.UsageError as error:
                wrong.append(f"{path.name}:{line}: {command}: {error.format_message()}")
    assert not wrong, "\n".join(wrong)
    assert found > 40


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_in_the_documents_is_understood(path: Path) -> None:
    for command in in_document(path.read_text(encoding="utf-8")):
        parse(command)


@pytest.mark.parametrize("name", cli.commands())
def test_every_command_in_the_help_is_understood(name: str) -> None:
    command = cli.qmm.get_command(click.Context(cli.qmm), name)
    assert command is not None
    wide = click.Context(command, info_name=f"qmm {name}", terminal_width=1000)
    for line in in_words(command.get_help(wide)):
        if not line.startswith(f"qmm {name} [OPTIONS]"):
            parse(line)


def test_a_sentence_with_a_command_that_lacks_its_run_is_found_out() -> None:
    (command,) = in_words("docs_old is kept: qmm rollback switches back.")
    with pytest.raises(click.UsageError):
        parse(command)


# --- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_name_reaches_the_command_as_it_is(name: str) -> None:
    assert in_bash(qmm("inspect", name))[-1] == name
    assert parsed(in_bash(qmm("inspect", name)))["collection"] == name
    words = in_bash(qmm("resume", name, flags=("--cutover", name)))
    assert (parsed(words)["run"], parsed(words)["cutover"]) == (name, name)
    assert qmm("resume", name, flags=("--cutover", name)).isprintable()


def gate(name: str = "cutover", expect: str = "docs") -> Gate:
    tick = Ask(key="model", kind="tick", label="", flag="--cutover")
    words = Ask(key="w", kind="typed", label="", expect="without proof", flag="--without-proof")
    flag = "--delete" if name == "cleanup" else "--cutover"
    alias = Ask(key="a", kind="typed", label="", expect=expect, flag=flag, named=True)
    asks = (tick, words, alias) if name == "cutover" else (alias,)
    return Gate(name=name, title=f"Switch {expect}", says=(), asks=asks, button="")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["cutover", "rollback", "cleanup"])
def test_the_command_of_a_gate_opens_it(name: str, kind: str) -> None:
    asked = gate(kind, name)
    (way,) = ways(asked, "docs-1124")
    words = in_bash(way.command)
    assert words[:2] == [{"cutover": "resume"}.get(kind, kind), "docs-1124"]
    assert asked.missing(asked.given_by(given(parsed(words)))) == ()


def test_a_choice_is_a_command_for_each() -> None:
    choices = (("keep", "Keep it"), ("undo", "Undo it"))
    ask = Ask(key="choice", kind="choice", label="", choices=choices)
    asked = Gate(name="keep_or_undo", title="", says=(), asks=(ask,), button="")
    found = ways(asked, "r")
    assert [way.command for way in found] == ["qmm resume r --keep", "qmm resume r --undo"]
    for way, (value, label) in zip(found, choices, strict=True):
        assert way.label == label
        flags = given(parsed(in_bash(way.command)))
        assert asked.given_by(flags) == {"choice": value}


# --- reports ----------------------------------------------------------------------------------


def spans(text: str) -> list[str]:
    """What stands between backticks in a line of Markdown, however many there are."""
    import re

    return [found[1].strip() for found in re.findall(r"(`+)(.+?)\1(?!`)", text)]


class At(Step):
    """Waits at a gate for good."""

    step: str = "at"
    kind: str
    expect: str

    def text(self, move: Any) -> StepText:
        return StepText("At a gate", "nothing", "not needed")

    def apply(self, ctx: StepContext) -> None:
        raise Waiting(gate(self.kind, self.expect))


@pytest.mark.parametrize("name", [name for name in NAMES if name.isprintable()])
@pytest.mark.parametrize("kind", ["cutover", "rollback", "cleanup"])
def test_the_commands_of_a_report_are_understood(tmp_path: Path, name: str, kind: str) -> None:
    folder = make_run(tmp_path / "runs", alias=name)
    run_here(folder, job_of=job(Fill(), At(kind=kind, expect=name)))
    text = (folder / "report.md").read_text()
    todo = [line for line in text.splitlines() if line.startswith("- [ ] ")]
    assert in_bash(spans(todo[0])[-1]) == in_bash(ways(gate(kind, name), folder.name)[0].command)
    for line in todo:
        assert parsed(in_bash(spans(line)[-1]))["run"] == folder.name


def test_the_commands_of_a_run_that_is_done_or_failed_name_the_run(tmp_path: Path) -> None:
    switched = {"alias": "docs", "from": "docs_old", "to": "docs_new"}
    DEEDS["switch"] = lambda ctx: ctx.remember("switched", switched)
    for number, does in enumerate(("switch", "unknown")):
        folder = make_run(tmp_path / "runs", plan=f"plan {number}", collection=f"docs {number}")
        run_here(folder, job_of=job(Fill(), Fake(does=does)))
        text = (folder / "report.md").read_text()
        commands = [c for c in spans(text) if c.startswith("qmm ")]
        assert commands
        for command in commands:
            assert parsed(in_bash(command))["run"] == folder.name
    del DEEDS["switch"]


def test_a_folder_of_runs_that_was_typed_is_typed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("QMM_RUN_DIR", "QMM_RUN_DIR_TYPED"):
        monkeypatch.setenv(name, "")  # so that what the command sets does not outlive the test
    runs = tmp_path / "my runs"
    folder = make_run(runs)
    run_here(folder, job_of=job(Fill(), At(kind="cutover", expect="docs")))
    assert cli.run(["--run-dir", str(runs), "status", folder.name]) == 0
    (said,) = (x for x in capsys.readouterr().out.split("\n") if x.startswith("Next: "))
    words = in_bash(said.removeprefix("Next: "))
    assert words[:4] == ["--run-dir", str(runs), "resume", folder.name]
    assert parsed(words)["cutover"] == "docs"
    monkeypatch.setenv("QMM_RUN_DIR", str(runs))  # as the shell has it
    monkeypatch.setenv("QMM_RUN_DIR_TYPED", "")
    assert cli.run(["status", folder.name]) == 0
    assert f"Next: qmm resume {folder.name}" in capsys.readouterr().out
