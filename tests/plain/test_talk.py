"""What is said reaches a line printer, and the words that always work do."""

from __future__ import annotations

import pytest

from qdrant_model_migration.pages.page import Page, Says
from qdrant_model_migration.plain import page_lines
from qdrant_model_migration.plain.paragraph import WIDTH, plainly
from qdrant_model_migration.plain.talk import Back, Leave
from support.script import Spoken, ctrl_c


def test_signs_are_words_and_control_characters_are_gone() -> None:
    assert plainly("docs → docs_new   ✓\x1b[31m red\x07") == "docs to docs_new yes [31m red"


def test_no_line_is_longer_than_a_terminal() -> None:
    talk = Spoken()
    talk.say("many words " * 40, indent=4, hang=2)
    assert max(map(len, talk.heard.splitlines())) <= WIDTH


def test_why_and_a_question_mark_say_the_same_and_ask_again() -> None:
    talk = Spoken(("Number", "why"), ("Number", "?"), ("Number", "7"))
    assert talk.ask("Number:", tells={"why": lambda: talk.say("Because.")}) == "7"
    assert talk.flat == "Because. Because."


@pytest.mark.parametrize("word", ["back", "BACK", " back "])
def test_back_is_understood_in_any_case(word: str) -> None:
    with pytest.raises(Back):
        Spoken(("Number", word)).ask("Number:")


def test_leave_and_ctrl_c_both_leave_and_are_told_apart() -> None:
    with pytest.raises(Leave) as by_word:
        Spoken(("Number", "leave")).ask("Number:")
    with pytest.raises(Leave) as by_key:
        Spoken(("Number", ctrl_c)).ask("Number:")
    assert not by_word.value.interrupted
    assert by_key.value.interrupted


@pytest.mark.parametrize("wrong", ["0", "4", "-1", "1.5", "two", "²"])
def test_a_number_that_is_not_in_the_list_is_asked_again(wrong: str) -> None:
    talk = Spoken(("Number", wrong), ("Number", "3"))
    assert talk.number("Number:", 3) == 2
    assert "Type a number from 1 to 3." in talk.flat


def test_a_title_that_stands_above_the_first_words_is_said_once() -> None:
    page = Page("Practice", (Says(("A Qdrant in a folder.",), "Practice"),))
    assert page_lines.printed(page).split("\n") == ["Practice.", "A Qdrant in a folder."]
    another = page._replace(title="Before it")
    assert page_lines.printed(another).split("\n")[:2] == ["Before it.", "Practice."]
