"""Re-embedding is too slow: the time of this collection, and each lever with a true figure."""

from __future__ import annotations

import re
from typing import Any

import pytest

from qdrant_model_migration.advice import ModelChoice, WhatIf
from qdrant_model_migration.embedders import Reach
from qdrant_model_migration.pages import exploring
from qdrant_model_migration.pages.decided import planned
from qdrant_model_migration.pages.outcome import Go, Work
from qdrant_model_migration.pages.page import Facts, Page, Says, Table
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import stage
from qdrant_model_migration.pipeline.speed import Speed, kept_under
from support.surveys import (
    ANSWERS,
    BGE_BASE,
    BGE_SMALL,
    NOMIC,
    PRACTICE_NEW,
    as_answer,
    docs,
    fact,
    server,
)

TOO_SLOW = stage("too_slow")
QUANTIZED = NOMIC.model_copy(update={"name": f"{NOMIC.name}-Q", "size_bytes": 130_000_000})
KNOWN = (BGE_BASE, BGE_SMALL, NOMIC, QUANTIZED)
GB = 10**9


def session(rate: float | None = 10.0, answers: Any = None, **facts: Any) -> Session:
    survey = docs(**facts)
    return Session(
        address=survey.address,
        collection=survey.collection,
        survey=survey,
        answers=ANSWERS if answers is None else answers,
        speeds={} if rate is None else {kept_under(BGE_BASE): Speed(rate, "measured on 256 texts")},
        choices=tuple(ModelChoice(model, Reach("here")) for model in KNOWN),
    )


def takes(trip: Session) -> dict[str, str]:
    (block,) = [one for one in TOO_SLOW.page(trip).body if isinstance(one, Facts)]
    return {row.label: f"{row.value}; {row.how}" for row in block.rows}


def lever(trip: Session, key: str) -> tuple[str, str]:
    """Its figure, and what is said of it."""
    row = TOO_SLOW.page(trip).row("levers", key)
    assert row is not None
    (more,) = row.more
    assert isinstance(more, Says)
    return row.cells[1], " ".join(map(str, more.words))


def test_it_is_reached_from_strategy_plan_and_explore() -> None:
    trip = session()
    trip = trip.on(plan=planned(trip.on(strategy="blue_green")))
    explored = exploring.explored(Session(), {}).on(choices=trip.choices)
    for name, there in (("strategy", trip), ("plan", trip), ("explore", explored)):
        (act,) = [one for one in stage(name).page(there).acts if one.key == "slow"]
        assert act.button, name
        gone = stage(name).act(there, "slow", {})
        assert isinstance(gone, Go)
        assert gone.to == "too_slow"
        assert TOO_SLOW.page(gone.session).tables


def test_where_it_is_quick_it_is_only_in_the_list() -> None:
    quick = session(rate=5000.0)
    (act,) = [one for one in stage("strategy").page(quick).acts if one.key == "slow"]
    assert not act.button


