"""Points without the old vector: each with a text gets a new one, or they go on without."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Address, Point, PointId, Qdrant, open_qdrant
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.sweep import Sweep
from support.fake_qdrant import FakeQdrant
from support.world import NEW, World, a_move, everything, new_model, old_point


def bare(number: int, text: object = "a text of its own") -> Point:
    return old_point(number, text)._replace(vectors={})


def beyond(number: int, text: str = "beyond the model") -> Point:
    """The old model made a vector of it, the new one makes none."""
    return old_point(number, "what it said")._replace(payload={"text": text})


def documents() -> list[Point]:
    points = [old_point(n, f"text number {n}") for n in range(60)]
    for n in (10, 11, 12):
        points[n] = bare(n, f"text number {n}")
    points[20] = old_point(20, "")  # a dead letter
    points[21] = bare(21, "")  # none: it never had a vector
    points[30] = beyond(30)
    points.append(old_point(0, "with a long id")._replace(id=str(uuid.UUID(int=7))))
    return points


def moved(name: str = "") -> Move:
    """The unnamed vector is replaced, by one of that name."""
    made = TargetVector(
        name=name, params={"size": 12, "distance": "Cosine"}, origin=new_model(where="")
    )
    return a_move(vectors=(made,))


@pytest.fixture(params=["local", "fake 1.16.3", "fake 1.18.3"])
def qdrant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Qdrant]:
    if request.param == "local":
        with open_qdrant(Address(folder=str(tmp_path / "qdrant"))) as opened:
            yield fill(opened)
        return
    version = request.param.split()[1]
    with FakeQdrant(version=version) as fake, open_qdrant(Address(url=fake.url)) as opened:
        yield fill(opened)


def fill(qdrant: Qdrant) -> Qdrant:
    qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
    qdrant.insert("docs_old", documents())
    return qdrant


def load(world: World) -> None:
    for step in (CreateCollection(), Backfill(), CatchUp(), Index()):
        step.apply(world)


def without(world: World) -> set[PointId]:
    return {i for i, p in everything(world.qdrant, "docs_new").items() if not p.vectors}


def wrong(world: World) -> list[str]:
    return [check.name for check in route_of(world.move).check(world, 50) if check.ok is False]


@pytest.mark.parametrize("name", ["", "renamed"])
def test_they_go_on_without_and_are_no_dead_letters(
    qdrant: Qdrant, tmp_path: Path, name: str
) -> None:
    world = World(qdrant, tmp_path, moved(name))
    load(world)
    assert without(world) == {10, 11, 12, 20, 21, 30}
    assert world.dead.keys() == {20, 30}
    assert wrong(world) == []
    checks = route_of(world.move).check(world, 50)
    (right,) = [check for check in checks if check.name.startswith("Right model")]
    assert right.found == right.expected > 40


def test_by_default_each_point_with_a_text_gets_one(qdrant: Qdrant, tmp_path: Path) -> None:
    world = World(qdrant, tmp_path, a_move())
    load(world)
    assert without(world) == {20, 21, 30}
    assert wrong(world) == []


def test_a_vector_that_comes_or_goes_during_the_run_is_caught_up(
    qdrant: Qdrant, tmp_path: Path
) -> None:
    world = World(qdrant, tmp_path, moved())
    for step in (CreateCollection(), Backfill()):
        step.apply(world)
    qdrant.delete("docs_old", [40])
    qdrant.insert("docs_old", [bare(40, "text number 40"), bare(70), old_point(71, "new")])
    qdrant.upsert("docs_old", [old_point(10, "text number 10")])
    CatchUp().apply(world)
    Index().apply(world)
    assert without(world) == {11, 12, 20, 21, 30, 40, 70}
    assert world.dead.keys() == {20, 30}
    assert wrong(world) == []


def test_a_text_beyond_the_model_is_no_change_in_every_pass(qdrant: Qdrant, tmp_path: Path) -> None:
    world = World(qdrant, tmp_path, moved())
    load(world)
    assert route_of(world.move).catch_up(world) == 0
    qdrant.upsert("docs_old", [beyond(11)])
    assert route_of(world.move).catch_up(world) == 1
    assert route_of(world.move).catch_up(world) == 0
    assert world.dead.keys() == {11, 20, 30}
    bare_before = Point(12, {"text": "beyond as well"}, {})
    qdrant.delete("docs_old", [12])
    qdrant.insert("docs_old", [bare_before])
    route_of(world.move).catch_up(world)
    assert 12 not in world.dead
    qdrant.upsert("docs_old", [beyond(12, "beyond as well")])
    assert route_of(world.move).catch_up(world) == 0
    assert world.dead.keys() == {11, 12, 20, 30}


def test_one_that_comes_after_the_last_catch_up_is_swept(qdrant: Qdrant, tmp_path: Path) -> None:
    world = World(qdrant, tmp_path, moved())
    load(world)
    qdrant.upsert("docs_old", [old_point(10, "text number 10"), beyond(30, "beyond it, again")])
    qdrant.delete("docs_old", [40])
    qdrant.insert("docs_old", [bare(40, "text number 40")])
    Sweep().apply(world)
    assert without(world) == {11, 12, 20, 21, 30, 40}
    assert not world.conflicting


def test_a_vector_that_nobody_asked_for_fails_the_check(qdrant: Qdrant, tmp_path: Path) -> None:
    world = World(qdrant, tmp_path, moved())
    load(world)
    made = vector_of(world, "text number 10")
    qdrant.upsert("docs_new", [bare(10, "text number 10")._replace(vectors={"": made})])
    assert "No vector added" in wrong(world)


def vector_of(world: World, text: str) -> list[float]:
    vector = world.open_model(NEW).embed([text], "passage").vectors[0]
    assert isinstance(vector, list)
    return vector  # type: ignore[return-value] # dense


def test_a_plan_of_before_the_question_still_reads() -> None:
    said = {"how": "embed", "model": NEW, "text": TextSource(fields=("text",))}
    vector = TargetVector.model_validate({"name": "", "params": {"size": 12}, "origin": said})
    assert vector.origin == new_model()
