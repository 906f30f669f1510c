"""A vector is taken out of the collection that stands: typed first, once, and nothing else goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.advice import advise, answer_all
from qdrant_model_migration.advice.errors import StrategyUnfit
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.engine import create_run, run_here, view
from qdrant_model_migration.pages.run_words import done_line
from qdrant_model_migration.pipeline.sameness import same_payload, same_vector
from qdrant_model_migration.plan import Acceptance, Plan
from qdrant_model_migration.qdrant import Point, Qdrant
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.strategies.answered.said import way_back
from qdrant_model_migration.survey import survey
from support.world import everything

from .conftest import Place
from .trips import add, consent, switch, to_the_cutover

PLACES = ["local", "fake 1.18.3", "fake 1.19.0",
          pytest.param("real", marks=pytest.mark.server)]  # fmt: skip
POINTS = 40
NAME = "drop_vector"
pytestmark = pytest.mark.parametrize("place", PLACES, indirect=True)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qdrant_model_migration.steps.readiness.POLL_SECONDS", 0.0)


@pytest.fixture
def two(place: Place) -> Iterator[str]:
    """A collection in which each point has two vectors; the metadata says who made which. The one
    that stays is written at other lengths than the one that Cosine stores it at."""
    name = f"{place.collection}_two"
    vectors = {"old": {"size": 4, "distance": "Dot"}, "new": {"size": 6, "distance": "Cosine"}}
    body = {
        "vectors": vectors,
        "metadata": {"qmm_models": {one: {"kind": "practice", "name": one} for one in vectors}},
    }
    with place.open() as qdrant:
        qdrant.create_collection(name, body)
        qdrant.insert(name, [point(n) for n in range(POINTS)])
    yield name
    with place.open() as qdrant:
        qdrant.delete_collection(name)


def point(number: int, text: str = "") -> Point:
    vectors = {"old": [1.0, 2.0, 3.0, 1.0 + number], "new": [2.0, 1.0, 1.0, 3.0, 5.0, 1.0 + number]}
    return Point(number, {"text": text or f"text {number}"}, vectors)


def plan_of(place: Place, collection: str, **answers: Any) -> Plan:
    with place.open() as qdrant:
        found = survey(qdrant, collection)
    complete = answer_all(found, {"change": "drop", "drop": "old", **answers}, [])
    plan = make_plan(found, complete, by_name(NAME), speed=None)
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    return plan.model_copy(update={"accepted": accepted, "practice": False})


def vectors_of(qdrant: Qdrant, collection: str) -> set[str]:
    return set(qdrant.config(collection).vectors())


def can(place: Place) -> bool:
    with place.open() as qdrant:
        return qdrant.capabilities.drop_vector


def test_it_is_deleted_once_its_name_is_typed_and_all_else_stays(place: Place, two: str) -> None:
    if not can(place):
        pytest.skip("below 1.19: see the next test")
    plan = plan_of(place, two, in_place="in place")
    assert [step.step for step in plan.steps if step.step != "snapshot"] == [
        "check", "take_out_vector",
    ]  # fmt: skip
    assert "W39" in plan.must_accept
    assert "W01" not in plan.warned, "nothing is copied"
    folder = create_run(plan)
    assert run_here(folder) == 3, view(folder).error
    gate = view(folder).gate
    assert gate is not None
    assert [(ask["key"], ask["expect"]) for ask in gate["asks"]] == [("vector", "old")]
    with place.open() as qdrant:
        assert vectors_of(qdrant, two) == {"old", "new"}, "not before that"
        saved = [one.name for one in qdrant.snapshots(two)] if qdrant.capabilities.snapshots else []
        qdrant.upsert(two, [point(3, "edited"), point(9001)])
        qdrant.delete(two, [4])
        before = everything(qdrant, two)
    said = " ".join(gate["says"])
    assert saved == re.findall(r"the snapshot (\S+),", said)
    assert ("NO way back" in said) is not saved
    consent(folder, "take_out")
    assert run_here(folder) == 0, view(folder).error
    with place.open() as qdrant:
        assert vectors_of(qdrant, two) == {"new"}
        points = everything(qdrant, two)
        assert qdrant.config(two).metadata["qmm_models"].keys() == {"new"}
    assert points.keys() == {*range(POINTS), 9001} - {4}
    for number, stands in points.items():
        assert stands.vectors.keys() == {"new"}
        assert same_payload(stands.payload, before[number].payload)
        assert same_vector(stands.vectors["new"], before[number].vectors["new"])
    assert points[3].payload == {"text": "edited"}
    seen = view(folder)
    assert seen.facts["taken_out"] == {"vector": "old", "points": POINTS}
    assert done_line(seen).startswith("Vector old is deleted, of 40 points.")


def test_a_new_collection_without_it_is_filled_verified_and_taken_back(
    place: Place, two: str
) -> None:
    with place.open() as qdrant:
        qdrant.switch_alias(f"{two}_live", two)
    folder = to_the_cutover(plan_of(place, two, target=f"{two}_new", in_place="new"))
    with place.open() as qdrant:
        qdrant.upsert(two, [point(3, "edited"), point(9001)])
        qdrant.delete(two, [4])
    switch(folder)
    with place.open() as qdrant:
        old, new = everything(qdrant, two), everything(qdrant, f"{two}_new")
        assert qdrant.aliases()[f"{two}_live"] == f"{two}_new"
    assert new.keys() == old.keys() == {*range(POINTS), 9001} - {4}
    for number, stands in new.items():
        assert stands.vectors.keys() == {"new"}
        assert same_payload(stands.payload, old[number].payload)
        assert same_vector(stands.vectors["new"], old[number].vectors["new"])
    add(folder, "rollback")
    with place.open() as qdrant:
        assert qdrant.aliases()[f"{two}_live"] == two
    report = (folder / "report.md").read_text()
    assert "was to be carried over, but those of its vectors" in report
    assert "Put the old" not in report, "searches asked the same all the time"
    add(folder, "cleanup")


def test_a_kill_after_the_deletion_is_finished_and_can_not_be_given_up(
    place: Place, two: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not can(place):
        pytest.skip("below 1.19: see the next test")
    folder = create_run(plan_of(place, two, in_place="in place"))
    assert run_here(folder) == 3
    consent(folder, "take_out")
    with monkeypatch.context() as killed:
        killed.setattr(Qdrant, "drop_vector", _and_die(Qdrant.drop_vector))
        assert run_here(folder) != 0
    with place.open() as qdrant:
        assert vectors_of(qdrant, two) == {"new"}
    assert run_here(folder, extra="discard") == 4
    assert "cannot be taken back" in str(view(folder).error)
    assert run_here(folder) == 0, view(folder).error
    assert view(folder).facts["taken_out"]["vector"] == "old"


def _and_die(do: Any) -> Any:
    def killed(*arguments: Any) -> None:
        do(*arguments)
        raise KeyboardInterrupt

    return killed


def test_it_is_never_the_first_choice_and_says_that_nothing_brings_it_back(
    place: Place, two: str
) -> None:
    with place.open() as qdrant:
        found = survey(qdrant, two)
    asked = {"change": "drop"}
    assert answer_all(found, asked, [])["drop"] is False, "no vector is suggested"
    advice = advise(found, answer_all(found, asked, []))
    assert advice.recommended is None
    assert "which vector goes is not said" in advice.fit_of(by_name(NAME)).reason
    complete = answer_all(found, {**asked, "drop": "old"}, [])
    advice = advise(found, complete)
    assert advice.recommended is by_name(NAME)
    reasons = " ".join(advice.because)
    if not can(place):
        assert "in_place" not in complete
        assert "below 1.19 a server can lose points by it" in reasons
        aside = advise(found, {**asked, "drop": "old", "in_place": "in place"}).set_aside
        assert aside == ("in_place",)
        return
    assert complete["in_place"] == "new"
    assert "switch the alias back" in way_back(by_name(NAME), advice.settled)
    chosen = advise(found, {**complete, "in_place": "in place"})
    assert (
        way_back(by_name(NAME), chosen.settled) == "none: the vector is deleted, but for a snapshot"
    )
    assert not {"target", "name", "writes", "pace"} & set(chosen.settled)


def test_a_plan_for_a_newer_server_is_refused_by_an_older_one(
    place: Place, two: str, tmp_path: Path
) -> None:
    if can(place):
        pytest.skip("this one can")
    from qdrant_model_migration.qdrant import Version
    from qdrant_model_migration.qdrant.capabilities import of_server

    with place.open() as qdrant:
        found = survey(qdrant, two)
    newer = found.model_copy(update={"capabilities": of_server(Version(1, 19, 0))})
    complete = answer_all(newer, {"change": "drop", "drop": "old", "in_place": "in place"}, [])
    plan = make_plan(newer, complete, by_name(NAME), speed=None)
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    folder = create_run(plan.model_copy(update={"accepted": accepted, "practice": False}))
    assert run_here(folder) == 4
    assert "below 1.19 one can lose points" in str(view(folder).error)
    with place.open() as qdrant:
        assert vectors_of(qdrant, two) == {"old", "new"}
    with pytest.raises(StrategyUnfit):
        make_plan(found, answer_all(found, {"change": "drop"}, []), by_name(NAME), speed=None)
