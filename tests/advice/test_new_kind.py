"""A kind of embedder that is one more file: its price and its service are reckoned with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.advice import (
    make_plan,
    model_rows,
    price_note,
    tried_unasked,
    warnings_for,
)
from qdrant_model_migration.embedders import ModelRef, kinds, model_by_name, model_choices
from qdrant_model_migration.strategies import by_name
from support import stand_in
from support.surveys import ANSWERS, as_answer, docs, fact

BLUE_GREEN = by_name("blue_green")


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelRef]:
    monkeypatch.setenv("STAND_IN_KEY", stand_in.KEY)
    with stand_in.stand_in_kind(tmp_path / "kinds"):
        yield model_by_name(stand_in.NAME)


def test_the_estimate_takes_its_price_for_the_tokens_of_all_texts(model: ModelRef) -> None:
    survey = docs(average_tokens=fact(200.0))
    plan = make_plan(survey, {**ANSWERS, "model": as_answer(model)}, BLUE_GREEN, speed=None)
    assert plan.estimate.usd == pytest.approx((120_482 - 118) * 200 * 2.0 / 1e6)
    assert price_note(plan) == ""
    unread = docs(average_tokens=fact(None))
    plan = make_plan(unread, {**ANSWERS, "model": as_answer(model)}, BLUE_GREEN, speed=None)
    assert plan.estimate.usd is None


def test_that_texts_leave_and_money_is_spent_is_warned_of(model: ModelRef) -> None:
    answers = {**ANSWERS, "model": as_answer(model)}
    plan = make_plan(docs(), answers, BLUE_GREEN, speed=None)
    shown = {w.id: w for w in warnings_for(docs(), answers, BLUE_GREEN, plan)}
    assert shown["W24"].severity == "must"
    assert shown["W25"].text == "Every text is sent to Stand-in Ltd."
    assert shown["W25"].severity == "must"
    assert shown["W30"].why_here == "This computer sends the texts to Stand-in Ltd."
    here = warnings_for(
        docs(), ANSWERS, BLUE_GREEN, make_plan(docs(), ANSWERS, BLUE_GREEN, speed=None)
    )
    assert not {"W24", "W25"} & {w.id for w in here}


def test_no_text_is_sent_away_to_try_a_speed_that_nobody_asked_for(model: ModelRef) -> None:
    assert tried_unasked(docs(), {**ANSWERS, "model": as_answer(model)}, BLUE_GREEN) is None


def test_it_can_be_chosen_where_its_key_is_and_else_says_what_is_missing(
    model: ModelRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    def row():
        (one,) = [c for c in model_choices() if c.model == model]
        return model_rows(docs(), ANSWERS, [one])[0]

    assert (row().usable, row().closed) == (True, "")
    monkeypatch.delenv("STAND_IN_KEY")
    assert (row().usable, row().closed) == (
        False, "The environment variable STAND_IN_KEY is not set.",
    )  # fmt: skip


def test_a_model_of_its_kind_that_is_in_no_list_is_named_after_a_colon(model: ModelRef) -> None:
    assert model_by_name("stand_in:stand-in/words-64").dimensions == 64
    assert "stand-in/words-64" not in [m.name for m in kinds()["stand_in"].models(None)]
