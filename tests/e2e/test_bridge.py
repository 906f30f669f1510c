"""A map as a bridge, by the engine: calculated vectors answer, proper ones are made behind them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.embedders import open_embedder
from qdrant_model_migration.embedders.kinds.practice import PracticeEmbedder
from qdrant_model_migration.engine import run_here, summarize, view
from qdrant_model_migration.qdrant import Point
from qdrant_model_migration.survey import survey
from support.world import everything

from .conftest import POINTS, Place, document, ident
from .test_linear_map import add, consent, plan_for, to_the_cutover

REAL = pytest.param("real", marks=pytest.mark.server)
FAKE = pytest.mark.parametrize("place", ["fake 1.18.3"], indirect=True)
EVERYWHERE = pytest.mark.parametrize("place", ["local", "fake 1.18.3", REAL], indirect=True)
EDITED, DELETED, ADDED, TEXTLESS = ident(30), ident(31), 9001, (ident(7), ident(8))
FIRST = "rank"


class Killed(BaseException):
    """kill -9, as far as the engine can feel it."""


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qdrant_model_migration.steps.readiness.POLL_SECONDS", 0.0)


def to_the_bridge(place: Place, tmp_path: Path) -> Path:
    """Up to the consent to the cutover; whoever runs it then comes to the bridge."""
    with place.open() as qdrant:
        hottest = FIRST if qdrant.capabilities.settings else ""
    plan = plan_for(place, tmp_path, bridge={"kind": "embed", "hottest": hottest})
    folder = to_the_cutover(plan)
    consent(folder, "cutover")
    return folder


def killed_in(
    folder: Path,
    patch: pytest.MonkeyPatch,
    texts: int,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[str]:
    """The engine dies when it has embedded so many texts; before that `meanwhile` happens. Returns
    the texts that were embedded."""
    asked: list[str] = []
    lock, embed = threading.Lock(), PracticeEmbedder.embed

    def dies(self: PracticeEmbedder, some: Any, role: Any) -> Any:
        made = embed(self, some, role)
        with lock:
            if len(asked) >= texts:
                meanwhile()
                raise Killed
            asked.extend(some)
        return made

    with patch.context() as under:
        under.setattr(PracticeEmbedder, "embed", dies)
        with pytest.raises(Killed):
            run_here(folder)
    return asked


def application(place: Place) -> Callable[[], None]:
    """It has switched: it edits, deletes and adds, all by the new model."""
    edited = document(30) | {"text": "another text altogether"}
    texts = [edited["text"], document(ADDED)["text"]]
    made = open_embedder(place.models.new).embed(texts, "passage").vectors

    def writes() -> None:
        with place.open() as qdrant:
            qdrant.upsert(place.alias, [Point(EDITED, edited, {"": made[0]})])
            qdrant.upsert(place.alias, [Point(ADDED, document(ADDED), {"": made[1]})])
            qdrant.delete(place.alias, [DELETED])

    return writes


def proper(place: Place) -> tuple[set[Any], set[Any]]:
    """The points of the new collection whose vector is that of their text, and the others."""
    with place.open() as qdrant:
        points = list(everything(qdrant, f"{place.collection}_new").values())
    with_text = [p for p in points if p.payload.get("text")]
    texts = [p.payload["text"] for p in with_text]
    made = open_embedder(place.models.new).embed(texts, "passage").vectors
    right = {
        p.id
        for p, vector in zip(with_text, made, strict=True)
        if np.allclose(p.vectors[""], np.asarray(vector) / np.linalg.norm(vector), atol=2e-3)
    }
    return right, {p.id for p in points} - right


@EVERYWHERE
def test_proper_vectors_are_made_behind_those_that_answer(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = to_the_bridge(place, tmp_path)
    first = killed_in(folder, monkeypatch, 130)
    seen = view(folder)
    assert (seen.state, seen.facts["bridge"]["ended"]) == ("interrupted", False)
    with place.open() as qdrant:
        target = f"{place.collection}_new"
        assert qdrant.aliases()[place.alias] == target, "searches have switched"
        assert qdrant.config(target).metadata["qmm_model"]["mapped_from"]
        qdrant.delete(place.alias, TEXTLESS)
        ranked = sorted((document(n)["rank"], n) for n in range(POINTS) if n not in (7, 8))
        if qdrant.capabilities.settings:
            hottest = {document(n)["text"] for _, n in ranked[-40:]}
            assert hottest <= set(first)
    right, wrong = proper(place)
    assert right
    assert wrong
    writes, owned = application(place), place.address.folder is not None
    again = killed_in(folder, monkeypatch, 30, (lambda: None) if owned else writes)
    if owned:  # a folder is the engine's while it works
        writes()
    assert len(set(first) & set(again)) < len(first), "what was noted is not made again"
    assert run_here(folder) == 0, view(folder).error
    right, wrong = proper(place)
    assert not wrong
    assert len(right) == POINTS - 2
    with place.open() as qdrant:
        points = everything(qdrant, target)
        said = qdrant.config(target).metadata["qmm_model"]
        found = survey(qdrant, place.alias)
    assert DELETED not in points
    assert ADDED in points
    assert points[EDITED].payload["text"] == "another text altogether"
    assert said["name"] == place.models.new.name
    assert "mapped_from" not in said
    assert found.approximate == ()
    ended = view(folder)
    assert ended.state == "done"
    assert "vectors are proper" in dict(summarize(ended).rows)["Proper"]
    add(folder, "rollback")
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection
    assert view(folder).facts["left_behind"] == {"inserted": 1, "edited": 1, "deleted": 3}
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(target)


@FAKE
def test_in_the_middle_of_it_the_way_back_is_open(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = to_the_bridge(place, tmp_path)
    killed_in(folder, monkeypatch, 130)
    todo = {todo.key for todo in summarize(view(folder)).todo}
    assert {"resume", "query", "rollback", "bridge"} <= todo
    assert "cleanup" not in todo
    assert run_here(folder, extra="cleanup") == 4
    assert "ends it as it stands" in str(view(folder).error)
    add(folder, "rollback")
    seen = view(folder)
    assert seen.state == "rolled back"
    assert sum(seen.facts["left_behind"].values()) == 0
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == place.collection
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(f"{place.collection}_new")


@FAKE
def test_it_can_be_ended_with_what_it_has(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = to_the_bridge(place, tmp_path)
    killed_in(folder, monkeypatch, 130)
    add(folder, "bridge")
    ended = view(folder)
    assert ended.state == "done"
    told = ended.facts["bridge"]
    assert told["stays"]
    assert 0 < told["proper"] <= len(proper(place)[0])
    with place.open() as qdrant:
        said = qdrant.config(f"{place.collection}_new").metadata["qmm_model"]
        found = survey(qdrant, place.alias)
    assert said["mapped_points"] == told["calculated"]
    assert found.approximate == ("",)
    assert f"up to {told['calculated']} points" in found.old_model.note
    assert "ended there by you" in dict(summarize(ended).rows)["Proper"]
    assert run_here(folder) == 0, "there is nothing left to do"
    add(folder, "cleanup")
    with place.open() as qdrant:
        assert not qdrant.exists(place.collection)


@FAKE
def test_a_late_write_that_changes_no_text_becomes_proper_too(place: Place, tmp_path: Path) -> None:
    folder = to_the_bridge(place, tmp_path)
    assert run_here(folder) == 0, view(folder).error
    application(place)()
    with place.open() as qdrant:
        (late,) = qdrant.retrieve(place.collection, [ident(40)], vectors=True)
        qdrant.upsert(place.collection, [late._replace(payload=late.payload | {"late": True})])
    add(folder, "cleanup")
    _, wrong = proper(place)
    assert wrong == set(TEXTLESS)
    with place.open() as qdrant:
        points = everything(qdrant, f"{place.collection}_new")
        said = qdrant.config(f"{place.collection}_new").metadata["qmm_model"]
    assert points[ident(40)].payload["late"]
    assert said["mapped_points"] == len(TEXTLESS)
