"""The question of spending: when it is asked, what it takes, and what becomes of it in a plan."""

from __future__ import annotations

from typing import Any

import pytest

from qdrant_model_migration import words
from qdrant_model_migration.advice import BadAnswer, advise, price_note, warnings_for
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.advice.questions import BY_KEY
from qdrant_model_migration.embedders import server_model
from qdrant_model_migration.pipeline.spending import Spending
from qdrant_model_migration.plan import Plan, load_plan, save_plan
from qdrant_model_migration.strategies import by_name
from support.surveys import ANSWERS, as_answer, docs, fact, practice

QUESTION = BY_KEY["spending"]
SERVED = docs(server_embeds=fact(True))
WAY = by_name("server_inference")
ASKED = {**ANSWERS, "model": as_answer(server_model("somebody/model", 256))}
LIKELY = 22_000_000  # 120,482 texts without 118, of 181 tokens each
NO_LIMIT = {"kind": "none", "price": None, "texts": 64}


def clean(**answer: Any) -> Any:
    return QUESTION.clean(answer, SERVED, ASKED)


def planned(spending: Any) -> Plan:
    return make_plan(SERVED, {**ASKED, "query_side": "server", "spending": spending}, WAY,
                     speed=None)  # fmt: skip


def spending_of(plan: Plan) -> Spending:
    assert plan.move is not None
    assert plan.move.load.spending is not None
    return plan.move.load.spending


def test_it_is_asked_only_where_somebody_may_charge() -> None:
    assert QUESTION.applies(SERVED, ASKED)
    assert QUESTION.applies(SERVED, {**ANSWERS, "query_side": "server"})
    assert not QUESTION.applies(SERVED, ANSWERS), "the model is on this computer"
    cannot = docs(server_embeds=fact(False))
    assert not QUESTION.applies(cannot, {**ANSWERS, "query_side": "server"})
    assert not QUESTION.applies(practice(), {**ANSWERS, "query_side": "server"})
    words = {"kind": "server", "name": "Qdrant/bm25", "language": "en", "avg_len": 30.0}
    free = {"change": "keywords", "keyword_model": words}
    assert not QUESTION.applies(SERVED, free), "the server makes BM25 itself"
    plan = make_plan(SERVED, ANSWERS, by_name("blue_green"), speed=None)
    assert plan.move is not None
    assert plan.move.load.spending is None


def test_a_limit_of_twice_what_is_likely_is_suggested_and_none_where_that_is_not_known() -> None:
    assert QUESTION.suggest(SERVED, ASKED).value["tokens"] == 2 * LIKELY
    assert QUESTION.settle("unknown", SERVED, ASKED)["tokens"] == 2 * LIKELY
    unknown = docs(server_embeds=fact(True), average_tokens=fact(None))
    assert QUESTION.suggest(unknown, ASKED).value == NO_LIMIT


def test_a_limit_is_taken_in_tokens_or_in_usd_by_a_price() -> None:
    assert clean(tokens="2000000")["kind"] == "limit"
    assert clean(kind="none", tokens="2000000") == NO_LIMIT
    assert spending_of(planned({"tokens": "2000000"})).most == 2_000_000
    assert spending_of(planned({"usd": "5", "price": "0.02"})).most == 250_000_000
    both = {"usd": "5", "price": "0.02", "tokens": "1000"}
    assert spending_of(planned(both)).most == 1000, "whichever comes first"
    assert spending_of(planned(NO_LIMIT)) == Spending(expected=LIKELY)
    assert spending_of(planned({"kind": "none", "texts": "16"})).texts == 16


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"usd": "5"}, "price"),
        ({"kind": "limit"}, "tokens"),
        ({"tokens": "many"}, "tokens"),
        ({"tokens": "0"}, "tokens"),
        ({"tokens": "10", "texts": "0"}, "texts"),
        ({"tokens": "10", "texts": "257"}, "texts"),
        ({"token": "10"}, "spending"),
        ({"kind": "some"}, "kind"),
    ],
)
def test_what_is_no_limit_is_refused(answer: Any, field: str) -> None:
    with pytest.raises(BadAnswer) as refused:
        clean(**answer)
    assert refused.value.field == field


def test_a_price_makes_the_cost_known_and_the_limit_stands_beside_it(tmp_path: Any) -> None:
    without, plan = planned(NO_LIMIT), planned({"tokens": 50_000_000, "price": 0.5})
    assert without.estimate.usd is None
    assert plan.estimate.usd == pytest.approx(LIKELY * 0.5 / 1e6)
    assert price_note(plan) == "at 0.5 USD for a million tokens, as you said"
    limit = "t 50,000,000 tokens (25.00 USD) the run waits for you."
    money = next(w for w in warnings_for(SERVED, ASKED, WAY, plan) if w.id == "W24")
    assert money.said.startswith("About 11.00 USD.")
    assert money.said.endswith(limit)
    assert money.severity == "must"
    backfill = next(step for step in plan.steps if step.name() == "backfill")
    assert f"Tokens are counted: a{limit}" in backfill.text(plan.move).details
    save_plan(plan, tmp_path / "plan.yaml")
    assert load_plan(tmp_path / "plan.yaml") == plan


def test_who_asks_for_the_strategy_by_its_name_is_asked() -> None:
    answers = {**ANSWERS, **WAY.implied}
    assert QUESTION in advise(SERVED, answers).asked


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0.0, "0.00 USD"),
        (0.00084, "less than 0.01 USD"),
        (0.01, "0.01 USD"),
        (1204.5, "1,204.50 USD"),
    ],
)
def test_what_costs_something_is_never_said_to_cost_nothing(amount: float, said: str) -> None:
    assert words.usd(amount) == said
