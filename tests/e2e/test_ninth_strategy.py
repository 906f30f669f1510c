"""A strategy that the program does not have goes the whole way through the engine by its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from qdrant_model_migration.advice import advise, answer_all
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.engine import create_run, give_consent, run_here, view
from qdrant_model_migration.plan import Acceptance
from qdrant_model_migration.survey import survey
from support.ninth import ninth_strategy
from support.world import everything

from .conftest import POINTS, Place


@pytest.mark.parametrize("place", ["local", "fake 1.18.3"], indirect=True)
def test_a_new_file_alone_is_asked_planned_and_run(place: Place, tmp_path: Path) -> None:
    with place.open() as qdrant:
        found = survey(qdrant, place.collection)
    given = {"change": "shorter", "target": "docs_fold", "proof": {"kind": "later"}}
    with ninth_strategy(tmp_path) as fold:
        # Blue-green would do as well, and it takes a model: so one is asked for, and not used.
        given["model"] = place.models.new.cut_to(64).model_dump(mode="json", exclude_defaults=True)
        complete = answer_all(found, given, [])
        assert advise(found, complete).recommended is fold
        plan = make_plan(found, complete, fold, speed=None)
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    folder = create_run(plan.model_copy(update={"accepted": accepted, "practice": False}))
    assert run_here(folder) == 3, view(folder).error
    give_consent(
        folder,
        "cutover",
        {"model": "yes", "alias": place.alias, "without_proof": "without proof"},
    )
    assert run_here(folder) == 0, view(folder).error
    assert view(folder).state == "done"
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == "docs_fold"
        points = everything(qdrant, "docs_fold")
    assert len(points) == POINTS
    half = place.models.old.dimensions // 2
    assert {len(point.vectors[""]) for point in points.values()} == {half}
