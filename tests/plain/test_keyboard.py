"""The real questionary, fed through a pipe: what is typed arrives, and nothing is coloured."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.output.vt100 import Vt100_Output

from qdrant_model_migration.plain.gates import ask_gate
from qdrant_model_migration.plain.keyboard import Keyboard
from qdrant_model_migration.plain.talk import Back, Leave, Talk
from qdrant_model_migration.steps.gate import Ask, Gate


@pytest.fixture
def typing() -> Iterator[PipeInput]:
    with create_pipe_input() as pipe:
        yield pipe


def talk_with(pipe: PipeInput) -> tuple[Talk, io.StringIO]:
    paper = io.StringIO()
    return Talk(Keyboard(pipe, DummyOutput()), paper), paper


def test_words_numbers_and_secrets_arrive(typing: PipeInput) -> None:
    talk, paper = talk_with(typing)
    typing.send_text("why\r 9\r2\rs3cret\ryes\r\r")
    picked = talk.number("Number, or back:", 3, tells={"why": lambda: talk.say("Because.")})
    assert picked == 1
    assert talk.hidden("API key:") == "s3cret"
    assert talk.confirm("Start this run?") is True
    assert talk.confirm("Start this run?") is False
    assert paper.getvalue().startswith("Because.\n9 is none of them.")


@pytest.mark.parametrize(("keys", "way"), [("back\r", Back), ("leave\r", Leave), ("\x03", Leave)])
def test_back_leave_and_ctrl_c(typing: PipeInput, keys: str, way: type[Exception]) -> None:
    talk, _ = talk_with(typing)
    typing.send_text(keys)
    with pytest.raises(way):
        talk.ask("Number:")


def test_the_end_of_the_input_leaves(typing: PipeInput) -> None:
    talk, _ = talk_with(typing)
    typing.send_text("\x04")
    with pytest.raises(Leave):
        talk.ask("Number:")


def test_a_gate_is_opened_by_the_exact_name_alone(typing: PipeInput) -> None:
    asks = (Ask(key="alias", kind="typed", label="Type the alias name", expect="docs"),)
    gate = Gate(name="cutover", title="Switch", says=(), asks=asks, button="Switch")
    talk, paper = talk_with(typing)
    typing.send_text("doc\rdocs\r")
    assert ask_gate(gate, talk) == {"alias": "docs"}
    assert "You typed 'doc'; it has to be docs." in paper.getvalue()


def test_prompts_have_no_colour_and_do_not_begin_with_a_blank(typing: PipeInput) -> None:
    screen = io.StringIO()
    output = Vt100_Output(screen, lambda: Size(rows=24, columns=80), term="xterm-256color")
    keyboard = Keyboard(typing, output)
    typing.send_text("1\rx\ry\r")
    keyboard.text("Number, or back, leave:")
    keyboard.hidden("API key, not shown:")
    keyboard.confirm("Start this run?")
    drawn = screen.getvalue()
    coloured = [code for code in ("[3", "[4", "[9", "[1m", "[38;", "[0;1", "[0;3", "[0;9")
                if f"\x1b{code}" in drawn.replace("\x1b[0m", "")]  # fmt: skip
    assert not coloured, repr(drawn)
    assert "Number, or back, leave:" in drawn
    assert "\x1b[6n" not in drawn
