"""Server inference: when it fits, and which model it asks the server for."""

from __future__ import annotations

import pytest

from qdrant_model_migration.advice import advise, timed_model, tried_unasked, warnings_for
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.advice.model_rows import model_rows
from qdrant_model_migration.advice.questions.model import why_closed
from qdrant_model_migration.embedders import ModelChoice, Reach, reach, server_model
from qdrant_model_migration.pipeline.speed import Speed, kept_under
from qdrant_model_migration.qdrant import Version
from qdrant_model_migration.qdrant.capabilities import of_server
from qdrant_model_migration.strategies import by_name
from support.surveys import ANSWERS, as_answer, docs, fact, practice

SERVED = docs(server_embeds=fact(True))
AT_SERVER = server_model("somebody/model", 256)
WAY = by_name("server_inference")


def fits(survey, answers):
    fit = WAY.fit(survey, answers)
    return fit.word, fit.decided_by


def test_a_model_at_the_server_leads_to_it_and_away_from_embedding_here():
    answers = {**ANSWERS, "model": as_answer(AT_SERVER)}
    del answers["query_side"]  # it follows
    advice = advise(SERVED, answers)
    assert advice.recommended.name == WAY.name
    here = advice.fit_of(by_name("blue_green"))
    assert (here.word, here.reason) == ("ruled out", "the model is at the server")
    assert advice.settled["query_side"] == "server"


def test_a_server_that_can_is_offered_and_not_preferred():
    assert fits(SERVED, ANSWERS) == ("possible", "survey")
    assert advise(SERVED, ANSWERS).recommended.name == "blue_green"


def test_a_server_that_cannot_rules_it_out_whatever_is_answered():
    for answers in (ANSWERS, {**ANSWERS, "query_side": "server"}):
        assert fits(docs(server_embeds=fact(False)), answers) == ("ruled out", "survey")
    assert fits(practice(), {**ANSWERS, "query_side": "server"})[0] == "ruled out"


def test_what_cannot_be_made_again_or_copied_rules_it_out():
    both = {**ANSWERS, "query_side": "server"}
    assert fits(SERVED, {**both, "text": {"fields": []}}) == ("ruled out", "text")
    assert fits(SERVED, {**both, "both": "always"}) == ("ruled out", "both")
    assert fits(SERVED, {**both, "change": "keywords"}) == ("ruled out", "change")


def test_a_model_in_a_folder_is_at_no_server():
    own = as_answer(AT_SERVER.model_copy(update={"kind": "fastembed", "folder": "/models/own"}))
    assert fits(SERVED, {**ANSWERS, "query_side": "server", "model": own}) == ("ruled out", "model")


def test_a_listed_model_is_asked_for_by_its_name_and_without_prefix():
    answers = {**ANSWERS, "query_side": "server", "spending": "unknown"}
    plan = make_plan(SERVED, advise(SERVED, answers).settled, WAY, speed=None)
    (leg,) = plan.after.legs
    chosen = ANSWERS["model"]
    assert (leg.model.kind, leg.model.name) == ("server", chosen["name"])
    assert leg.model.dimensions == chosen["dimensions"]
    assert leg.model.query_prefix == leg.model.passage_prefix == ""
    assert leg.model.folder is None
    assert [vector.origin.how for vector in plan.move.new_vectors] == ["infer"]
    assert plan.estimate.usd is None
    assert "how fast the server makes vectors was not tried" in plan.estimate.seconds.how


@pytest.mark.parametrize(("served", "there"), [(True, True), (False, False), (None, False)])
def test_models_of_the_server_are_listed_where_it_is_known_to_make_vectors(served, there):
    survey = docs(server_embeds=fact(served))
    rows = model_rows(survey, {}, [ModelChoice(AT_SERVER, Reach("remote"))])
    assert bool(rows) is there
    closed = why_closed(survey, {}, AT_SERVER)
    assert ("no inference service" in closed) is (served is False)


def test_a_model_of_a_provider_needs_its_key_and_a_server_that_passes_it_on(monkeypatch):
    asked = server_model("openai/text-embedding-3-small", 1536)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert reach(asked) == Reach("no", why="The environment variable OPENAI_API_KEY is not set.")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai-1")
    assert reach(asked).word == "remote"
    assert why_closed(SERVED, {}, asked) == ""
    older = SERVED.model_copy(update={"capabilities": of_server(Version(1, 16, 3))})
    assert "from 1.17" in why_closed(older, {}, asked)
    assert why_closed(older, {}, AT_SERVER) == ""


def test_who_gets_the_texts_of_a_provider_and_its_key_is_warned_of():
    asked = server_model("openai/text-embedding-3-small", 1536)
    found = {w.id: w for w in warnings_for(SERVED, {**ANSWERS, "model": as_answer(asked)}, WAY)}
    assert "OpenAI, by the Qdrant server, with the key in OPENAI_API_KEY" in str(found["W25"].said)
    assert "OpenAI may charge" in str(found["W24"].said)


def test_its_speed_makes_the_time_known_and_the_price_stays_unknown():
    answers = {**ANSWERS, "query_side": "server", "spending": "unknown"}
    settled = advise(SERVED, answers).settled
    plan = make_plan(SERVED, settled, WAY, speed=Speed(50.0, "measured on 256 texts"))
    assert plan.estimate.seconds.likely > 0
    assert "50 texts/s, measured on 256 texts" in plan.estimate.seconds.how
    assert plan.estimate.usd is None
    assert kept_under(timed_model(SERVED, settled, WAY)).endswith("at the server")
    assert tried_unasked(SERVED, settled, WAY) is None
