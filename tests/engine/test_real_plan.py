"""From a plan as the wizard writes it to a run: its folder, its job, and its steps by name."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from qdrant_model_migration.engine import create_run, read_card, run_here, view
from qdrant_model_migration.engine.errors import PlanHasRun
from qdrant_model_migration.engine.job import job_of
from qdrant_model_migration.engine.new_run import card_of, make_folder
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.origins import as_it_is
from qdrant_model_migration.plan import Acceptance, Alias, Plan, load_plan, save_plan, sealed
from qdrant_model_migration.plan.errors import (
    AcceptedUnasked,
    PlanError,
    WarningsChanged,
    WarningsOpen,
)
from qdrant_model_migration.qdrant import Address
from qdrant_model_migration.steps import added_kinds
from qdrant_model_migration.steps.create_collection import CreateCollection
from support.fake_qdrant import FakeQdrant

PARAMS = {"size": 4, "distance": "Cosine"}


def plan_for(url: str) -> Plan:
    """Only one step, which every Qdrant can do: create the new collection."""
    vector = TargetVector(name="", params=PARAMS, origin=as_it_is(""))
    plan = Plan(
        made_at="2026-11-24T09:12:00+00:00",
        strategy="blue_green",
        title="Blue-green",
        server=Address(url=url),
        server_version="1.18.3",
        collection="docs_old",
        fingerprint="vectors:1:0",
        alias=Alias(name="docs", exists=True),
        move=Move(source="docs_old", target="docs_new", vectors=(vector,)),
        steps=(CreateCollection(),),
        must_accept=("W11",),
        accepted={"W11": Acceptance(at="2026-11-24", said="yes")},
    )
    return sealed(plan)


@pytest.fixture
def plan(fake_qdrant: FakeQdrant) -> Plan:
    from qdrant_model_migration.qdrant import open_qdrant

    with open_qdrant(Address.parse(fake_qdrant.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": PARAMS})
    return plan_for(fake_qdrant.url)


def test_a_plan_becomes_a_run_that_carries_it_out(
    plan: Plan, runs: Path, fake_qdrant: FakeQdrant
) -> None:
    run = create_run(plan, runs)
    card = read_card(run)
    assert (card.what, card.title, card.collection, card.alias) == (
        "docs_old → docs_new", "Blue-green", "docs_old", "docs",
    )  # fmt: skip
    assert load_plan(run / "plan.yaml") == plan
    assert run_here(run) == 0
    found = view(run)
    assert (found.state, found.what) == ("done", "docs_old → docs_new")
    from qdrant_model_migration.qdrant import open_qdrant

    with open_qdrant(Address.parse(fake_qdrant.url)) as qdrant:
        assert qdrant.exists("docs_new")
    assert "docs_old → docs_new" in (run / "report.md").read_text()


def test_a_plan_file_and_its_plan_are_the_same_run(plan: Plan, runs: Path, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    save_plan(plan, path)
    run = create_run(path, runs)
    with pytest.raises(PlanHasRun, match=run.name):
        create_run(plan, runs)
    later = {"W11": Acceptance(at="2026-11-25", said="yes, again")}
    accepted = plan.model_copy(update={"accepted": later})
    with pytest.raises(PlanHasRun, match=run.name):
        create_run(accepted, runs)


def test_a_plan_that_is_none_makes_no_run(runs: Path, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("hello: world\n")
    with pytest.raises(PlanError):
        create_run(path, runs)
    assert not runs.exists()


def test_a_plan_whose_warnings_are_not_acknowledged_makes_no_run(plan: Plan, runs: Path) -> None:
    with pytest.raises(WarningsOpen, match="W11"):
        create_run(plan.model_copy(update={"accepted": {}}), runs)
    assert not runs.exists()


@pytest.mark.parametrize(
    "edited",
    [
        {"must_accept": (), "accepted": {}},
        {"must_accept": (), "accepted": {}, "seal": ""},
        {"collection": "docs_other"},
        {"strategy": "truncate"},
        {"lost_settings": ("replication",)},
    ],
)
def test_a_list_of_warnings_changed_by_hand_makes_no_run(
    plan: Plan, runs: Path, tmp_path: Path, edited: dict[str, object]
) -> None:
    path = tmp_path / "plan.yaml"
    save_plan(plan.model_copy(update=edited), path)
    with pytest.raises(WarningsChanged, match="docs"):
        create_run(path, runs)
    assert not runs.exists()


def test_an_acknowledgement_that_the_plan_does_not_ask_for_makes_no_run(
    plan: Plan, runs: Path
) -> None:
    stray = {**plan.accepted, "W99": Acceptance(at="2026-11-24", said="yes")}
    with pytest.raises(AcceptedUnasked, match="W99"):
        create_run(plan.model_copy(update={"accepted": stray}), runs)


def test_other_lines_of_a_plan_may_be_edited(plan: Plan, runs: Path, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    save_plan(plan, path)
    path.write_text(path.read_text().replace("docs_new", "docs_mine"))
    assert run_here(create_run(path, runs)) == 0


def test_the_engine_carries_out_no_plan_whose_warnings_are_open(plan: Plan, runs: Path) -> None:
    """A folder that was not made by create_run: the engine looks for itself."""
    open_ = plan.model_copy(update={"accepted": {}})
    run = make_folder(card_of(open_), lambda path: save_plan(open_, path), runs)
    assert run_here(run) == 4
    found = view(run)
    assert found.error is not None
    assert "not acknowledged yet: W11" in found.error["what"]
    assert {step.state for step in found.steps} <= {" "}


def test_a_run_of_the_first_version_goes_on(plan: Plan, runs: Path) -> None:
    old = plan.model_copy(update={"seal": ""})
    run = make_folder(card_of(old), lambda path: save_plan(old, path), runs)
    assert run_here(run) == 0


def test_a_plan_that_was_edited_after_the_start_is_refused(plan: Plan, runs: Path) -> None:
    run = create_run(plan, runs)
    text = (run / "plan.yaml").read_text()
    (run / "plan.yaml").write_text(text.replace("docs_new", "docs_other"))
    assert run_here(run) == 4
    error = view(run).error
    assert error is not None
    assert "was changed after the run had begun" in error["what"]
    (run / "plan.yaml").write_text(text)
    assert run_here(run) == 0


def test_a_server_that_is_away_fails_the_run_in_words_and_a_resume_tries_again(
    runs: Path,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    run = create_run(plan_for(f"http://127.0.0.1:{port}"), runs)
    assert run_here(run) == 4
    found = view(run)
    assert (found.state, found.step) == ("failed", 0)
    assert found.error is not None
    assert found.error["todo"]


def test_the_steps_that_come_later_are_known_by_name(plan: Plan, runs: Path) -> None:
    run = create_run(plan, runs)
    job = job_of(run)
    assert job.accepted == {"W11"}
    for name in (kind.name() for kind in added_kinds()):
        assert job.later(name, {}).text(job.move).title
    run_here(run)
    assert run_here(run, extra="rollback") == 4
    found = view(run)
    assert (found.state, len(found.steps)) == ("done", 1)
