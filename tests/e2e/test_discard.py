"""A run that is not wanted is given up: what it made goes, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.engine import create_run, take_back, view
from qdrant_model_migration.engine.errors import CollectionHasRun, RunIsOver
from qdrant_model_migration.errors import Stopped
from qdrant_model_migration.plan import sealed
from qdrant_model_migration.steps import StepContext
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.routes.copy import Copy
from support.fake_qdrant import FakeQdrant
from support.trip import ALIAS, NEW_NAME, OLD_NAME, Trip, whole


def test_at_the_cutover_the_new_collection_goes_and_all_is_as_it_was(
    trip: Trip, fake: FakeQdrant
) -> None:
    before = whole(fake)
    assert trip.go() == 3
    assert trip.go("discard") == 3
    assert trip.gate == "discard"
    assert NEW_NAME in whole(fake)
    trip.consent("discard", collection=NEW_NAME)
    assert trip.go() == 0
    assert whole(fake) == before
    assert trip.seen.state == "discarded"
    assert "Discarded: docs_new is deleted" in (trip.folder / "report.md").read_text()


@pytest.mark.parametrize("typed", ["docs_old", "docs", ""])
def test_only_the_name_of_the_new_collection_is_enough(
    trip: Trip, fake: FakeQdrant, typed: str
) -> None:
    assert trip.go() == 3
    before = whole(fake)
    trip.consent("discard", collection=typed)
    assert trip.go("discard") == 3
    assert whole(fake) == before


def test_after_the_switch_it_is_refused_and_the_way_back_is_named(
    trip: Trip, fake: FakeQdrant
) -> None:
    trip.allow_the_switch()
    assert trip.go() == 0
    before = whole(fake)
    trip.consent("discard", collection=NEW_NAME)
    assert trip.go("discard") == 4
    assert f"qmm rollback {trip.folder.name} switches back" in trip.error["todo"]
    assert (whole(fake), trip.seen.state) == (before, "done")


def test_a_collection_that_another_made_stays(trip: Trip, fake: FakeQdrant) -> None:
    assert trip.go() == 3
    fake.state.collections[NEW_NAME].config["metadata"]["qmm_run"] = "another"
    before = whole(fake)
    trip.consent("discard", collection=NEW_NAME)
    assert trip.go("discard") == 3
    assert [ask["key"] for ask in (trip.seen.gate or {})["asks"]] == ["sure"]
    trip.consent("discard", sure="yes")
    assert trip.go() == 0
    assert (whole(fake), trip.seen.state) == (before, "discarded")


def test_a_collection_that_an_alias_points_to_stays(trip: Trip, fake: FakeQdrant) -> None:
    assert trip.go() == 3
    fake.state.aliases["looking"] = NEW_NAME
    before = whole(fake)
    trip.consent("discard", collection=NEW_NAME)
    assert trip.go("discard") == 4
    assert "The alias looking points to docs_new" in trip.error["why"]
    assert (whole(fake), trip.seen.state) == (before, "waiting")


@pytest.mark.parametrize("state", ["stopped", "failed", "waiting"])
def test_a_question_that_is_taken_back_leaves_the_run_as_it_was(
    trip: Trip, fake: FakeQdrant, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(self: Backfill, ctx: StepContext) -> None:
        raise {"stopped": Stopped(), "failed": RuntimeError()}[state]

    if state != "waiting":
        monkeypatch.setattr(Backfill, "apply", ends)
    trip.go()
    before = trip.seen
    assert before.state == state
    assert trip.go("discard") == 3
    take_back(trip.folder)
    after = view(trip.folder)
    for part in ("state", "since", "gate", "error", "step"):
        assert getattr(after, part) == getattr(before, part), part
    assert [step.name for step in after.steps] == [step.name for step in before.steps]


def test_a_discarded_run_is_over_and_its_plan_can_be_run_anew(trip: Trip, tmp_path: Path) -> None:
    assert trip.go() == 3
    other = sealed(trip.plan.model_copy(update={"made_at": "later"}))
    with pytest.raises(CollectionHasRun, match=f"qmm discard {trip.folder.name}"):
        create_run(other, tmp_path / "runs")
    trip.consent("discard", collection=NEW_NAME)
    assert trip.go("discard") == 0
    for extra in (None, "rollback", "cleanup", "verify", "discard"):
        with pytest.raises(RunIsOver):
            trip.go(extra)
    again = Trip(trip.address, tmp_path / "runs", plan=trip.plan)
    again.allow_the_switch()
    assert again.go() == 0
    with again.open() as qdrant:
        assert qdrant.aliases()[ALIAS] == NEW_NAME


def test_before_the_switch_cleanup_points_to_discard(trip: Trip, fake: FakeQdrant) -> None:
    assert trip.go() == 3
    before = whole(fake)
    trip.consent("cleanup", collection=OLD_NAME)
    assert trip.go("cleanup") == 4
    said = " ".join(trip.error.values())
    assert f"qmm discard {trip.folder.name} deletes {NEW_NAME}" in said
    assert "still points to it" not in said
    assert (whole(fake), trip.seen.state) == (before, "waiting")


def test_a_kill_after_the_deletion_does_no_harm(
    trip: Trip, fake: FakeQdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qdrant_model_migration.engine.context import Context

    assert trip.go() == 3
    trip.consent("discard", collection=NEW_NAME)
    remember = Context.remember

    def dies(self: Context, key: str, value: Any) -> None:
        if key == "discarded":
            raise Stopped
        remember(self, key, value)

    monkeypatch.setattr(Context, "remember", dies)
    assert trip.go("discard") == 130
    monkeypatch.setattr(Context, "remember", remember)
    assert trip.go() == 0
    assert trip.seen.state == "discarded"


def test_another_step_in_its_place_takes_the_consent_along(
    trip: Trip, fake: FakeQdrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cleanup that was stopped, then a rollback: the next cleanup deletes another collection."""
    trip.allow_the_switch()
    assert trip.go() == 0

    def stopped(route: Copy, ctx: StepContext, *, anew: bool = False) -> bool:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(Copy, "sweep", stopped)
        trip.consent("cleanup", collection=OLD_NAME)
        assert trip.go("cleanup") == 130
    assert trip.go("rollback") == 3
    assert trip.go("cleanup") == 3
    assert OLD_NAME in whole(fake)
    trip.consent("rollback", alias=ALIAS)
    assert trip.go("rollback") == 0
    assert trip.go("cleanup") == 3
    assert {OLD_NAME, NEW_NAME} <= whole(fake).keys()
