"""Judging a run anew and giving it up, one line at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration import engine
from qdrant_model_migration.engine import RunView, judging
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.plain import run
from qdrant_model_migration.plain.run import take_up
from support.screens import CUTOVER, ERROR, SWITCHED, VERDICT, a_run
from support.script import Spoken

NO_GO = {**VERDICT, "word": "NO-GO", "reason": "the new model finds less: 0.846 → 0.702"}
PROOF = {"kind": "later", "file": None, "title_field": None, "margin": 0.02}


class Stage:
    """What the run looks like, look by look, and what was started."""

    def __init__(self) -> None:
        self.views: list[RunView] = []
        self.started: list[tuple[str | None, Any]] = []
        self.taken_back = 0


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    played = Stage()

    def look(folder: Path, **_: Any) -> RunView:
        return played.views.pop(0)

    def start(
        folder: Path, environment: Any = None, *, extra: str | None = None, given: Any = None
    ) -> None:
        played.started.append((extra, given))

    def take_back(folder: Path, environment: Any) -> None:
        played.taken_back += 1

    monkeypatch.setattr(engine, "view", look)
    monkeypatch.setattr(engine, "look", look)
    monkeypatch.setattr(run, "follow", lambda talk, folder, after: look(folder))
    monkeypatch.setattr(engine, "start", start)
    monkeypatch.setattr(engine, "take_back", take_back)
    monkeypatch.setattr(run, "try_it", lambda talk, session: None)
    for module in (engine, judging):
        monkeypatch.setattr(module, "judged_by", lambda folder: dict(PROOF))
    return played


def done(folder: Path) -> RunView:
    return a_run(folder, "done", at=8, facts=SWITCHED)


def test_a_no_go_is_judged_anew_by_the_searches_of_a_file(tmp_path: Path, stage: Stage) -> None:
    (tmp_path / "q.jsonl").write_text('{"query": "offline install", "answers": [7]}\n')
    failed = a_run(tmp_path, "failed", at=5, error=ERROR, verdict=NO_GO)
    stage.views = [failed, failed, done(tmp_path)]
    talk = Spoken(
        ("verify to judge it anew, discard to give the run up", "verify"),
        ("Searches", "nothing.jsonl"),
        ("Limit, Enter for 0.02", "5 %"),
        ("Limit, Enter for 0.02", "0.05"),
        ("Searches", "q.jsonl"),
    )
    assert take_up(talk, Session(run=tmp_path)) == 0
    assert "there is no file nothing.jsonl" in talk.flat
    assert "5 % is not a number." in talk.flat
    ((extra, given),) = stage.started
    assert extra == "verify"
    assert given["proof"]["margin"] == 0.05
    assert given["proof"]["file"] == str(tmp_path / "q.jsonl")


def test_at_the_cutover_the_run_is_given_up(tmp_path: Path, stage: Stage) -> None:
    waiting = a_run(tmp_path, "waiting", at=6, gate=CUTOVER, verdict=VERDICT)
    over = a_run(tmp_path, "discarded", at=6, facts={"discarded": "docs_new"})
    stage.views = [waiting, over]
    talk = Spoken(("Type yes if", ""), ("or press Enter to leave it waiting", "discard"))
    assert take_up(talk, Session(run=tmp_path)) == 0
    assert stage.started == [("discard", None)]
    assert "Discarded: docs_new is deleted." in talk.flat


def test_a_question_that_is_left_is_taken_back_and_the_run_asks_what_it_asked(
    tmp_path: Path, stage: Stage
) -> None:
    waiting = a_run(tmp_path, "waiting", at=6, gate=CUTOVER, verdict=VERDICT)
    extra = waiting.steps[0]._replace(name="discard", title="Discard", state=" ", extra=True)
    gate = {**CUTOVER, "name": "discard", "asks": CUTOVER["asks"][1:]}
    asked = waiting._replace(steps=(*waiting.steps, extra), step=len(waiting.steps), gate=gate)
    stage.views = [asked, waiting]
    talk = Spoken(("Type docs to", ""), ("Type yes if", ""), ("leave it waiting", ""))
    assert take_up(talk, Session(run=tmp_path)) == 3
    assert (stage.taken_back, stage.started) == (1, [])
    assert "Nothing was changed. The run goes on waiting." in talk.flat
    assert f"or: qmm discard {waiting.run_id}" in talk.flat
