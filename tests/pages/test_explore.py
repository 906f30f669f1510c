"""Explore: every fact is typed or turned, the recommendation follows, and all of it is a page."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.advice import (
    BY_KEY,
    SWITCHES,
    ModelChoice,
    Turn,
    WhatIf,
    advise,
    as_typed,
    imagine,
    map_lines,
    price,
    said_of,
    speed_in,
    turned,
    typed_in,
    warnings_for,
)
from qdrant_model_migration.advice.errors import BadAnswer
from qdrant_model_migration.advice.questions.model import read_model, why_closed
from qdrant_model_migration.embedders import Reach
from qdrant_model_migration.pages import exploring
from qdrant_model_migration.pages.outcome import Outcome, Refused, Said, Work
from qdrant_model_migration.pages.page import Page
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import stage
from qdrant_model_migration.pages.work import saving
from qdrant_model_migration.strategies import strategies
from support.surveys import BGE_BASE, BGE_SMALL, E5_LARGE, MINILM, NOMIC, ORIGINALS, docs

EXPLORE = stage("explore")
KNOWN = (BGE_BASE, BGE_SMALL, E5_LARGE, MINILM, NOMIC)


@pytest.fixture
def session() -> Session:
    choices = tuple(ModelChoice(model, Reach("assumed", model.size_bytes)) for model in KNOWN)
    return exploring.explored(Session(), {}).on(choices=choices)


def said(outcome: Outcome) -> Said:
    assert isinstance(outcome, Said), outcome
    return outcome


def typed(session: Session, key: str, raw: str) -> Session:
    return said(EXPLORE.act(session, f"put--{key}", {"typed--": raw})).session


def change(session: Session, row: str) -> Outcome:
    assert EXPLORE.page(session).row("what-if", row), row
    return EXPLORE.act(session, "change", {"what-if": row})


def leads_to(session: Session) -> str:
    return exploring.markdown(session).split("## Recommended: ")[1].split("\n")[0]


OTHER = {
    "points": "200000000", "dimensions": "1536", "tokens": "900", "languages": "de 60, ja 40",
    "memory_gb": "64", "speed": "60", "usd": "0.02",
}  # fmt: skip


@pytest.mark.parametrize("key", SWITCHES)
def test_every_fact_can_be_changed_and_changes_what_is_said(key: str, session: Session) -> None:
    session = typed(session, "memory_gb", "8") if key != "memory_gb" else session
    if key == "matryoshka":
        session = session.answered("change", "shorter")
    if key == "server":
        session = session.answered("change", "second")
    if key == "language_field":
        session = typed(session.answered("change", "keywords"), "languages", "de 60, en 40")
    row = EXPLORE.page(session).row("what-if", key)
    assert row is not None
    assert row.cells[1] == said_of(session.what_if, key)
    outcome = change(session, key)
    if isinstance(SWITCHES[key], Turn):
        after = said(outcome).session
    else:
        assert isinstance(outcome, Page)
        assert outcome.asks[0].value == as_typed(session.what_if, key)
        after = typed(session, key, OTHER[key])
    assert after.what_if != session.what_if
    assert _led_to(after) != _led_to(session)


def _led_to(session: Session) -> str:
    """Everything that is said but for the made-up facts themselves."""
    page = EXPLORE.page(session)
    here = exploring.look(session)
    ways = [
        (s.name, here.price(s)._asdict(), warnings_for(here.survey, here.answers, s))
        for s in strategies()
    ]
    asked = [(one.question.key, one.state, one.label) for one in here.advice.standings]
    return repr((page.body[1], here.advice.fits, asked, map_lines(here.survey, here.advice), ways))


@pytest.mark.parametrize("key", [key for key, one in SWITCHES.items() if isinstance(one, Turn)])
def test_what_is_turned_comes_round(key: str) -> None:
    switch, what_if = SWITCHES[key], WhatIf()
    assert isinstance(switch, Turn)
    for _ in switch.values:
        what_if = turned(what_if, key)
        assert advise(imagine(what_if), {"change": "model"}).fits
    assert what_if == WhatIf()


@pytest.mark.parametrize("key", [key for key, one in SWITCHES.items() if not isinstance(one, Turn)])
def test_what_stands_there_can_be_typed_again(key: str) -> None:
    assert typed_in(WhatIf(), key, as_typed(WhatIf(), key)) == WhatIf()


@pytest.mark.parametrize(
    ("key", "raw", "why"),
    [
        ("points", "", "Nothing was typed."),
        ("points", "2,000", "It has a comma where a point belongs."),
        ("points", "2M", "It contains the letter M."),
        ("points", "0", "0 is outside what is possible."),
        ("points", "-5", "-5 is outside what is possible."),
        ("dimensions", "70000", "Type a number from 1 to 65536"),
        ("tokens", "many", "Type for example 180."),
        ("memory_gb", "64 GB", "It contains a space."),
        ("speed", "nan", "nan is not a number."),
        ("usd", "2$", "It contains the character $."),
        ("languages", "", "One is missing."),
        ("languages", "xx", "xx is no language that is known here."),
        ("languages", "other", "other is no language that is known here."),
        ("languages", "de 60, de 40", "de stands there twice."),
        ("languages", "de 60, en 60", "The parts are 120 of a hundred together."),
        ("languages", "de 60", "The parts are 60 of a hundred together."),
        ("languages", "de 100, en", "Nothing is left for en."),
        ("languages", "de sixty", "sixty is not a number."),
        ("languages", "de 1 2", "de 1 2 is not a language and a number."),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(
    key: str, raw: str, why: str, session: Session
) -> None:
    outcome = EXPLORE.act(session, f"put--{key}", {"typed--": raw})
    assert isinstance(outcome, Refused)
    assert why in outcome.words
    assert outcome.at == key


def test_languages_share_what_is_left() -> None:
    assert typed_in(WhatIf(), "languages", "de 60, en").languages == (("de", 0.6), ("en", 0.4))
    assert typed_in(WhatIf(), "languages", "de, en").languages == (("de", 0.5), ("en", 0.5))


@pytest.mark.parametrize("row", ["old_model", "new_model"])
def test_any_model_of_the_list_can_be_assumed(row: str, session: Session) -> None:
    page = change(session, row)
    assert isinstance(page, Page)
    offered = [one.cells[0] for one in page.tables[0].rows]
    assert {model.short_name for model in KNOWN} <= set(offered)
    key = next(one.key for one in page.tables[0].rows if one.cells[0] == E5_LARGE.short_name)
    after = said(EXPLORE.act(session, f"take--{row}", {"choice": key})).session
    shown = EXPLORE.page(after).row("what-if", row)
    assert shown is not None
    assert shown.cells[1] == "multilingual-e5-large, 1,024 dimensions"
    if row == "old_model":
        assert imagine(after.what_if).old_model.value == E5_LARGE
        assert imagine(after.what_if).dense[0].size == 1024


@pytest.mark.parametrize("row", ["old_model", "new_model"])
def test_one_of_typed_dimensions_can_be_assumed(row: str, session: Session) -> None:
    asked = EXPLORE.act(session, f"take--{row}", {"choice": "size--"})
    assert isinstance(asked, Page)
    after = said(EXPLORE.act(session, f"size--{row}", {"size--": "1536"})).session
    shown = EXPLORE.page(after).row("what-if", row)
    assert shown is not None
    assert "1,536 dimensions" in shown.cells[1]
    wrong = EXPLORE.act(session, f"size--{row}", {"size--": "a lot"})
    assert isinstance(wrong, Refused)
    assert "is not a number" in wrong.words


def test_a_model_that_nobody_has_is_none_on_a_real_trip(session: Session) -> None:
    after = said(EXPLORE.act(session, "size--new_model", {"size--": "1536"})).session
    value = after.answers["model"]
    assert exploring.look(after).answers["model"] == value
    assert "made up in Explore" in why_closed(docs(), {"change": "model"}, read_model(value))
    advice = advise(docs(), after.answers)
    assert "model" in advice.set_aside
    assert "model" not in advice.settled


def test_the_model_that_is_there_is_refused_as_the_new_one(session: Session) -> None:
    session = said(EXPLORE.act(session, "take--old_model", {"choice": _key(BGE_BASE)})).session
    outcome = EXPLORE.act(session, "take--new_model", {"choice": _key(BGE_BASE)})
    assert isinstance(outcome, Refused)
    assert "the model you already have" in outcome.words


def _key(model: Any) -> str:
    return f"{model.name} {model.dimensions}"


def test_the_recommendation_follows_what_is_typed_turned_and_answered(session: Session) -> None:
    assert leads_to(session) == "Blue-green"
    compressed = said(EXPLORE.act(session, "take--change", {"choice": "2"})).session
    assert leads_to(compressed) == "Requantize"
    both = said(EXPLORE.act(session, "take--both", {"choice": "1"})).session
    assert leads_to(both) == "Side by side"
    words = said(EXPLORE.act(session, "take--change", {"choice": "3"})).session
    assert leads_to(words) == "Dense to hybrid"
    small = typed(session, "points", "5000")
    assert leads_to(small.answered("originals", ORIGINALS["originals"])) == "Rebuild from source"
    embeds = said(change(session, "server_embeds")).session
    assert leads_to(embeds.answered("query_side", "server")) == "Server inference"
    cut = said(change(session, "matryoshka")).session.answered("change", "shorter")
    assert leads_to(cut) == "Truncate"
    huge = typed(session, "points", "200000000").answered("accuracy", "approximate")
    assert leads_to(huge) == "Linear map"


def test_a_question_shows_its_answers_and_a_closed_one_is_refused(session: Session) -> None:
    page = change(session, "answer--change")
    assert isinstance(page, Page)
    assert page.title == "What do you want to change?"
    options = BY_KEY["change"].options(imagine(session.what_if), {})
    assert [row.cells[0] for row in page.tables[0].rows] == [option.label for option in options]
    answers = EXPLORE.page(session).row("what-if", "answer--change")
    assert answers is not None
    assert answers.cells[1] == "another model (as suggested)"
    closed = EXPLORE.act(session, "take--keywords", {"choice": "2"})
    assert isinstance(closed, Refused)
    assert "no sparse vector" in closed.words


def test_time_money_and_memory_follow_what_was_typed(session: Session) -> None:
    for key, raw in (("speed", "50"), ("usd", "0.02"), ("memory_gb", "4")):
        session = typed(session, key, raw)
    here = exploring.look(session)
    best = here.advice.recommended
    assert best is not None
    cost = here.price(best)
    assert cost.cost.seconds.likely == pytest.approx(1_000_000 / 50)
    assert cost.cost.usd == pytest.approx(1_000_000 * 180 * 0.02 / 1e6)
    memory = here.memory(cost)
    assert memory is not None
    assert memory.mark == "bad"
    assert "compress them" in memory.value
    enough = exploring.look(typed(session, "memory_gb", "64"))
    assert (found := enough.memory(cost)) is not None
    assert found.mark == "good"


def test_nothing_fits_is_said_with_what_to_change(session: Session) -> None:
    gone = said(change(session, "text")).session.answered("both", "always")
    page = EXPLORE.page(gone.answered("change", "model"))
    assert "Nothing is left: " in repr(page.body[1])
    assert "## Nothing fits" in exploring.markdown(gone.answered("change", "model"))


def test_the_page_to_hand_round_says_all_of_it(session: Session, tmp_path: Path) -> None:
    session = typed(typed(session, "speed", "50"), "languages", "de 60, en 40")
    text = exploring.markdown(session)
    here = exploring.look(session)
    for key, switch in SWITCHES.items():
        assert f"| {switch.label} | {said_of(session.what_if, key)} |" in text
    for strategy in strategies():
        assert strategy.title in text
    assert here.advice.recommended is not None
    for one in here.price(here.advice.recommended).warnings:
        assert one.said in text
    assert "6 h" in text
    assert "no server was asked" in text


def test_it_is_saved_and_writes_over_nothing(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = EXPLORE.act(session, "save", {})
    assert isinstance(asked, Page)
    assert asked.asks[0].value == "explored.md"
    work = EXPLORE.act(session, "write", {"file": "explored.md"})
    assert isinstance(work, Work)
    path = work.do(lambda _: None)
    assert path.read_text("utf-8") == exploring.markdown(session)
    with pytest.raises(Exception, match="not written over"):
        work.do(lambda _: None)
    with pytest.raises(Exception, match="cannot be written"):
        saving.save_text("x", "nowhere/explored.md")


def test_no_server_is_asked_and_nothing_fetched(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("something was asked over the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    work = EXPLORE.enter(session.on(choices=None))  # type: ignore[attr-defined]
    assert isinstance(work, Work)
    session = work.then(session, work.do(lambda _: None))
    assert isinstance(session, Session), "what was said since stays"
    assert {choice.reach.word for choice in session.choices or ()} == {"assumed"}
    assert exploring.markdown(session)


def test_what_it_costs_never_fails_whatever_was_made_up() -> None:
    what_if = WhatIf()
    for key, switch in SWITCHES.items():
        if isinstance(switch, Turn):
            what_if = turned(what_if, key)
        for strategy in strategies():
            for answers in ({}, {"change": "model"}, {"change": "keywords", "text": 7}):
                assert price(imagine(what_if), answers, strategy, speed=speed_in(what_if))


def test_start_over_forgets_facts_and_answers(session: Session) -> None:
    changed = typed(session, "points", "5").answered("change", "second")
    over = said(EXPLORE.act(changed, "start-over", {})).session
    assert (over.what_if, over.answers) == (WhatIf(), {})
    assert over.survey == session.survey


def test_a_fact_of_the_command_line_is_read_as_on_the_screen() -> None:
    from qdrant_model_migration.advice import told

    assert told(WhatIf(), "alias", "no").alias is False
    assert told(WhatIf(), "points", "7").points == 7
    with pytest.raises(BadAnswer, match=r"no fact pionts\. Did you mean points"):
        told(WhatIf(), "pionts", "7")
    with pytest.raises(BadAnswer, match="2 is no value of server"):
        told(WhatIf(), "server", "2")
