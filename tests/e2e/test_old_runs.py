"""Plans and runs that older versions made are shown, carried on, taken back and cleaned up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from qdrant_model_migration import cli
from qdrant_model_migration.engine import create_run, summarize
from qdrant_model_migration.pipeline.sameness import same_payload
from qdrant_model_migration.plan import load_plan
from qdrant_model_migration.plan.errors import WarningsChanged
from qdrant_model_migration.qdrant import Point, Qdrant
from support.fake_qdrant import FakeQdrant
from support.old_runs import VERSIONS, OldRun, in_folder, made_by, on_fake
from support.world import NEW, HashModel, everything

Load = Callable[[str, str], OldRun]
OLD_NAME, NEW_NAME = "docs_old", "docs_new"
ALL = [(version, name) for version in VERSIONS for name in made_by(version)]
MOVING = [run for run in ALL if not run[1].startswith("requantize")]
REQUANTIZING = [(version, "requantize-keep_or_undo") for version in VERSIONS]
STANDS = {"not_started": "interrupted", "killed": "interrupted"}


@pytest.fixture
def load(
    fake_qdrant: FakeQdrant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], OldRun]:
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))

    def put(version: str, name: str) -> OldRun:
        if name.startswith("local"):
            return in_folder(version, name, tmp_path / "qdrant", tmp_path / "runs")
        return on_fake(version, name, fake_qdrant, tmp_path / "runs")

    return put


def to_the_end(run: OldRun) -> None:
    """Through the gates that are left; a run that has ended is left as it is."""
    for _ in range(4):
        if run.seen.gate:
            run.agree(run.stands, **({"alias": run.alias} if run.stands == "cutover" else {}))
        elif run.stands == "done":
            return
        code = run.go()
        assert code in (0, 3), (run.seen.error, [event.text for event in run.seen.events[-5:]])
    raise AssertionError(run.stands)


def assert_points(run: OldRun, qdrant: Qdrant, new: dict[object, Point]) -> None:
    """Each point once, payload and kept vector as before, the new one embedded or cut.

    The first version made a vector even where there was none before, and its plans say so.
    """
    old = everything(qdrant, OLD_NAME)
    assert new.keys() == old.keys()
    for point, before in old.items():
        after, text = new[point], before.payload.get("text")
        assert same_payload(before.payload, after.payload), point
        expected = {name: vector for name, vector in before.vectors.items() if name != "body"}
        assert expected == {name: v for name, v in after.vectors.items() if name != "body"}, point
        if run.seen.card.strategy == "truncate":
            vector = before.vectors.get("body", ())[:4]
        elif text and ("body" in before.vectors or run.makes_what_lacked):
            (vector,) = HashModel(NEW).embed([text], "passage").vectors
        else:
            vector = ()
        found = np.asarray(after.vectors.get("body", ()))
        unit = np.asarray(vector) / (np.linalg.norm(np.asarray(vector)) or 1.0)
        np.testing.assert_allclose(found, unit, atol=1e-5, err_msg=str(point))


def ask_for(run: OldRun, added: str, **consent: str) -> None:
    """A step that is added waits at its own gate, and is done when that was answered."""
    assert run.go(added) == 3, run.seen.error
    assert run.stands == added
    run.agree(added, **consent)
    assert run.go(added) == 0, run.seen.error


@pytest.mark.parametrize(("version", "name"), ALL)
def test_it_is_shown_where_it_stands(
    load: Load, version: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = load(version, name)
    state = name.split("-")[1]
    assert run.stands == STANDS.get(state, state)
    assert bool(run.seen.steps) == (state != "not_started")
    assert summarize(run.seen).title
    assert cli.run(["status", run.folder.name]) == 0
    assert run.folder.name in capsys.readouterr().out
    assert cli.run(["report", run.folder.name]) == 0
    assert "docs_old" in (run.folder / "report.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("version", "name"), MOVING)
def test_it_goes_on_to_the_switch_and_the_old_collection_can_be_deleted(
    load: Load, version: str, name: str
) -> None:
    run = load(version, name)
    to_the_end(run)
    with run.open() as qdrant:
        assert qdrant.aliases()[run.alias] == NEW_NAME
        new = everything(qdrant, NEW_NAME)
        assert_points(run, qdrant, new)
    ask_for(run, "cleanup", collection=OLD_NAME)
    with run.open() as qdrant:
        assert qdrant.collections() == (NEW_NAME,)
        assert everything(qdrant, NEW_NAME) == new


@pytest.mark.parametrize(("version", "name"), MOVING)
def test_it_is_switched_back_and_what_it_made_can_be_deleted(
    load: Load, version: str, name: str
) -> None:
    run = load(version, name)
    to_the_end(run)
    ask_for(run, "rollback", alias=run.alias)
    assert run.stands == "rolled back"
    with run.open() as qdrant:
        assert qdrant.aliases()[run.alias] == OLD_NAME
        before = everything(qdrant, OLD_NAME)
    ask_for(run, "cleanup", collection=NEW_NAME)
    with run.open() as qdrant:
        assert qdrant.collections() == (OLD_NAME,)
        assert everything(qdrant, OLD_NAME) == before


@pytest.mark.parametrize(
    ("version", "name"), [run for run in MOVING if not run[1].endswith("done")]
)
def test_it_is_given_up_before_the_switch(load: Load, version: str, name: str) -> None:
    run = load(version, name)
    with run.open() as qdrant:
        made = qdrant.exists(NEW_NAME)
    ask_for(run, "discard", **({"collection": NEW_NAME} if made else {"sure": "yes"}))
    with run.open() as qdrant:
        assert qdrant.collections() == (OLD_NAME,)


@pytest.mark.parametrize(("version", "name"), REQUANTIZING)
@pytest.mark.parametrize("choice", ["keep", "undo"])
def test_a_compression_is_kept_or_undone(load: Load, version: str, name: str, choice: str) -> None:
    run = load(version, name)
    with run.open() as qdrant:
        before = everything(qdrant, OLD_NAME)
        compressed = qdrant.config(OLD_NAME).raw["quantization_config"]
    run.agree("keep_or_undo", choice=choice)
    assert run.go() == 0, run.seen.error
    assert run.stands == "done"
    with run.open() as qdrant:
        assert everything(qdrant, OLD_NAME) == before
        now = qdrant.config(OLD_NAME).raw["quantization_config"]
    assert compressed
    assert now == (compressed if choice == "keep" else None)


def test_a_plan_of_the_first_version_that_was_not_started_has_to_be_made_again(
    load: Load, tmp_path: Path
) -> None:
    """Its warnings are not sealed, so that nobody knows whether they were shortened."""
    plan = load("first_version", "blue_green-not_started").folder / "plan.yaml"
    with pytest.raises(WarningsChanged, match="make the plan again"):
        create_run(plan, tmp_path / "others")


def test_a_plan_of_the_second_version_is_started(load: Load, tmp_path: Path) -> None:
    plan = load("second_version", "blue_green-not_started").folder / "plan.yaml"
    assert load_plan(plan) == load_plan(create_run(plan, tmp_path / "others") / "plan.yaml")
