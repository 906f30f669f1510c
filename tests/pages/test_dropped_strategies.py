"""Strategies that are one more file are shown in every face like the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.advice import ModelChoice, answer_all
from qdrant_model_migration.embedders import Reach
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import enter, stage
from qdrant_model_migration.plain.talk import Leave
from qdrant_model_migration.plain.visit import Visit
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.tui.app import WizardApp
from support.dropped_strategies import FILES, dropped
from support.screens import MODELS, text_of, until
from support.script import SPOKEN, Spoken
from support.surveys import docs

CHANGES = {"beside": "model", "words_too": "keywords", "here": "model", "from_rows": "model"}


@pytest.fixture(params=FILES)
def session(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    monkeypatch.setenv("ROWS", str(tmp_path / "rows.jsonl"))
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
    with dropped(tmp_path / "dropped"):
        survey, name = docs(), request.param
        choices = [ModelChoice(model, Reach("here")) for model in MODELS]
        answers = answer_all(survey, {"change": CHANGES[name]}, choices)
        begun = Session(
            address=survey.address,
            collection=survey.collection,
            survey=survey,
            answers=answers,
            strategy=name,
        )
        arrived = enter("plan", begun)
        assert isinstance(arrived, Session)
        yield arrived


def sentences(session: Session) -> list[str]:
    """What the plan has to say of it."""
    assert session.plan is not None
    move = session.plan.move
    titles = [step.text(move).title for step in session.plan.steps]
    return [by_name(session.plan.strategy).title, *titles]


def test_its_plan_is_told_line_by_line(session: Session) -> None:
    acts = [act for act in stage("plan").page(session).acts if not act.enter]
    talk = Spoken((acts[0].key if acts else "", "leave"))
    with pytest.raises(Leave):
        Visit(talk, "plan", session).until_it_leads_on()
    SPOKEN.clear()
    for sentence in sentences(session):
        assert sentence in talk.flat


async def test_its_plan_is_shown_on_the_screen(session: Session) -> None:
    app = WizardApp(session, start=["plan"])
    async with app.run_test(size=(120, 60)) as pilot:
        title, first, *_ = sentences(session)
        await until(pilot, lambda: title in text_of(app) and first in text_of(app))
