"""Vectors that are added to the collection as it stands: each is of the text that its point has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.qdrant import Address, Point, Qdrant, Unmade, open_qdrant
from qdrant_model_migration.qdrant.errors import VectorTaken
from qdrant_model_migration.steps.add_vectors import AddVectors
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.errors import CannotAddVector, VectorGone
from qdrant_model_migration.steps.gate import Waiting
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.routes.in_place import InPlace
from qdrant_model_migration.steps.switches.application import Application
from qdrant_model_migration.steps.verify import Verify
from support.fake_qdrant import FakeQdrant
from support.world import NEW, HashModel, World, a_move, everything, new_model, old_point

NUMBER = 150


class Killed(BaseException):
    pass


@pytest.fixture(params=["local", "fake 1.18.3", "fake 1.19.0"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "local":
        with open_qdrant(Address(folder=str(tmp_path / "qdrant"))) as qdrant:
            yield filled(qdrant, tmp_path)
        return
    version = request.param.split()[1]
    with FakeQdrant(version=version) as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        yield filled(qdrant, tmp_path)


def filled(qdrant: Qdrant, folder: Path) -> World:
    qdrant.create_collection("docs", {"vectors": {"size": 8, "distance": "Cosine"}})
    qdrant.insert("docs", [old_point(n, f"text {n}") for n in range(NUMBER)])
    new = TargetVector(name="new", params={"size": 12, "distance": "Cosine"}, origin=new_model())
    return World(qdrant, folder, a_move(source="docs", target="docs", vectors=(new,)))


def load(world: World) -> None:
    for step in (AddVectors(), Backfill(), CatchUp()):
        step.apply(world)


def assert_right(world: World) -> None:
    """Every point with a text has the vector of that text, and no other has one."""
    for point in everything(world.qdrant, "docs").values():
        text = point.payload.get("text")
        if not isinstance(text, str) or not text.strip() or "beyond" in text:
            assert "new" not in point.vectors, point.id
            continue
        made = np.asarray(HashModel(NEW).embed([text], "passage").vectors[0])
        np.testing.assert_allclose(np.asarray(point.vectors["new"]), made, atol=1e-4)
    found = {check.name: check.ok for check in route_of(world.move).check(world, 60)}
    assert all(ok is not False for ok in found.values()), found


def embedded(world: World) -> int:
    return world.open_model(NEW).texts


def test_a_backfill_that_was_killed_goes_on_and_no_pass_embeds_anything_twice(
    world: World,
) -> None:
    AddVectors().apply(world)
    breaths = 0

    def dies() -> None:
        nonlocal breaths
        breaths += 1
        if breaths == 6:
            raise Killed

    world.on_breath = dies
    with pytest.raises(Killed):
        Backfill().apply(world)
    world.on_breath = None
    Backfill().apply(world)
    before = embedded(world)
    CatchUp().apply(world)
    assert embedded(world) == before, "what the backfill made was made again"
    assert_right(world)


def test_what_is_written_after_the_backfill_is_followed(world: World) -> None:
    load(world)
    q = world.qdrant
    q.upsert("docs", [old_point(3, "another text")])  # up to 1.18 its vector may stay, stale
    q.upsert("docs", [old_point(9000, "a new one")])
    q.delete("docs", [4])
    stale = everything(q, "docs")[5]
    q.upsert("docs", [Point(5, {"text": "changed under its vector"}, dict(stale.vectors))])
    before = embedded(world)
    assert route_of(world.move).catch_up(world) == 3
    assert embedded(world) - before == 3
    assert_right(world)


def test_a_point_whose_text_has_gone_loses_the_vector_of_it(world: World) -> None:
    load(world)
    whole = everything(world.qdrant, "docs")[7]
    world.qdrant.upsert("docs", [Point(7, {"text": " "}, dict(whole.vectors))])
    assert "new" in everything(world.qdrant, "docs")[7].vectors
    CatchUp().apply(world)
    assert "new" not in everything(world.qdrant, "docs")[7].vectors
    assert world.dead[7] == "text is only spaces"
    assert_right(world)


def test_a_text_that_is_beyond_the_model_is_no_fault(world: World) -> None:
    world.qdrant.upsert("docs", [old_point(8, "what")._replace(payload={"text": "beyond it"})])
    load(world)
    assert route_of(world.move).catch_up(world) == 0
    assert_right(world)


def test_a_point_that_is_written_while_verify_looks_is_no_fault(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(world)
    whole = everything(world.qdrant, "docs")[3]
    world.qdrant.unset_vectors("docs", [whole._replace(vectors={"new": whole.vectors["new"]})])
    retrieve = Qdrant.retrieve

    def written_first(qdrant: Qdrant, *given: Any, **more: Any) -> Any:
        monkeypatch.setattr(Qdrant, "retrieve", retrieve)
        qdrant.upsert("docs", [old_point(3, "another text")])
        return retrieve(qdrant, *given, **more)

    monkeypatch.setattr(Qdrant, "retrieve", written_first)
    found = {check.name: check.ok for check in route_of(world.move).check(world, 60)}
    assert all(ok is not False for ok in found.values()), found
    route_of(world.move).catch_up(world)
    assert_right(world)


def written_again(world: World, *numbers: int) -> None:
    """As an application does that knows the old vector alone: nothing else of them changes."""
    for number in numbers:
        whole = everything(world.qdrant, "docs")[number]
        world.qdrant.upsert("docs", [whole._replace(vectors={"": whole.vectors[""]})])
        assert "new" not in everything(world.qdrant, "docs")[number].vectors


def test_points_that_are_written_again_unchanged_are_late_writes_and_no_fault(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(world)
    written_again(world, 3, 4, 5)
    found = {check.name: check for check in route_of(world.move).check(world, 60)}
    assert "Written without new" not in found, "made again by a pass before it was judged"
    assert_right(world)

    catch_up = InPlace.catch_up

    def and_again(route: InPlace, *given: Any, **more: Any) -> int:
        made = catch_up(route, *given, **more)
        written_again(world, 3, 4)
        return made

    written_again(world, 3)
    with monkeypatch.context() as patched:
        patched.setattr(InPlace, "catch_up", and_again)
        found = {check.name: check for check in route_of(world.move).check(world, 60)}
    assert (found["Written without new"].ok, found["Written without new"].found) == (None, 2)
    assert all(check.ok is not False for check in found.values()), found
    assert found["No vector new"].found == 0, "they are no dead letters"
    route_of(world.move).catch_up(world)
    assert_right(world)


def test_one_that_is_written_again_between_two_looks_of_verify_is_no_fault(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(world)
    retrieve = world.qdrant.retrieve

    def after_the_count(collection: str, ids: Sequence[int], **more: Any) -> list[Point]:
        monkeypatch.undo()
        written_again(world, 3)
        return retrieve(collection, ids, **more)

    monkeypatch.setattr(world.qdrant, "retrieve", after_the_count)
    found = {check.name: check for check in route_of(world.move).check(world, NUMBER)}
    assert found["Right model new"].ok, found["Right model new"]
    assert found["Right model new"].expected == NUMBER - 1


def test_an_application_that_writes_nearly_all_of_them_again_is_no_go(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(world)
    monkeypatch.setattr(InPlace, "catch_up", lambda *_, **__: 0)
    written_again(world, *range(NUMBER // 2 + 1))
    found = {check.name: check.ok for check in route_of(world.move).check(world, 60)}
    assert found["Written without new"] is False


def test_a_vector_of_somebody_else_is_left_alone(world: World) -> None:
    world.qdrant.add_vector("docs", "new", "dense", {"size": 12, "distance": "Cosine"})
    with pytest.raises(VectorTaken):
        AddVectors().apply(world)
    with pytest.raises(VectorTaken):
        route_of(world.move).must_be_free(world)


def test_runs_that_add_vectors_at_the_same_moment_each_know_their_own(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (new,) = world.move.vectors
    another = world.move.model_copy(update={"vectors": (new.model_copy(update={"name": "b"}),)})
    other = World(world.qdrant, tmp_path, another)
    other.run_id = "run-2"
    patch = world.qdrant.patch

    def late(collection: str, body: dict[str, object]) -> None:
        monkeypatch.undo()
        AddVectors().apply(other)
        patch(collection, body)

    monkeypatch.setattr(world.qdrant, "patch", late)
    AddVectors().apply(world)
    for each in (world, other):
        route_of(each.move).must_be_ours(each)


def test_a_vector_that_somebody_has_deleted_is_said_before_anything_is_written(
    world: World,
) -> None:
    load(world)
    if not world.qdrant.capabilities.drop_vector:
        return
    world.qdrant.drop_vector("docs", "new")
    with pytest.raises(VectorGone):
        CatchUp().apply(world)


def test_a_server_that_cannot_is_said(tmp_path: Path) -> None:
    with FakeQdrant(version="1.17.1") as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        world = filled(qdrant, tmp_path)
        with pytest.raises(CannotAddVector, match="docs"):
            AddVectors().apply(world)


def under_its_vector(world: World, number: int, text: str) -> None:
    """The application writes another text, and leaves the vectors as they stand."""
    point = everything(world.qdrant, "docs")[number]
    world.qdrant.upsert("docs", [Point(number, {"text": text}, dict(point.vectors))])


def test_a_text_that_changes_back_after_a_pass_was_killed_has_its_own_vector(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(world)
    was = str(everything(world.qdrant, "docs")[5].payload["text"])
    under_its_vector(world, 5, "another text")

    def dies(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(world.qdrant, "unset_vectors", dies)  # the vector is written by then
        with pytest.raises(Killed):
            CatchUp().apply(world)
    under_its_vector(world, 5, was)
    CatchUp().apply(world)
    assert_right(world)


def test_a_text_that_is_another_only_while_its_vector_is_written_gets_it_nevertheless(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(world)
    under_its_vector(world, 5, "another text")
    write = world.qdrant.set_vectors

    def late(collection: str, points: list[Point]) -> list[Unmade]:
        monkeypatch.undo()
        under_its_vector(world, 5, "a third one")
        unmade = write(collection, points)
        under_its_vector(world, 5, "another text")
        return unmade

    monkeypatch.setattr(world.qdrant, "set_vectors", late)
    CatchUp().apply(world)
    assert_right(world)


def test_small_work_of_the_server_at_the_moment_of_the_look_is_no_fault(world: World) -> None:
    """An application that writes to the collection makes some all the time."""
    load(world)
    world.qdrant.patch("docs", {"optimizers_config": {"indexing_threshold": 1}})
    assert_right(world)


def test_it_may_be_judged_anew_while_a_person_is_asked_to_change_the_application(
    world: World,
) -> None:
    """There are no two sides that could go different ways."""
    load(world)
    Verify().apply(world)
    with pytest.raises(Waiting):
        Cutover(switch=Application(changes="using")).apply(world)
    world.qdrant.upsert("docs", [old_point(3, "written meanwhile")])
    Verify(again=True).apply(world)
    assert_right(world)
