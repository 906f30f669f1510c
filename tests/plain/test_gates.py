"""What opens a gate, and what leaves it shut."""

from __future__ import annotations

import pytest

from qdrant_model_migration.plain.gates import ask_gate
from qdrant_model_migration.steps.gate import Ask, Gate
from qdrant_model_migration.steps.sisters import SWITCH, Sister
from support.script import Spoken, ctrl_c

CUTOVER = Gate(
    name="cutover",
    title="Cutover: switch the alias docs",
    says=("Now      docs → docs_old", "After    docs → docs_new"),
    asks=(
        Ask(key="model", kind="tick", label="The application changes too", flag="--cutover"),
        Ask(key="alias", kind="typed", label="Type the alias name", expect="docs"),
    ),
    button="Switch docs",
)
CHOICE = Gate(
    name="keep",
    title="Keep or undo",
    says=(),
    asks=(Ask(key="what", kind="choice", label="Which", choices=(("keep", "A"), ("undo", "B"))),),
    button="Go on",
)


def test_everything_typed_exactly_opens_it() -> None:
    talk = Spoken(("Type yes", "yes"), ("Type docs", "docs"))
    assert ask_gate(CUTOVER, talk) == {"model": "yes", "alias": "docs"}
    assert "Now: docs to docs_old" in talk.flat


@pytest.mark.parametrize("typed", ["doc", "DOCS", "docs ", " docs", "docs_new", "yes"])
def test_another_name_does_not_open_it_and_is_said(typed: str) -> None:
    talk = Spoken(("Type yes", "yes"), ("Type docs", typed), ("Type docs", ""))
    assert ask_gate(CUTOVER, talk) is None
    assert f"You typed '{typed}'" in talk.flat
    assert "it has to be docs." in talk.flat
    assert "Nothing was changed." in talk.flat


@pytest.mark.parametrize("way_out", ["", "back", "leave", "no"])
def test_enter_back_and_leave_leave_it_shut(way_out: str) -> None:
    assert ask_gate(CUTOVER, Spoken(("Type yes", "yes"), ("Type docs", way_out))) is None
    assert ask_gate(CUTOVER, Spoken(("Type yes", way_out))) is None


def test_ctrl_c_leaves_it_shut() -> None:
    assert ask_gate(CUTOVER, Spoken(("Type yes", "yes"), ("Type docs", ctrl_c))) is None


def test_a_tick_wants_the_whole_word_yes() -> None:
    talk = Spoken(("Type yes", "y"), ("Type yes", ""))
    assert ask_gate(CUTOVER, talk) is None
    assert "You typed 'y'; it has to be yes." in talk.flat


def test_an_alias_named_back_can_still_be_typed() -> None:
    asks = (Ask(key="alias", kind="typed", label="Name", expect="back"),)
    gate = CUTOVER.model_copy(update={"asks": asks})
    assert ask_gate(gate, Spoken(("Type back", "back"))) == {"alias": "back"}


def test_a_choice_is_made_by_number() -> None:
    talk = Spoken(("Number", "3"), ("Number", "2"))
    assert ask_gate(CHOICE, talk) == {"what": "undo"}
    assert "3 is none of them." in talk.flat
    assert ask_gate(CHOICE, Spoken(("Number", ""))) is None
    assert ask_gate(CHOICE, Spoken(("Number", "back"))) is None


LIMIT = Gate(
    name="token_limit",
    title="The limit of 100 tokens is reached",
    says=(),
    asks=(Ask(key="limit", kind="number", label="Tokens in all", expect="150", least=101),),
    button="Go on",
)


def test_a_number_is_asked_until_it_is_large_enough_and_enter_leaves_it() -> None:
    talk = Spoken(("whole number from 101 on", "100"), ("whole number from 101 on", "200"))
    assert ask_gate(LIMIT, talk) == {"limit": "200"}
    assert "Tokens in all (for example 150)." in talk.flat
    assert "You typed '100'; it has to be a whole number from 101 on." in talk.flat
    assert ask_gate(LIMIT, Spoken(("whole number", ""))) is None


def test_one_that_others_hold_up_asks_nothing_and_says_what_leads_there() -> None:
    late = ("more: stopped at Backfill", "qmm resume more-1")
    talk = Spoken()
    assert ask_gate(CUTOVER.model_copy(update={"before": (late,)}), talk) is None
    assert "more: stopped at Backfill." in talk.flat
    assert "qmm resume more-1" in talk.flat


def test_what_goes_along_is_allowed_by_its_name() -> None:
    ready = Sister("my docs", "there", "ready, GO", "more-1", verdict="GO")
    talk = Spoken(("Type yes", "yes"), ("Type yes", "yes"), ("Type docs", "docs"))
    assert ask_gate(SWITCH.gate(CUTOVER, (ready,)), talk) == {
        "model": "yes",
        "with my docs": "yes",
        "alias": "docs",
    }
    assert "my docs goes with it." in talk.flat
