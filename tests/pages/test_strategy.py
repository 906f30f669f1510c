"""The strategy page: each way with its price, or why nothing fits."""

from __future__ import annotations

from typing import Any

from qdrant_model_migration.advice import advise
from qdrant_model_migration.pages.outcome import Go
from qdrant_model_migration.pages.page import Facts, Says
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import stage
from qdrant_model_migration.pipeline.speed import Speed, kept_under
from support.surveys import ANSWERS, BGE_BASE, docs, fact

STRATEGY = stage("strategy")
PRICE = ["Time", "Written", "Server", "Money", "At risk"]


def trip(answers: Any = None, **facts: Any) -> Session:
    survey = docs(**facts)
    return Session(
        address=survey.address,
        collection=survey.collection,
        survey=survey,
        answers=ANSWERS if answers is None else answers,
        speeds={kept_under(BGE_BASE): Speed(58.0, "tried")},
    )


def test_what_an_answer_rules_out_leads_to_that_answer() -> None:
    session = trip(server_embeds=fact(False))
    rows = {row.key: row for row in STRATEGY.page(session).tables[0].rows}
    assert [act.label for act in rows["requantize"].acts] == ["Change this answer"]
    go = STRATEGY.act(session, rows["requantize"].acts[0].key, {"others": "requantize"})
    assert isinstance(go, Go)
    assert (go.to, go.session.alone) == ("questions", ("change", "strategy"))
    assert not rows["server_inference"].acts, "no answer changes a fact"


def test_the_recommendation_says_its_price_and_what_is_at_risk() -> None:
    best = STRATEGY.page(trip()).body[0]
    assert isinstance(best, Facts)
    rows = {row.label: row.value for row in best.rows}
    assert rows["Costs"] == (
        "about 35 min (31 min to 38 min), 120,482 points written, 701 MB of disk, 555 MB of "
        "memory, 0.00 USD"
    )
    assert rows["At risk"] == "Points without text (W12)"


def test_each_runner_up_has_its_price_and_what_is_ruled_out_has_its_reason() -> None:
    session = trip({**ANSWERS, "both": "test"}, points=fact(200_000_000))
    page = STRATEGY.page(session)
    advice = advise(docs(points=fact(200_000_000)), session.answers)
    (table,) = page.tables
    left = 0
    for row in table.rows:
        fit = next(fit for strategy, fit in advice.fits if strategy.name == row.key)
        priced = [one for one in row.more if isinstance(one, Facts)]
        said = [word for one in row.more if isinstance(one, Says) for word in one.words]
        about = " ".join(map(str, said))
        if fit.word == "ruled out":
            assert not priced
            assert fit.reason in about
        else:
            left += 1
            assert [fact.label for fact in priced[0].rows] == PRICE
            assert "200,000,000 points written" in row.cells[2]
    assert left >= 1


def test_where_nothing_fits_it_says_why_and_what_to_change() -> None:
    page = STRATEGY.page(trip({"change": "second", "text": {"fields": []}}))
    said = page.body[0]
    assert isinstance(said, Says)
    assert said.title == "Nothing is left"
    why = "Nothing is left: Change is a second model and Text is gone"
    assert str(said.words[0]).startswith(why)
    assert [act.key for act in page.acts][:1] == ["change"]
