"""Vectors that are cut or kept, through catch-up, verify, sweep and rollback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qdrant_model_migration.embedders import ModelRef, said_of
from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.pipeline.origins import as_it_is, first_values
from qdrant_model_migration.qdrant import Address, Point, PointId, Vector, open_qdrant
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.gate import Waiting
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.rollback import Rollback
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.steps.verify import Verify
from qdrant_model_migration.survey import old_model
from support.fake_qdrant import FakeQdrant
from support.world import World, a_move, everything

LONG, SHORT = 8, 3
MODEL = ModelRef(kind="practice", name="test/cut", dimensions=LONG, matryoshka=(SHORT,))
NUMBER = 40


def vector(seed: int) -> list[float]:
    return [float(x) for x in np.random.default_rng(seed).normal(size=LONG).astype(np.float32)]


def point(number: PointId, seed: int, **payload: object) -> Point:
    return Point(number, {"n": number, **payload}, {"a": vector(seed), "img": [float(seed), 1.0]})


def shortened(values: Vector) -> np.ndarray:
    first = np.asarray(values)[:SHORT]
    return first / np.linalg.norm(first)


@pytest.fixture(params=["local", "fake"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "local":
        with open_qdrant(Address(url=None, folder=str(tmp_path / "qdrant"))) as qdrant:
            yield filled(World(qdrant, tmp_path, move()))
        return
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url, folder=None)) as qdrant:
        yield filled(World(qdrant, tmp_path, move()))


def move():
    """A vector under Dot, where it shows whether it is at length one, and one that is kept."""
    cut = TargetVector(
        name="a",
        params={"size": SHORT, "distance": "Dot"},
        origin=first_values("a", MODEL.cut_to(SHORT)),
    )
    kept = TargetVector(name="img", params={"size": 2, "distance": "Dot"}, origin=as_it_is("img"))
    return a_move(vectors=(cut, kept)).model_copy(update={"text": None})


def filled(world: World) -> World:
    world.old_model = MODEL
    sizes = {"a": LONG, "img": 2}
    q = world.qdrant
    q.create_collection(
        "docs_old", {"vectors": {n: {"size": s, "distance": "Dot"} for n, s in sizes.items()}}
    )
    q.insert("docs_old", [point(n, n) for n in range(NUMBER)])
    q.switch_alias("docs", "docs_old")
    return world


def load(world: World) -> None:
    for step in (CreateCollection(), Backfill(), CatchUp(), Index()):
        step.apply(world)


def switched(world: World) -> None:
    load(world)
    Verify().apply(world)
    world.consents["cutover"] = {"alias": "docs"}
    Cutover(switch=Aliases(alias="docs")).apply(world)


def assert_equal_sides(world: World) -> None:
    old, new = everything(world.qdrant, "docs_old"), everything(world.qdrant, "docs_new")
    assert new.keys() == old.keys()
    for number, mine in old.items():
        assert new[number].payload == mine.payload
        assert new[number].vectors.keys() == mine.vectors.keys()
        np.testing.assert_allclose(new[number].vectors["img"], mine.vectors["img"])
        np.testing.assert_allclose(
            new[number].vectors["a"], shortened(mine.vectors["a"]), atol=1e-5
        )


def test_a_cut_vector_has_length_one_also_where_the_server_does_not_make_it_so(
    world: World,
) -> None:
    load(world)
    assert_equal_sides(world)
    assert not world.models  # nothing was embedded


def test_the_new_collection_says_which_model_made_which_vector(world: World) -> None:
    of_both = {"qmm_models": {"a": MODEL.to_metadata()["qmm_model"], "img": "somebody's own"}}
    world.qdrant.patch("docs_old", {"metadata": of_both})
    load(world)
    config = world.qdrant.config("docs_new")
    assert old_model.told(config, "a") == MODEL.cut_to(SHORT)
    assert said_of(config.metadata, "img") == "somebody's own"
    assert said_of(world.qdrant.config("docs_old").metadata, "img") == "somebody's own"


def test_a_vector_that_changed_alone_is_caught_up(world: World) -> None:
    load(world)
    world.qdrant.upsert("docs_old", [point(3, 99)])
    bare = point(4, 4)
    world.qdrant.delete("docs_old", [4])
    world.qdrant.insert("docs_old", [bare._replace(vectors={"img": bare.vectors["img"]})])
    CatchUp().apply(world)
    new = everything(world.qdrant, "docs_new")
    np.testing.assert_allclose(new[3].vectors["a"], shortened(vector(99)), atol=1e-5)
    assert new[4].vectors.keys() == {"img"}


def test_a_vector_with_nothing_left_is_set_aside_and_ends_no_run(world: World) -> None:
    empty = Point(5, {"n": 5}, {"a": [0.0] * SHORT + [1.0] * (LONG - SHORT), "img": [5.0, 1.0]})
    world.qdrant.upsert("docs_old", [empty])
    load(world)
    Verify().apply(world)
    assert world.dead == {5: "the first 3 values of its vector are all 0"}
    assert everything(world.qdrant, "docs_new")[5].vectors.keys() == {"img"}
    world.qdrant.upsert("docs_old", [point(5, 5)])
    CatchUp().apply(world)
    assert world.dead == {}
    assert_equal_sides(world)


def test_verify_says_that_the_vectors_were_compared_and_finds_a_wrong_one(world: World) -> None:
    load(world)
    Verify().apply(world)
    rows = {c["name"]: c for c in world.kept["verdict"]["integrity"]["checks"]}
    assert rows["Other vectors equal"]["found"] == NUMBER
    wrong = everything(world.qdrant, "docs_new")[7]
    world.qdrant.upsert("docs_new", [wrong._replace(vectors={**wrong.vectors, "a": [1.0, 0, 0]})])
    Verify().apply(world)  # a repeated verify mends first
    assert_equal_sides(world)


def test_late_writes_are_swept_also_those_that_change_only_a_vector(world: World) -> None:
    switched(world)
    q = world.qdrant
    only_cut = Point(8, {"n": 8}, {"a": vector(88), "img": [8.0, 1.0]})
    only_kept = Point(9, {"n": 9}, {"a": vector(9), "img": [99.0, 1.0]})
    q.upsert("docs_old", [point(3, 3, late=True), only_cut, only_kept, point(11, 11, late=True)])
    q.insert("docs_old", [point(900, 900)])
    q.delete("docs_old", [4])
    there = everything(q, "docs_new")
    q.upsert("docs_new", [there[11]._replace(payload={"n": 11, "new": True})])
    Sweep().apply(world)
    new = everything(q, "docs_new")
    assert new[3].payload["late"] is True
    np.testing.assert_allclose(new[8].vectors["a"], shortened(vector(88)), atol=1e-5)
    np.testing.assert_allclose(new[8].vectors["img"], [8.0, 1.0])
    np.testing.assert_allclose(new[9].vectors["img"], [99.0, 1.0])
    np.testing.assert_allclose(new[900].vectors["a"], shortened(vector(900)), atol=1e-5)
    assert 4 not in new
    assert new[11].payload == {"n": 11, "new": True}
    assert world.conflicting.keys() == {11}
    assert world.kept["swept"] == 5


def test_rollback_without_a_write_says_that_none_stays_behind(world: World) -> None:
    switched(world)
    Sweep().apply(world)
    world.consents["rollback"] = {"alias": "docs"}
    Rollback().apply(world)
    assert world.said[-1] == "No write stays behind."


def test_rollback_counts_only_what_the_application_wrote(world: World) -> None:
    switched(world)
    Sweep().apply(world)
    there = everything(world.qdrant, "docs_new")
    world.qdrant.upsert("docs_new", [there[3]._replace(payload={"n": 3, "new": True})])
    image = {**there[5].vectors, "img": [7.0, 7.0]}
    world.qdrant.upsert("docs_new", [there[5]._replace(vectors=image)])
    world.consents["rollback"] = {"alias": "docs"}
    Rollback().apply(world)
    assert world.kept["left_behind"] == {"inserted": 0, "edited": 2, "deleted": 0}


def test_the_cutover_says_how_to_cut_queries(world: World) -> None:
    load(world)
    Verify().apply(world)
    with pytest.raises(Waiting) as waiting:
        Cutover(switch=Aliases(alias="docs")).apply(world)
    gate = waiting.value.gate
    assert "test/cut" not in gate.says[0]
    assert gate.says[1].endswith("(cut cut to 3)")
    assert gate.asks[0].label.startswith("The application cuts its query vectors")
    rows = {row["what"]: row for row in world.kept["application_changes"]}
    assert rows["query model"]["old"] == "test/cut"
    assert rows["query model"]["new"] == "test/cut, first 3 of 8 values, at length one"
