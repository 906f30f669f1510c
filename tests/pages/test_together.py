"""Collections that switch together, planned in the wizard: the same answers, a plan for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration import engine
from qdrant_model_migration.advice import answer_all
from qdrant_model_migration.commands.run_together import plans_in
from qdrant_model_migration.embedders import ModelChoice, Reach, model_from_folder
from qdrant_model_migration.engine import list_runs, view
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pages.outcome import Go, Outcome, Said, Work
from qdrant_model_migration.pages.page import Act, Page
from qdrant_model_migration.pages.session import Session
from qdrant_model_migration.pages.stages import enter, stage
from qdrant_model_migration.qdrant import Address, Qdrant, open_qdrant
from qdrant_model_migration.survey import survey
from support.fake_qdrant import FakeQdrant
from support.tiny_onnx import tiny_onnx
from support.world import OLD, HashModel
from support.written import write


@pytest.fixture
def qdrant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Qdrant]:
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
    old = HashModel(OLD)
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        for name in ("memories", "memories_entities"):
            write(qdrant, "mem0", lambda t: old.embed(t, "passage").vectors, name=name)
        yield qdrant


@pytest.fixture
def session(qdrant: Qdrant, tmp_path: Path) -> Session:
    """At the plan, every question answered as suggested."""
    model = model_from_folder(tiny_onnx(tmp_path / "tiny", dimensions=12))
    choices = (ModelChoice(model, Reach("here")),)
    found = survey(qdrant, "memories")
    given = {"change": "model", "model": model.model_dump(mode="json", exclude_defaults=True)}
    answers = answer_all(found, given, choices)
    assert answers["together"] == "yes", "as suggested"
    session = Session(
        address=qdrant.address,
        key_of=qdrant.address,
        collection="memories",
        survey=found,
        answers=answers,
        choices=choices,
    )
    return came("plan", session)


def came(name: str, session: Session) -> Session:
    outcome = enter(name, session)
    if isinstance(outcome, Work):
        outcome = outcome.then(session, outcome.do(lambda news: None))
    if isinstance(outcome, Said):
        return outcome.session
    assert isinstance(outcome, Session)
    return outcome


def acts(page: Page) -> dict[str, Act]:
    return {act.key: act for act in page.acts}


def done(name: str, session: Session, key: str, **values: Any) -> Outcome:
    outcome = stage(name).act(session, key, values)
    if isinstance(outcome, Work):
        return outcome.then(session, outcome.do(lambda news: None))
    return outcome


def read(session: Session) -> Session:
    """With every warning of the others acknowledged."""
    given = {ask.key: "yes" for ask in stage("others").page(session).asks}
    go = done("others", session, "go", **given)
    assert isinstance(go, Go)
    assert go.to == "plan"
    return go.session


def accepted(session: Session) -> Session:
    """With those of the chosen one acknowledged, too."""
    for ask in stage("warnings").page(session).asks:
        said = stage("warnings").act(session, ask.key, {ask.key: "yes"})
        assert isinstance(said, Said)
        session = said.session
    return came("plan", session)


def test_it_cannot_be_started_before_the_others_are_planned_and_read(session: Session) -> None:
    assert session.plan is not None
    assert session.plan.together == ("memories_entities",)
    assert "W61" not in session.plan.must_accept
    session = accepted(session)
    closed = acts(stage("plan").page(session))
    assert closed["start"].closed == "plan the others first"
    assert closed["save"].closed == "plan the others first"
    assert isinstance(done("plan", session, "others"), Go)
    session = came("others", session)
    (table,) = stage("others").page(session).tables
    assert [row.cells for row in table.rows] == [
        ("memories_entities", "24", "", "2 to read", "memories_tiny_entities")
    ]
    session = came("plan", session)
    assert acts(stage("plan").page(session))["start"].closed == "2 warnings of the others left"
    session = came("plan", read(session))
    assert acts(stage("plan").page(session))["start"].closed == ""


def test_a_run_is_made_for_each_and_the_first_one_begins(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Path] = []
    monkeypatch.setattr(engine, "start", lambda folder, env: begun.append(folder))
    session = came("plan", read(came("others", accepted(session))))
    sure = done("plan", session, "start")
    assert isinstance(sure, Page)
    assert any("memories_entities" in str(block) for block in sure.body)
    go = done("plan", session, "yes")
    assert isinstance(go, Go)
    assert not go.words
    runs = {run.card.collection: run for run in list_runs()}
    assert set(runs) == {"memories", "memories_entities"}
    assert begun == [runs["memories"].folder]
    (sister,) = view(begun[0]).with_it
    assert (sister.collection, sister.begun) == ("memories_entities", False)


def test_the_plans_of_all_are_saved_into_one_folder(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    session = came("plan", read(came("others", accepted(session))))
    ask = done("plan", session, "save")
    assert isinstance(ask, Page)
    (folder,) = ask.asks
    assert (folder.label, folder.value) == ("Folder", "plans")
    saved = done("plan", session, "write", file="plans")
    assert isinstance(saved, Page)
    assert "qmm run plans" in str(saved.body)
    plans = plans_in(tmp_path / "plans", ())
    assert {plan.collection for plan in plans} == {"memories", "memories_entities"}
    assert done_fails("plan", session, "write", file="plans") == f"{tmp_path / 'plans'} exists."


def done_fails(name: str, session: Session, key: str, **values: Any) -> str:
    with pytest.raises(QmmError) as failed:
        done(name, session, key, **values)
    return failed.value.what


def test_they_are_listed_beside_a_run_and_opened_from_there(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "start", lambda folder, env, **_: begun.append(folder))
    begun: list[Path] = []
    session = came("plan", read(came("others", accepted(session))))
    go = done("plan", session, "yes")
    assert isinstance(go, Go)
    session = came("run", go.session)
    assert acts(stage("run").page(session))["family"].label == "The others"
    assert done("run", session, "family") == Go("family", session)
    session = came("family", session)
    (table,) = stage("family").page(session).tables
    mine, other = table.rows
    assert mine.cells[0] == "memories"
    assert other.cells == ("memories_entities", "not begun yet")
    assert [act.key for act in other.acts] == ["begin"]
    done("family", session, "begin", family=other.key)
    runs = {run.card.collection: run.folder for run in list_runs()}
    assert begun == [runs["memories"], runs["memories_entities"]]
    opened = done("family", session, "open", family=other.key)
    assert isinstance(opened, Go)
    assert (opened.to, opened.session.run) == ("run", runs["memories_entities"])
    assert done("family", session, "open", family="mine") == Go("run", session, back=True)


def test_an_answer_that_is_changed_plans_them_anew(session: Session) -> None:
    session = came("others", session)
    assert session.planned_with_it
    changed = came("plan", session.answered("together", "alone"))
    assert changed.plan is not None
    assert changed.plan.together == ()
    assert "W61" in changed.plan.must_accept
    assert "others" not in acts(stage("plan").page(changed))
    assert isinstance(enter("others", changed), Go)


def test_an_empty_one_is_left_out_and_said(session: Session, qdrant: Qdrant) -> None:
    qdrant.delete("memories_entities", [p.id for p in qdrant.scroll("memories_entities").points])
    session = came("others", session)
    (row,) = (row for table in stage("others").page(session).tables for row in table.rows)
    assert "left out" in row.cells
    session = came("plan", session)
    assert session.plan is not None
    assert session.plan.together == ()
    assert acts(stage("plan").page(accepted(session)))["start"].closed == ""
