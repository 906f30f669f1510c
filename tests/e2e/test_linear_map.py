"""The whole of Linear map by the engine: a sample is embedded, all vectors are calculated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.advice import ModelChoice, answer_all
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.embedders import Reach, open_embedder
from qdrant_model_migration.embedders.kinds.practice import PracticeEmbedder
from qdrant_model_migration.embedders.learned_map import FILE, LearnedMap
from qdrant_model_migration.engine import create_run, give_consent, run_here, summarize, view
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.sameness import same_payload
from qdrant_model_migration.plan import Acceptance, Plan, load_plan, save_plan
from qdrant_model_migration.qdrant import Point
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey import survey
from support.world import everything

from .conftest import POINTS, Place, document, ident

PLACES = ["local", "fake 1.18.3", "fake 1.19.0", pytest.param("real", marks=pytest.mark.server)]
pytestmark = pytest.mark.parametrize("place", PLACES, indirect=True)

EDITED, DELETED, ADDED, BARE, ZERO = ident(3), ident(4), 9001, 9002, ident(9)


def plan_for(place: Place, tmp_path: Path, **answers: Any) -> Plan:
    """Every question answered as suggested, every warning acknowledged; the plan is a file."""
    with place.open() as qdrant:
        found = survey(qdrant, place.collection)
    given = {
        **by_name("linear_map").implied,
        "change": "model",
        "model": place.models.new.model_dump(mode="json", exclude_defaults=True),
        "target": f"{place.collection}_new",
        **answers,
    }
    complete = answer_all(found, given, [ModelChoice(place.models.new, Reach("here"))])
    plan = make_plan(found, complete, by_name("linear_map"), speed=None)
    save_plan(plan, tmp_path / "plan.yaml")
    plan = load_plan(tmp_path / "plan.yaml")
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    return plan.model_copy(update={"accepted": accepted, "practice": False})


def at_gate(folder: Path, name: str) -> dict[str, Any]:
    seen = view(folder)
    assert seen.gate is not None, seen.error
    assert seen.gate["name"] == name
    return seen.gate


def to_the_loss(plan: Plan) -> Path:
    folder = create_run(plan)
    assert run_here(folder) == 3, view(folder).error
    at_gate(folder, "loss")
    return folder


def to_the_cutover(plan: Plan) -> Path:
    folder = to_the_loss(plan)
    consent(folder, "loss")
    assert run_here(folder) == 3, view(folder).error
    at_gate(folder, "cutover")
    return folder


def consent(folder: Path, gate: str) -> None:
    """Everything that the gate asks for, as it asks for it."""
    asks = at_gate(folder, gate)["asks"]
    give_consent(folder, gate, {ask["key"]: ask["expect"] or "yes" for ask in asks})


def add(folder: Path, step: str) -> None:
    assert run_here(folder, extra=step) == 3, view(folder).error
    consent(folder, step)
    assert run_here(folder, extra=step) == 0, view(folder).error


def write_meanwhile(place: Place) -> None:
    """One text is edited, one point deleted, one added, by the old model; one has a vector made
    anew without any change of its payload."""
    embedder = open_embedder(place.models.old)
    edited = document(3) | {"text": "another text altogether"}
    made = embedder.embed([edited["text"], document(9001)["text"]], "passage").vectors
    with place.open() as qdrant:
        qdrant.upsert(place.alias, [Point(EDITED, edited, {"": made[0]})])
        qdrant.upsert(place.alias, [Point(ADDED, document(9001), {"": made[1]})])
        qdrant.delete(place.alias, [DELETED])
        qdrant.upsert(place.alias, [Point(ident(10), document(10), {"": [0.5, *made[1][1:]]})])


def assert_calculated(place: Place, folder: Path) -> None:
    """Each point has what the map of the run makes of the vector that the old one has now."""
    learned = LearnedMap.load(folder / FILE)
    with place.open() as qdrant:
        old = everything(qdrant, place.collection)
        new = everything(qdrant, f"{place.collection}_new")
    assert new.keys() == old.keys()
    assert all(same_payload(old[i].payload, new[i].payload) for i in old)
    usable = {i: p.vectors[""] for i, p in old.items() if p.vectors and any(p.vectors[""])}
    assert {i for i, p in new.items() if p.vectors} == usable.keys()
    right = learned.of(list(usable.values()), length_one=True)
    for i, row in zip(usable, right, strict=True):
        np.testing.assert_allclose(new[i].vectors[""], row, atol=1e-4)


def test_the_whole_trip_with_an_application_that_writes(place: Place, tmp_path: Path) -> None:
    with place.open() as qdrant:
        qdrant.upsert(place.alias, [Point(BARE, document(9002), {})])
        qdrant.upsert(place.alias, [Point(ZERO, document(9), {"": [0.0] * 128})])
    folder = to_the_loss(plan_for(place, tmp_path))
    told = view(folder).facts["learned_map"]
    assert told["searches"]["n"] + told["documents"]["n"] >= 60
    assert told["says"] in dict(summarize(view(folder)).rows)["Calculated"]
    with place.open() as qdrant:
        assert not qdrant.exists(f"{place.collection}_new")
    consent(folder, "loss")
    assert run_here(folder) == 3, view(folder).error
    at_gate(folder, "cutover")
    seen = view(folder)
    assert seen.verdict is not None
    checks = {check["name"]: check["ok"] for check in seen.verdict["integrity"]["checks"]}
    assert checks["Calculated right"] is True
    assert False not in checks.values()
    assert seen.dead_letters == 2
    said = dict(summarize(seen).rows)["Dead letters"]
    assert "it has no vector to calculate one from" in said
    assert "no text" not in said
    assert_calculated(place, folder)
    write_meanwhile(place)
    consent(folder, "cutover")
    assert run_here(folder) == 0, view(folder).error
    assert_calculated(place, folder)
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == f"{place.collection}_new"
        said = qdrant.config(f"{place.collection}_new").metadata["qmm_model"]
        assert said["name"] == place.models.new.name
        assert said["mapped_from"] == place.models.old.name
        again = survey(qdrant, place.alias)
    assert again.approximate == ("",)
    assert again.old_model.value is not None
    assert "approximate" in again.old_model.note
    add(folder, "rollback")
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(f"{place.collection}_new")
        assert len(everything(qdrant, place.collection)) == POINTS + 1


def test_a_run_that_breaks_off_while_it_embeds_goes_on_and_embeds_nothing_twice(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    broke: list[int] = []
    embed = PracticeEmbedder.embed

    def breaks(self: PracticeEmbedder, texts: Any, role: Any) -> Any:
        if role == "passage":
            if sum(asked) >= 128 and not broke:
                broke.append(sum(asked))
                raise QmmError("The model broke.", "Somebody wanted it.", "Resume.")
            asked.append(len(texts))
        return embed(self, texts, role)

    plan = plan_for(place, tmp_path)
    monkeypatch.setattr(PracticeEmbedder, "embed", breaks)
    folder = create_run(plan)
    assert run_here(folder) == 4
    assert "learned_map" not in view(folder).facts
    assert broke
    assert run_here(folder) == 3, view(folder).error
    at_gate(folder, "loss")
    assert sum(asked) == POINTS - 2  # two have no text
    told = view(folder).facts["learned_map"]
    assert run_here(folder) == 3  # and so it waits again, for the same map
    assert view(folder).facts["learned_map"] == told
    assert sum(asked) == POINTS - 2


def test_models_that_have_nothing_in_common_end_it_before_anything_is_written(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random = np.random.default_rng(4)
    with place.open() as qdrant:
        points = everything(qdrant, place.collection)
        strange = [
            point._replace(vectors={"": random.normal(size=128).tolist()})
            for point in points.values()
        ]
        for start in range(0, len(strange), 50):
            qdrant.upsert(place.collection, strange[start : start + 50])
    folder = create_run(plan_for(place, tmp_path))
    assert run_here(folder) == 4
    seen = view(folder)
    assert seen.error is not None
    assert seen.error["what"].startswith("NO-GO: the calculated vectors find ")
    assert "to embed 240 texts takes about" in seen.error["todo"]
    with place.open() as qdrant:
        assert not qdrant.exists(f"{place.collection}_new")
        assert qdrant.aliases()[place.alias] == place.collection
    said = summarize(seen)
    assert any("--from" in todo.how for todo in said.todo)
    assert dict(said.rows)["Calculated"].startswith("NO-GO: ")


def test_it_is_a_bridge_to_proper_vectors_of_the_same_model(place: Place, tmp_path: Path) -> None:
    folder = to_the_cutover(plan_for(place, tmp_path))
    consent(folder, "cutover")
    assert run_here(folder) == 0, view(folder).error
    proper = f"{place.collection}_proper"
    with place.open() as qdrant:
        found = survey(qdrant, place.alias)
    model = place.models.new.model_dump(mode="json", exclude_defaults=True)
    given = {"change": "model", "model": model, "target": proper}
    complete = answer_all(found, given, [ModelChoice(place.models.new, Reach("here"))])
    plan = make_plan(found, complete, by_name("blue_green"), speed=None)
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    second = create_run(plan.model_copy(update={"accepted": accepted, "practice": False}))
    assert run_here(second) == 3, view(second).error
    at_gate(second, "cutover")
    with place.open() as qdrant:
        assert "mapped_from" not in qdrant.config(proper).metadata["qmm_model"]
        points = everything(qdrant, proper)
        again = survey(qdrant, proper)
    assert again.approximate == ()
    embedder = open_embedder(place.models.new)
    for number in (20, 21, 22):
        (right,) = embedder.embed([document(number)["text"]], "passage").vectors
        np.testing.assert_allclose(points[ident(number)].vectors[""], right, atol=2e-3)
