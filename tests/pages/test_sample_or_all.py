"""What Verify reads of copied vectors is said before it begins, with what it costs; one tick."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration import engine
from qdrant_model_migration.advice import (
    ModelChoice,
    WhatIf,
    answer_all,
    imagine,
    reading_again,
)
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.embedders import Reach
from qdrant_model_migration.engine import RunView
from qdrant_model_migration.pages.outcome import Work
from qdrant_model_migration.pages.page import Ask, Page, Says
from qdrant_model_migration.pages.session import Files, Session
from qdrant_model_migration.pages.stages import judge_again
from qdrant_model_migration.pages.stages import plan as plan_stage
from qdrant_model_migration.pages.work import starting
from qdrant_model_migration.plan import Plan
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.verify import ALL_READ, FULL, Verify
from qdrant_model_migration.strategies import by_name
from support.screens import MODELS, VERDICT, a_run

CHOICES = (ModelChoice(MODELS[0], Reach("here")),)


def session_with(strategy: str, **answers: Any) -> Session:
    survey = imagine(WhatIf(matryoshka=True))
    given = {**by_name(strategy).implied, **answers}
    complete = answer_all(survey, given, CHOICES)
    plan = make_plan(survey, complete, by_name(strategy), speed=None)
    return Session(survey=survey, collection=survey.collection, plan=plan)


def sure(session: Session) -> Page:
    page = plan_stage.act(session, "start", {})
    assert isinstance(page, Page)
    return page


def ticks(page: Page) -> list[Ask]:
    return [block for block in page.body if isinstance(block, Ask)]


def test_where_vectors_are_copied_one_tick_has_all_of_them_read_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    session = session_with("truncate", change="shorter")
    page = sure(session)
    (tick,) = ticks(page)
    assert (tick.key, tick.kind, tick.label, tick.value) == ("full", "tick", FULL, "")
    said = " ".join(w for block in page.body if isinstance(block, Says) for w in block.words)
    assert "those of a sample are compared again" in said
    assert "Reading all of them takes about " in said
    begun: list[bool] = []
    monkeypatch.setattr(starting, "make_run", lambda plan: tmp_path)
    monkeypatch.setattr(starting, "start", lambda *_, full: begun.append(full))
    for given in ({"full": "yes"}, {"full": ""}):
        work = plan_stage.act(session, "yes", given)
        assert isinstance(work, Work)
        work.do(lambda news: None)
    assert begun == [True, False]


def test_where_every_vector_is_made_anew_nothing_is_asked() -> None:
    assert not ticks(sure(session_with("blue_green", change="model")))


def test_ten_times_the_points_take_ten_times_as_long() -> None:
    session = session_with("truncate", change="shorter")
    assert session.survey is not None
    assert session.plan is not None
    points = session.survey.points
    more = points.model_copy(update={"value": 10 * (points.value or 0)})
    many = session.survey.model_copy(update={"points": more})
    one = reading_again(session.survey, session.plan)
    assert one
    assert reading_again(many, session.plan) == pytest.approx(10 * one)


def test_the_plan_says_it_of_its_verify() -> None:
    plan = session_with("truncate", change="shorter").plan
    assert isinstance(plan, Plan)
    (verify,) = (step for step in plan.steps if isinstance(step, Verify))
    whole = verify.model_copy(update={"full": True})
    assert ALL_READ not in verify.text(plan.move).details
    assert ALL_READ in whole.text(plan.move).details


def test_judging_anew_offers_it_too(monkeypatch: pytest.MonkeyPatch, run: RunView) -> None:
    move = session_with("truncate", change="shorter").plan.move  # type: ignore[union-attr]
    assert move is not None
    files = Files(words=route_of(move).words(move))
    session = Session(run=run.folder).on(seen=run, files=files)
    (tick,) = (ask for ask in ticks(judge_again.page(session)) if ask.kind == "tick")
    assert tick.label == FULL
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(engine, "judge_by", lambda folder, **by: given.append(by))
    monkeypatch.setattr(judge_again.work, "start", lambda *_, **__: None)
    work = judge_again.act(session, "judge", {"file": "", "margin": "0.02", "full": "yes"})
    assert isinstance(work, Work)
    work.do(lambda news: None)
    assert given[0]["full"] is True


@pytest.fixture
def run(tmp_path: Path) -> RunView:
    return a_run(tmp_path, "waiting", at=6, verdict=VERDICT)
