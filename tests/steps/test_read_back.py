"""What a pass has read back of the new collection stands, as long as nobody has written to it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.pipeline.origins import as_it_is, first_values
from qdrant_model_migration.qdrant import Address, Point, open_qdrant
from qdrant_model_migration.qdrant.points import THERE
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.errors import IntegrityFailed
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.verify import Verify
from support.fake_qdrant import FakeQdrant
from support.world import World, a_move, everything, keeping, new_model

from .test_cut_and_kept import LONG, MODEL, SHORT, point

NUMBER = 40
NUMBERED = ["fake 1.18.3", pytest.param("real", marks=pytest.mark.server)]


class Reads:
    """Scrolls from now on: of which collection, and whether with the values of vectors."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self._seen: set[tuple[str, bool]] = set()
        wire = world.qdrant._wire
        scroll = wire.scroll

        def noted(name: str, body: dict[str, Any]) -> dict[str, Any]:
            self._seen.add((name, bool(body["with_vector"])))
            return scroll(name, body)

        monkeypatch.setattr(wire, "scroll", noted)

    def taken(self) -> set[tuple[str, bool]]:
        seen, self._seen = self._seen, set()
        return seen


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """Copied, caught up with and indexed: one vector is cut, another one kept."""
    if request.param == "real":
        url = os.environ.get("QDRANT_URL") or pytest.skip("QDRANT_URL names no server")
        yield from _filled(url, os.environ.get("QDRANT_API_KEY"), tmp_path)
        return
    with FakeQdrant(request.param.removeprefix("fake ")) as fake:
        yield from _filled(fake.url, None, tmp_path)


def _filled(url: str, key: str | None, folder: Path) -> Iterator[World]:
    old = f"qmm_test_{uuid.uuid4().hex[:8]}"
    cut = TargetVector(
        name="a",
        params={"size": SHORT, "distance": "Dot"},
        origin=first_values("a", MODEL.cut_to(SHORT)),
    )
    kept = TargetVector(name="img", params={"size": 2, "distance": "Dot"}, origin=as_it_is("img"))
    move = a_move(old, f"{old}_new", vectors=(cut, kept))
    sizes = {"a": LONG, "img": 2}
    with open_qdrant(Address.parse(url), key) as qdrant:
        qdrant.create_collection(
            old, {"vectors": {n: {"size": s, "distance": "Dot"} for n, s in sizes.items()}}
        )
        qdrant.insert(old, [point(n, n) for n in range(NUMBER)])
        world = World(qdrant, folder, move)
        world.old_model = MODEL
        for step in (CreateCollection(), Backfill(), CatchUp(), Index()):
            step.apply(world)
        yield world
        for name in (old, move.target):
            qdrant.delete_collection(name)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qdrant_model_migration.steps.readiness.POLL_SECONDS", 0.0)


def rows(world: World) -> dict[str, dict[str, Any]]:
    return {c["name"]: c for c in world.kept["verdict"]["integrity"]["checks"]}


@pytest.mark.parametrize("world", NUMBERED, indirect=True)
def test_values_are_read_again_of_a_sample_and_of_all_where_that_is_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new, reads = world.move.source, world.move.target, Reads(world, monkeypatch)
    Verify(sample=7).apply(world)
    assert reads.taken() == {(old, False), (new, False)}
    found = rows(world)
    assert (found["Cut right"]["ok"], found["Cut right"]["found"]) == (True, NUMBER)
    assert (found["Other vectors equal"]["ok"], found["Other vectors equal"]["found"]) == (
        True,
        NUMBER,
    )
    assert (found["Vectors read again"]["ok"], found["Vectors read again"]["found"]) == (None, 7)
    assert "qmm verify" in found["Vectors read again"]["note"]
    assert "--full" in found["Vectors read again"]["note"]
    Verify(full=True).apply(world)
    assert {(old, True), (new, True)} <= reads.taken()
    assert "Vectors read again" not in rows(world)


