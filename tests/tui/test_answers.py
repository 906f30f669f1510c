"""Answers that come from a file, answers and plans that are saved to one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.advice import load_answers, make_plan
from qdrant_model_migration.pages import asked
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.tui.app import WizardApp
from qdrant_model_migration.tui.widgets.lines import Lines
from support.screens import ERROR, a_run, ask_alone, press, text_of, until

Make = Callable[..., WizardApp]


async def choose_in_more(pilot: Any, label: str) -> None:
    await press(pilot, "ctrl+p")
    await until(pilot, "What you can do here")
    box = pilot.app.screen.query_one(Lines)
    box.go(next(line.key for line in box.lines if line.text.startswith(label)))
    await press(pilot, "enter")


async def test_answers_of_a_file_are_what_the_questions_start_with(
    wizard: Make, explored: Session
) -> None:
    app = wizard("questions", session=explored.on(answers={"change": "compression"}))
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await until(pilot, "Question 1 of about")
        assert "(•) Same vectors, other compression" in shown


@pytest.mark.parametrize(
    "answers",
    [
        {"change": "nonsense"},
        {"change": 7, "both": ["no"], "proof": "x", "pace": None},
        {"change": "model", "model": {"kind": "fastembed"}, "text": {"kind": 3}},
        {"change": "model", "model": "bge", "missing": {}, "accuracy": -1},
    ],
)
async def test_answers_that_do_not_fit_are_asked_again_and_break_nothing(
    wizard: Make, explored: Session, answers: dict[str, Any]
) -> None:
    for screen, words in (("questions", "Question 1 of about"), ("strategy", "Why not the others")):
        app = wizard(screen, session=explored.on(answers=answers))
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, words)


async def test_the_map_opens_where_the_answers_lead(wizard: Make, explored: Session) -> None:
    app = wizard("strategy", session=explored.on(answers={"change": "keywords"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Why not the others")
        await press(pilot, "f2")
        shown = await until(pilot, "Map · » you are here")
        assert "»└ add keyword search" in shown


@pytest.mark.parametrize(
    ("screen", "words"),
    [
        ("questions", "Question 1 of about"),
        ("strategy", "Recommended"),
        ("plan", "Never touched"),
    ],
)
async def test_answers_saved_from_more_come_back_as_they_were_given(
    wizard: Make, explored: Session, screen: str, words: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    app = wizard(screen, session=explored)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, words)
        await choose_in_more(pilot, "Save answers")
        await until(pilot, "Save the answers")
        await press(pilot, "enter")
        await until(pilot, "They come back with")
    assert load_answers(tmp_path / "answers.yaml") == dict(explored.answers)


async def test_a_plan_saved_in_the_wizard_is_the_plan_that_qmm_run_reads(
    wizard: Make, explored: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.yaml").write_text("another plan")
    app = wizard("plan", session=explored.on(explore=False))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Never touched")
        await choose_in_more(pilot, "Save plan and leave")
        await until(pilot, "Save the plan")
        await press(pilot, "enter")
        shown = await until(pilot, "The plan is saved")
        assert "Next: qmm run plan-2.yaml" in shown
        assert "▸[ Stay ]" in text_of(app)
        await press(pilot, "right", "enter")
        await until(pilot, lambda: not app.is_running)
    saved, shown_now = load_plan(tmp_path / "plan-2.yaml"), app.session.plan
    assert shown_now is not None
    assert saved.model_copy(update={"made_at": shown_now.made_at}) == shown_now
    assert (tmp_path / "plan.yaml").read_text() == "another plan"


async def test_a_file_of_searches_that_is_not_there_is_refused_at_the_question(
    wizard: Make, explored: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    proof = {"kind": "file", "file": "queries.csv", "margin": 0.02}
    trip = explored.on(explore=False, answers={**explored.answers, "proof": {"kind": "later"}})
    app = wizard("plan", session=trip)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Never touched")
        ask_alone(app, "proof", "plan")
        await until(pilot, "How shall the new model be judged?")
        await press(pilot, "up", "up", "up", "enter", *"queries.csv", "enter", "enter")
        await until(pilot, "there is no file queries.csv")
        assert app.session.answers["proof"] == {"kind": "later"}
        (tmp_path / "queries.csv").write_text("query,answers\na notice,7\n")
        await press(pilot, "enter", "enter")
        await until(pilot, lambda: app.session.answers["proof"] == proof)


@pytest.mark.parametrize("same", [True, False])
async def test_the_answers_of_a_run_that_wrote_nothing_can_be_changed(
    wizard: Make, explored: Session, stage: Any, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    """In the same sitting at once, the one that the run failed by first; in another one the server
    is connected to before that."""
    from qdrant_model_migration.pages.stages import run as screen

    trip = explored.on(explore=False, run=stage.folder)
    assert trip.survey is not None
    plan = make_plan(trip.survey, trip.answers, by_name("blue_green"), speed=None)
    monkeypatch.setattr(screen, "_plan_of", lambda folder, report: plan)
    stage.view = a_run(stage.folder, "failed", at=0, error={**ERROR, "question": "target"})
    app = wizard(*(["questions"] if same else []), "run",
                 session=trip if same else Session(run=stage.folder))  # fmt: skip
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "[ Change answers ]")
        await app.screen.act("answers")  # type: ignore[attr-defined]
        asks = "What should the new collection be called?"
        await until(pilot, asks if same else "Where is your Qdrant server?")
        assert app.session.run is None
        assert app.session.answers["target"] == trip.answers["target"]
        assert plan.before is not None
        assert same or app.session.known_before == plan.before.by_vector != {}
        await until(pilot, "The other answers are kept." if same else str(plan.server))
        if same:
            assert f"[ {trip.answers['target']} " in text_of(app)
            await press(pilot, "enter", "enter")
            await until(pilot, "[ Continue with")


@pytest.mark.parametrize("about", ["", "drop"])
async def test_a_run_that_failed_by_no_answer_leads_to_the_list_of_them(
    wizard: Make, explored: Session, stage: Any, monkeypatch: pytest.MonkeyPatch, about: str
) -> None:
    from qdrant_model_migration.pages.stages import run as screen

    trip = explored.on(explore=False, run=stage.folder)
    assert trip.survey is not None
    plan = make_plan(trip.survey, trip.answers, by_name("blue_green"), speed=None)
    monkeypatch.setattr(screen, "_plan_of", lambda folder, report: plan)
    stage.view = a_run(stage.folder, "failed", at=0, error={**ERROR, "question": about})
    app = wizard("questions", "strategy", "plan", "run", session=trip)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "[ Change answers ]")
        await app.screen.act("answers")  # type: ignore[attr-defined]
        await until(pilot, "The answers are kept; Change an answer… lists them.")
        await press(pilot, "right", "enter")
        await until(pilot, "Which answer should be different?")


async def test_every_answer_can_be_changed_at_the_plan(wizard: Make, explored: Session) -> None:
    """By the names that the map has for them, and none that this plan does not ask for."""
    app = wizard("plan", session=explored)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "Never touched")
        await app.screen.act("change")  # type: ignore[attr-defined]
        await until(pilot, "Which answer should be different?")
        standings = asked.advice(app.session).standings
        told = [one.question.short for one in standings if one.state in asked.ANSWERED]
        lines = app.screen.query_one(Lines).lines
        assert [line.text.split("  ")[0] for line in lines] == told
        await press(pilot, "down", "down", "enter")
        await until(pilot, "Where does the text of each point come")
        await press(pilot, "escape")
        await until(pilot, "Never touched")


async def test_the_answers_of_a_run_that_wrote_something_stand(wizard: Make, stage: Any) -> None:
    stage.view = a_run(stage.folder, "failed", error=ERROR)
    app = wizard("run", session=Session(run=stage.folder))
    async with app.run_test(size=(80, 24)) as pilot:
        assert "Change answers" not in await until(pilot, "[ Resume ]")


async def test_the_question_that_is_come_back_to_stands_there_whole(
    wizard: Make, explored: Session
) -> None:
    """Its own answers, not those of the question that stood on the same screen before."""
    app = wizard("questions", session=explored.on(asking="text"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, "▸ (•) The payload field")
        await app.screen.act("rest")  # type: ignore[attr-defined]
        await until(pilot, "[ Continue with")
        await press(pilot, "escape")
        shown = await until(pilot, "How hard may the server be worked?")
        assert "▸ (•) Normally" in shown
        assert "The payload field" not in shown
        at, many = asked.number(app.session)
        assert f"Question {at} of about {many}" in shown
