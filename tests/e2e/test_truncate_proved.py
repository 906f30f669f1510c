"""Truncate with a model that was not made for it: it proves itself before anything is made, by its
first values or by a learned projection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.advice import ModelChoice, answer_all
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.embedders import Reach, open_embedder
from qdrant_model_migration.embedders.learned_map import LearnedMap
from qdrant_model_migration.engine import (
    change_lines,
    create_run,
    run_here,
    summarize,
    view,
    write_report,
)
from qdrant_model_migration.pages.work.searching import sides
from qdrant_model_migration.pipeline.sameness import same_payload
from qdrant_model_migration.plan import Acceptance, Plan, load_plan, save_plan
from qdrant_model_migration.qdrant import PointId
from qdrant_model_migration.quality import both_sides, side_by_side
from qdrant_model_migration.steps.measure_cut import PROJECTION
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey import survey
from support.world import everything

from .conftest import POINTS, Place, document
from .test_linear_map import ADDED, DELETED, add, at_gate, consent, write_meanwhile
from .test_map_queries import run_lines

PLACES = ["fake 1.18.3", pytest.param("real", marks=pytest.mark.server)]
pytestmark = pytest.mark.parametrize("place", PLACES, indirect=True)


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qdrant_model_migration.steps.readiness.POLL_SECONDS", 0.0)


def plan_for(place: Place, tmp_path: Path, length: int, by: str) -> Plan:
    """The present model at a typed length, all else as suggested; the plan is a file."""
    old = place.models.old
    assert not old.matryoshka
    with place.open() as qdrant:
        found = survey(qdrant, place.alias)
    model = old.cut_to(length, unproven=True).model_dump(mode="json", exclude_defaults=True)
    target = f"{place.collection}_new"
    given = {"change": "shorter", "model": model, "shortened_by": by, "target": target}
    complete = answer_all(found, given, [ModelChoice(old, Reach("here"))])
    plan = make_plan(found, complete, by_name("truncate"), speed=None)
    assert "W09" in plan.must_accept
    save_plan(plan, tmp_path / "plan.yaml")
    plan = load_plan(tmp_path / "plan.yaml")
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    return plan.model_copy(update={"accepted": accepted, "practice": False})


def to_the_cutover(plan: Plan) -> Path:
    """Nothing is asked on the way: what was measured is enough."""
    folder = create_run(plan)
    assert run_here(folder) == 3, view(folder).error
    at_gate(folder, "cutover")
    return folder


def assert_shortened(place: Place, made: Any) -> None:
    """Each point has what `made` makes of the vector that the old one has now, by direction."""
    with place.open() as qdrant:
        old = everything(qdrant, place.collection)
        new = everything(qdrant, f"{place.collection}_new")
    assert new.keys() == old.keys()
    assert all(same_payload(old[i].payload, new[i].payload) for i in old)
    for ident, point in old.items():
        right = np.asarray(made(np.asarray(point.vectors[""], np.float64)))
        there = np.asarray(new[ident].vectors[""], np.float64)
        np.testing.assert_allclose(there, right / np.linalg.norm(right), atol=1e-4)


def test_a_length_that_proves_itself_is_cut_while_the_application_writes(
    place: Place, tmp_path: Path
) -> None:
    folder = to_the_cutover(plan_for(place, tmp_path, 96, "cut"))
    told = view(folder).facts["shortening"]
    assert "found" not in told
    assert any("96 dimensions: cut " in line and "as planned" in line for line in told["says"])
    assert any("96 dimensions: projected " in line for line in told["says"])
    write_meanwhile(place)
    consent(folder, "cutover")
    assert run_here(folder) == 0, view(folder).error
    assert_shortened(place, lambda vector: vector[:96])
    with place.open() as qdrant:
        said = qdrant.config(f"{place.collection}_new").metadata["qmm_model"]
        again = survey(qdrant, place.alias)
    assert said["unproven"] is True
    assert again.old_model.value is not None
    assert (again.old_model.how, again.old_model.value.dimensions) == ("re-embedded", 96)


def test_a_length_that_keeps_too_little_ends_the_run_before_anything_is_made(
    place: Place, tmp_path: Path
) -> None:
    folder = create_run(plan_for(place, tmp_path, 6, "cut"))
    for _ in range(2):  # no tick and no resume leads past it
        assert run_here(folder) == 4
        seen = view(folder)
        assert seen.gate is None
        assert seen.error is not None
        assert seen.error["what"].startswith("NO-GO: at 6 dimensions only ")
        assert "make the plan again" in seen.error["todo"]
    with place.open() as qdrant:
        assert not qdrant.exists(f"{place.collection}_new")
        assert qdrant.aliases()[place.alias] == place.collection
    assert any(label == "Shortened" for label, _ in summarize(view(folder)).rows)


def test_a_projection_is_learned_proved_searched_through_and_taken_back(
    place: Place, tmp_path: Path
) -> None:
    old = place.models.old
    folder = to_the_cutover(plan_for(place, tmp_path, 48, "projection"))
    learned = LearnedMap.load(folder / PROJECTION)
    seen = view(folder)
    assert seen.facts["shortening"]["fingerprint"] == learned.fingerprint
    assert seen.verdict is not None
    assert seen.verdict["judgement"], seen.verdict
    checks = {check["name"]: check["ok"] for check in seen.verdict["integrity"]["checks"]}
    assert checks["Projected right"] is True
    assert False not in checks.values()
    assert seen.gate is not None
    asked = [ask["label"] for ask in seen.gate["asks"]]
    assert any("puts its query vectors through the projection" in label for label in asked)
    write_meanwhile(place)
    consent(folder, "cutover")
    assert run_here(folder) == 0, view(folder).error
    assert_shortened(place, lambda vector: vector @ learned.matrix)
    searched_by_the_lines(place, folder, learned)
    compared = sides(folder)
    assert compared is not None
    with place.open() as qdrant:
        said = qdrant.config(f"{place.collection}_new").metadata["qmm_model"]
        assert (said["mapped_from"], said["projected_to"]) == (old.name, 48)
        again = survey(qdrant, place.alias)
        tried = side_by_side(document(20)["title"], *both_sides(qdrant, *compared))
    assert tried.new.hits
    assert again.approximate == ("",)
    assert again.old_model.value is None
    assert "go through the projection" in again.old_model.note
    add(folder, "rollback")
    lines = change_lines.lines(change_lines.of(view(folder).facts), "Python")
    assert any(line.startswith("- ") and "numpy.load" in line for line in lines)
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection
        assert not qdrant.exists(f"{place.collection}_new")
        left: set[PointId] = set(everything(qdrant, place.collection))
    assert len(left) == POINTS
    assert ADDED in left
    assert DELETED not in left


def searched_by_the_lines(place: Place, folder: Path, learned: LearnedMap) -> None:
    """What the report prints finds what the projection of the query finds."""
    lines = change_lines.lines(change_lines.of(view(folder).facts), "Python")
    embedder = open_embedder(place.models.old)
    for n in (20, 21, 22):
        title = document(n)["title"]
        query = learned.of(embedder.embed([title], "query").vectors, length_one=False)[0]
        with place.open() as qdrant:
            right = qdrant.search(place.alias, query.tolist(), limit=10)
        found = run_lines(place, lines, place.models.old, title)
        assert found == [hit.id for hit in right]
    report = write_report(folder)[0].read_text()
    assert all(line.strip() in report for line in lines)
    assert "| dimensions | 128 | 48 |" in report
    assert "at the moment in which the alias is switched" in report