@pytest.mark.parametrize("world", NUMBERED, indirect=True)
def test_a_vector_that_somebody_changes_in_the_new_collection_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = Point(7, {}, {"img": [9.0, 9.0]})
    world.qdrant.set_vectors(world.move.target, [changed])
    reads = Reads(world, monkeypatch)
    with pytest.raises(IntegrityFailed, match="1 point is copied with other vectors"):
        Verify().apply(world)
    assert (world.move.target, True) in reads.taken()
    CatchUp().apply(world)
    stands = everything(world.qdrant, world.move.target)
    assert stands[7].vectors["img"] == [7.0, 1.0]


def test_a_pass_reads_both_sides_whatever_the_number_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that fails in part changes points and is not numbered."""
    with FakeQdrant("1.18.3") as fake:
        for world in _filled(fake.url, None, tmp_path):
            old, new, qdrant = world.move.source, world.move.target, world.qdrant
            (changed,) = [p for p in fake.state.collection(new).points if p.id == 3]
            changed.vectors["img"][0] += 1.0
            reads = Reads(world, monkeypatch)
            CatchUp().apply(world)
            assert reads.taken() == {(old, True), (new, True)}
            assert everything(qdrant, new)[3].vectors["img"] == [3.0, 1.0]


def test_a_vector_that_comes_or_goes_late_is_no_fault(tmp_path: Path) -> None:
    """Verify advised to delete the new collection."""
    body = TargetVector(
        name="body", params={"size": 12, "distance": "Cosine"}, origin=new_model("body")
    )
    sizes = {"body": 8, "img": 2}
    points = [
        Point(n, {"text": f"text {n}"}, {"body": [float(n + 1)] * 8, "img": [1.0, 1.0]})
        for n in range(10)
    ]
    without = points[3]._replace(vectors={"img": [1.0, 1.0]})
    move = a_move(vectors=(body, keeping("img", {"size": 2, "distance": "Dot"})))
    with FakeQdrant("1.18.3") as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection(
            "docs_old", {"vectors": {n: {"size": s, "distance": "Dot"} for n, s in sizes.items()}}
        )
        qdrant.insert("docs_old", [*points[:3], without, *points[4:]])
        world = World(qdrant, tmp_path, move)
        for step in (CreateCollection(), Backfill(), CatchUp(), Index()):
            step.apply(world)
        qdrant.set_vectors("docs_old", [points[3]._replace(vectors={"body": [4.0] * 8})])
        qdrant.unset_vectors("docs_old", [points[5]._replace(vectors={"body": THERE})])
        Verify().apply(world)
        assert rows(world)["Late writes"]["found"] == 2
        assert "Vectors read again" in rows(world)


@pytest.mark.parametrize("world", NUMBERED, indirect=True)
def test_what_came_late_is_no_fault(world: World) -> None:
    old, qdrant = world.move.source, world.qdrant
    qdrant.upsert(old, [point(4, 4, late=True), point(900, 900)])
    qdrant.delete(old, [5])
    Verify().apply(world)
    assert rows(world)["Late writes"]["found"] == 3
    assert rows(world)["Each id once"]["found"] == NUMBER - 2
    assert "Vectors read again" in rows(world)


@pytest.mark.parametrize("world", ["fake 1.17.1"], indirect=True)
def test_a_server_that_does_not_number_its_writes_is_read_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads = Reads(world, monkeypatch)
    Verify().apply(world)
    CatchUp().apply(world)
    assert reads.taken() == {(world.move.source, True), (world.move.target, True)}
    assert "Vectors read again" not in rows(world)


@pytest.mark.parametrize("world", ["fake 1.18.3"], indirect=True)
def test_a_lost_ledger_is_written_anew_and_nothing_is_copied_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (world.folder / "ledger.db").unlink()
    before = world.qdrant.writes(world.move.target)
    CatchUp().apply(world)
    assert world.qdrant.writes(world.move.target) == before
    Verify().apply(world)
    assert rows(world)["Each id once"]["found"] == NUMBER


def test_the_sample_finds_what_nobody_has_written(tmp_path: Path) -> None:
    """A disk that has lost something, or a server that has a fault."""
    with FakeQdrant("1.18.3") as fake:
        for world in _filled(fake.url, None, tmp_path):
            stored = fake.state.collection(world.move.target).points
            for one in list(stored):
                one.vectors["img"][0] += 1.0
            with pytest.raises(IntegrityFailed, match="7 points are copied with other vectors"):
                Verify(sample=7).apply(world)
