"""Several new vectors at a time, each with a text and a model of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.pipeline.origins import as_it_is, embedded
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Address, Point, open_qdrant
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.check import Check
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.survey.fingerprint import fingerprint
from support.fake_qdrant import FakeQdrant
from support.world import NEW, OLD, HashModel, World, a_move, everything, old_point

OTHER = ModelRef(kind="practice", name="test/other", dimensions=6)
NUMBER = 80


def made(name: str, model: ModelRef, field: str) -> TargetVector:
    params = {"size": model.dimensions, "distance": "Cosine"}
    return TargetVector(
        name=name, params=params, origin=embedded(model, TextSource(fields=(field,)))
    )


def vector(model: ModelRef, text: str) -> np.ndarray:
    return np.asarray(HashModel(model).embed([text], "passage").vectors[0])


@pytest.fixture(params=["local", "fake"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    kept = TargetVector(name="old", params={"size": 8, "distance": "Cosine"}, origin=as_it_is(""))
    move = a_move(vectors=(kept, made("body", NEW, "text"), made("title", OTHER, "title")))
    with FakeQdrant() as fake:
        local = request.param == "local"
        address = Address(folder=str(tmp_path / "q")) if local else Address(url=fake.url)
        with open_qdrant(address) as qdrant:
            qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
            points = [old_point(n, f"text {n}", title=f"title {n}") for n in range(NUMBER)]
            points[3].payload["title"] = ""
            points[4].payload["text"] = points[4].payload["title"] = None
            qdrant.insert("docs_old", points)
            world = World(qdrant, tmp_path, move)
            yield world


def load(world: World) -> None:
    config = world.qdrant.config("docs_old")
    Check(collection="docs_old", fingerprint=fingerprint(config.raw, config.payload_schema)).apply(
        world
    )
    for step in (CreateCollection(), Backfill(), CatchUp(), Index()):
        step.apply(world)


def checks(world: World) -> dict[str, bool | None]:
    return {check.name: check.ok for check in route_of(world.move).check(world, 50)}


def test_each_is_checked_made_and_verified_by_its_own_model_and_text(world: World) -> None:
    load(world)
    said = " ".join(world.said)
    assert "new is open: 12 dimensions" in said
    assert "other is open: 6 dimensions" in said
    points = everything(world.qdrant, "docs_new")
    assert len(points) == NUMBER
    for n, point in points.items():
        has = {"old", *(["body"] if n != 4 else []), *(["title"] if n not in (3, 4) else [])}
        assert point.vectors.keys() == has
        assert isinstance(n, int)
        for name, model, text in (("body", NEW, f"text {n}"), ("title", OTHER, f"title {n}")):
            if name in has:
                stored = np.asarray(point.vectors[name])
                np.testing.assert_allclose(stored, vector(model, text), atol=1e-4)
    assert world.dead[3] == "title: text is empty"
    assert world.dead[4] == "body: field text is missing; title: field title is missing"
    found = checks(world)
    assert found["Right model body"]
    assert found["Right model title"]
    assert all(ok is not False for ok in found.values()), found


def test_an_edit_of_one_text_makes_its_vector_again(world: World) -> None:
    load(world)
    edited = old_point(9, "text 9", title="another title")
    world.qdrant.upsert("docs_old", [edited])
    CatchUp().apply(world)
    point = everything(world.qdrant, "docs_new")[9]
    stored = np.asarray(point.vectors["title"])
    np.testing.assert_allclose(stored, vector(OTHER, "another title"), atol=1e-4)


def test_a_vector_that_another_model_made_is_found_by_its_name(world: World) -> None:
    load(world)
    for n in range(10, 60):
        (point,) = world.qdrant.retrieve("docs_new", [n], vectors=True)
        wrong = Point(n, point.payload, {**point.vectors, "title": [1.0, 0, 0, 0, 0, 0]})
        world.qdrant.upsert("docs_new", [wrong])
    found = checks(world)
    assert found["Right model title"] is False
    assert found["Right model body"] is True


def test_the_plan_says_all_of_them(world: World) -> None:
    move = world.move
    assert "old 8, body 12, title 6" in CreateCollection().text(move).title
    assert OLD.dimensions == 8
    said = " ".join(Backfill().text(move).details)
    assert said.count("embeds the texts") == 1