def test_the_time_is_that_of_the_probe() -> None:
    found = takes(session(rate=10.0))
    assert found["Time"] == (
        "about 3 h 21 min (3 h 1 min to 3 h 41 min); 10 texts/s, measured on 256 texts; without "
        "index and verify"
    )
    assert found["Texts"].startswith("120,482 points, about 181 tokens each: 21,807,242 tokens")
    unknown = takes(session(rate=None))
    assert unknown["Time"].startswith("not known; the speed was not tried")
    assert unknown["Speed"].startswith("bge-base-en-v1.5: not tried")


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (400 * GB, "400 GB: from 400 GB on, expect days."),
        (20_000_000, "20 MB: under 25 MB, loading again from the originals is quicker"),
        (GB, None),
    ],
)
def test_the_size_alone_says_days_or_the_originals(size: int, said: str | None) -> None:
    found = takes(session(payload_bytes=fact(size // 2), vector_bytes=fact(size - size // 2)))
    assert ("Size" in found) == (said is not None)
    assert said is None or said in found["Size"]


def test_each_lever_has_its_figure_for_this_collection() -> None:
    trip = session(rate=10.0)
    assert lever(trip, "scroll")[0] == "done already: 185 MB not read"
    assert lever(trip, "streams")[0] == "writing alone: 29 s"
    assert "128 points a request, 2 at a time" in lever(trip, "streams")[1]
    assert "embedding about 3 h" in lever(trip, "streams")[1]
    assert lever(trip, "map")[0] == "4,000 texts: 7 min, writing: 29 s"
    assert "saves little below 100 million points" in lever(trip, "map")[1]
    assert "Calculated vectors find less" in lever(trip, "map")[1]
    assert lever(trip, "computers")[0] == "10 like this: 20 min"
    assert "From 410 like this one on, the server is the limit: 29 s" in lever(trip, "computers")[1]
    assert lever(trip, "source")[0] == "331 MB: no"
    assert lever(trip, "quantized")[0] == "none of this model"
    assert "bge-small-en-v1.5, 67 MB" in lever(trip, "smaller")[1]


def test_what_is_not_known_gets_no_number() -> None:
    trip = session(rate=None, points=fact(None, "not known"), texts_missing=fact(None))
    assert lever(trip, "map")[0] == "not known"
    assert lever(trip, "computers")[0].startswith("not known")
    assert not re.search(r"\d s\b", lever(trip, "streams")[0])


def test_vectors_of_an_old_model_made_for_it_are_cut_instead() -> None:
    vector = docs().dense[0].model_copy(update={"size": 768})
    here, more = lever(session(old_model=fact(NOMIC), vectors=fact((vector,))), "dimensions")
    assert here == "nothing embedded: 29 s"
    assert "512, 256, 128 or 64" in more
    assert lever(session(), "dimensions")[0] == "not with this model"


def test_a_quantized_file_of_the_model_and_another_model_show_their_measured_time() -> None:
    trip = session(answers={**ANSWERS, "model": as_answer(NOMIC)})
    assert lever(trip, "quantized")[0] == "nomic-embed-text-v1.5-Q: not tried"
    speeds = {kept_under(QUANTIZED): Speed(20.0), kept_under(BGE_SMALL): Speed(100.0)}
    tried = trip.on(speeds=speeds)
    assert lever(tried, "quantized")[0] == "1 h 40 min"
    assert "bge-small-en-v1.5 20 min" in lever(tried, "smaller")[0]


@pytest.mark.parametrize("version", [(1, 16, 3), (1, 18, 3)])
def test_both_truths_of_writing_once_are_told(version: tuple[int, int, int]) -> None:
    _, more = lever(session(capabilities=server(*version)), "again")
    assert ("insert_only begins with Qdrant 1.17" in more) == (version < (1, 17))


@pytest.mark.parametrize(("embeds", "said"), [(True, "the server's speed"), (False, "cannot")])
def test_server_inference_is_no_lever_where_the_server_cannot(embeds: bool, said: str) -> None:
    assert said in lever(session(server_embeds=fact(embeds)), "server")[0]


def test_every_number_that_was_not_measured_here_says_where_it_is_from() -> None:
    (table,) = [one for one in TOO_SLOW.page(session()).body if isinstance(one, Table)]
    rates = 0
    for row in table.rows:
        for block in row.more:
            assert isinstance(block, Says)
            for said in map(str, block.words):
                if re.search(r"\d[\d,.]* (points/s|tokens/s|million passages|times as many)", said):
                    rates += 1
                    assert "Measured elsewhere" in said or "Published by Qdrant" in said, said
    assert rates == 4


def test_a_lever_leads_to_its_question_and_back_to_here() -> None:
    trip = session()
    row = TOO_SLOW.page(trip).row("levers", "streams")
    assert row is not None
    assert row.acts[0].label == "Go to question Pace"
    gone = TOO_SLOW.act(trip, row.acts[0].key, {"levers": "streams"})
    assert isinstance(gone, Go)
    assert (gone.to, gone.session.alone) == ("questions", ("pace", "too_slow"))
    for row in TOO_SLOW.page(trip).tables[0].rows:
        assert all(stage("questions").page(trip.on(alone=(a.key[6:], "x"))) for a in row.acts)


def test_the_probe_is_of_the_chosen_model_where_that_is_on_this_computer() -> None:
    closed = TOO_SLOW.page(session()).acts[0]
    assert "not on this computer" in closed.closed
    trip = session(answers={**ANSWERS, "model": as_answer(PRACTICE_NEW)})
    work = TOO_SLOW.act(trip, "probe", {})
    assert isinstance(work, Work)
    assert work.name == f"speed of {kept_under(PRACTICE_NEW)}"


def test_in_explore_the_typed_speed_counts() -> None:
    made_up = Session().on(made_up=WhatIf()._replace(speed=50.0))
    explored = exploring.explored(made_up, {}).on(choices=session().choices)
    explored = explored.on(answers=exploring.look(explored).answers)
    assert "50 texts/s, typed by you" in takes(explored)["Time"]
    assert TOO_SLOW.page(explored).acts[0].closed == "in Explore the speed is typed"


def test_without_a_way_it_says_so() -> None:
    page = TOO_SLOW.page(session(answers={"change": "second", "text": {"fields": []}}))
    assert isinstance(page, Page)
    assert "No way fits" in repr(page.body)
