"""The whole of Truncate by the engine: stored vectors are cut, nothing is embedded but queries."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.advice import ModelChoice, answer_all
from qdrant_model_migration.advice.make_plan import make_plan
from qdrant_model_migration.embedders import Reach, open_embedder
from qdrant_model_migration.embedders.kinds.practice import PracticeEmbedder, fit
from qdrant_model_migration.engine import create_run, give_consent, run_here, view
from qdrant_model_migration.pipeline.sameness import same_payload
from qdrant_model_migration.plan import Acceptance, Plan
from qdrant_model_migration.qdrant import Point, PointId, create_body
from qdrant_model_migration.strategies import by_name
from qdrant_model_migration.survey import survey
from support.world import everything

from . import conftest
from .conftest import POINTS, Models, Place, document, ident

SHORT = 128


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Models]:
    """The longer practice model, and its cut. Many words, so that the cut leaves something out."""
    choose = random.Random(7)
    many = tuple("".join(choose.choices("abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(400))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conftest, "_WORDS", many)
        texts = [document(n)["text"] for n in range(POINTS)]
        old = fit("practice/subwords-256", texts, tmp_path_factory.mktemp("models"))
        yield Models(old, old.cut_to(SHORT))


def plan_for(place: Place, **answers: Any) -> Plan:
    """Every question answered as suggested, every warning acknowledged; the model as suggested."""
    with place.open() as qdrant:
        found = survey(qdrant, place.collection)
    given = {"change": "shorter", "target": f"{place.collection}_new", **answers}
    complete = answer_all(found, given, [ModelChoice(place.models.old, Reach("here"))])
    plan = make_plan(found, complete, by_name("truncate"), speed=None)
    accepted = {w: Acceptance(at="2026-01-01T00:00:00", said="") for w in plan.must_accept}
    return plan.model_copy(update={"accepted": accepted, "practice": False})


def expected_vectors(place: Place) -> dict[PointId, np.ndarray]:
    """What the new collection has to hold: the first values of each stored vector, length one."""
    with place.open() as qdrant:
        old = everything(qdrant, place.collection)
    cut = {i: np.asarray(p.vectors[""])[:SHORT] for i, p in old.items() if p.vectors}
    return {i: values / np.linalg.norm(values) for i, values in cut.items()}


def assert_moved(place: Place) -> None:
    target = f"{place.collection}_new"
    with place.open() as qdrant:
        old, new = everything(qdrant, place.collection), everything(qdrant, target)
    assert new.keys() == old.keys()
    assert all(same_payload(old[i].payload, new[i].payload) for i in old)
    expected = expected_vectors(place)
    assert {i for i, p in new.items() if p.vectors} == expected.keys()
    for i, values in expected.items():
        np.testing.assert_allclose(new[i].vectors[""], values, atol=1e-4)


def to_the_cutover(plan: Plan) -> Path:
    folder = create_run(plan)
    assert run_here(folder) == 3, view(folder).error
    seen = view(folder)
    assert seen.gate is not None
    assert seen.gate["name"] == "cutover", (seen.error, [e.text for e in seen.events[-5:]])
    return folder


def switch(place: Place, folder: Path) -> None:
    consent = {"model": "yes", "alias": place.alias, "without_proof": "without proof"}
    give_consent(folder, "cutover", consent)
    assert run_here(folder) == 0, view(folder).error


def test_the_whole_trip_cuts_what_is_stored_and_embeds_only_queries(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, str]] = []
    embed = PracticeEmbedder.embed

    def spy(self: PracticeEmbedder, texts: Any, role: Any) -> Any:
        asked.append((self.model.dimensions, role))
        return embed(self, texts, role)

    plan = plan_for(place)
    monkeypatch.setattr(PracticeEmbedder, "embed", spy)
    folder = to_the_cutover(plan)
    seen = view(folder)
    assert seen.verdict is not None
    assert seen.verdict["judgement"], seen.verdict
    assert set(asked) == {(256, "query"), (SHORT, "query")}
    assert seen.verdict["overlap"]["share"] < 1, "the cut changes nothing, so nothing is tested"
    switch(place, folder)
    assert_moved(place)
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == f"{place.collection}_new"
        config = qdrant.config(f"{place.collection}_new")
        assert config.vectors()[""]["size"] == SHORT
        assert config.metadata["qmm_model"]["full_dimensions"] == 256
        assert qdrant.count(place.collection) == POINTS


def test_what_is_written_meanwhile_is_cut_too(place: Place) -> None:
    folder = to_the_cutover(plan_for(place))
    embedder = open_embedder(place.models.old)
    with place.open() as qdrant:
        edited = document(3) | {"text": "another text altogether"}
        made = embedder.embed([edited["text"], document(9001)["text"]], "passage").vectors
        qdrant.upsert(place.alias, [Point(ident(3), edited, {"": made[0]})])
        qdrant.upsert(place.alias, [Point(9001, document(9001), {"": made[1]})])
        qdrant.delete(place.alias, [ident(4)])
        # Made anew without any change of the payload.
        again = [0.5, *made[1][1:]]
        qdrant.upsert(place.alias, [Point(ident(10), document(10), {"": again})])
    switch(place, folder)
    assert_moved(place)


def test_a_rollback_says_that_nothing_stays_behind(place: Place) -> None:
    folder = to_the_cutover(plan_for(place))
    switch(place, folder)
    assert run_here(folder, extra="rollback") == 3
    give_consent(folder, "rollback", {"alias": place.alias})
    assert run_here(folder, extra="rollback") == 0
    assert any("No write stays behind" in event.text for event in view(folder).events)
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection


@pytest.fixture
def model_away(place: Place) -> Iterator[None]:
    folder = str(place.models.old.folder)
    shutil.move(folder, f"{folder}.away")
    yield
    shutil.move(f"{folder}.away", folder)


@pytest.fixture
def textless(place: Place) -> Plan:
    return plan_for(place, text={"fields": []}, proof={"kind": "later"})


@pytest.fixture
def to_be_judged(place: Place) -> Plan:
    return plan_for(place)


def test_neither_texts_nor_the_model_are_needed(
    place: Place, textless: Plan, model_away: None
) -> None:
    switch(place, to_the_cutover(textless))
    assert_moved(place)


def test_without_the_model_nothing_is_judged_and_the_verdict_says_why(
    to_be_judged: Plan, model_away: None
) -> None:
    verdict = view(to_the_cutover(to_be_judged)).verdict
    assert verdict is not None
    assert verdict["word"] == "INCONCLUSIVE"
    assert "not on this computer" in verdict["reason"]


def test_a_vector_with_nothing_left_is_listed_and_ends_no_run(place: Place) -> None:
    nothing = [0.0] * SHORT + [1.0] * (256 - SHORT)
    with place.open() as qdrant:
        qdrant.upsert(place.collection, [Point(ident(9), document(9), {"": nothing})])
    folder = to_the_cutover(plan_for(place))
    assert view(folder).dead_letters == 1
    with place.open() as qdrant:
        assert everything(qdrant, f"{place.collection}_new")[ident(9)].vectors == {}


def test_half_precision_stays_half_precision(place: Place) -> None:
    half = place._replace(collection=f"{place.collection}_half", alias=f"{place.alias}_half")
    with place.open() as qdrant:
        config = qdrant.config(place.collection)
        stored = {"": {**config.vectors()[""], "datatype": "float16"}}
        qdrant.create_collection(half.collection, create_body(config, vectors=stored))
        qdrant.insert(half.collection, list(everything(qdrant, place.collection).values()))
        qdrant.switch_alias(half.alias, half.collection)
    folder = to_the_cutover(plan_for(half))
    seen = view(folder)
    assert seen.verdict is not None
    assert all(check["ok"] is not False for check in seen.verdict["integrity"]["checks"])
    switch(half, folder)
    with place.open() as qdrant:
        target = f"{half.collection}_new"
        assert qdrant.config(target).vectors()[""]["datatype"] == "float16"
        new = everything(qdrant, target)
    for i, values in expected_vectors(half).items():
        np.testing.assert_allclose(new[i].vectors[""], values, atol=2e-3)


def test_the_loss_is_measured_before_anything_is_made(place: Place) -> None:
    folder = to_the_cutover(plan_for(place))
    said = view(folder).facts["shortening"]["says"]
    assert f"{SHORT} dimensions: " in said[1]
    assert said[1].endswith("as planned.")
    assert "64 dimensions: " in said[2]
