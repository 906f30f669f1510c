"""The server clones the collection itself and only new vectors are written; somebody writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.pipeline.origins import as_it_is
from qdrant_model_migration.pipeline.sameness import same_payload, same_vector
from qdrant_model_migration.plan import Plan
from qdrant_model_migration.qdrant import Address, Qdrant, open_qdrant
from qdrant_model_migration.quality import Leg
from qdrant_model_migration.steps.clone_collection import CloneCollection
from support.fake_qdrant import FakeQdrant
from support.trip import ALIAS, NEW_NAME, OLD_NAME, Trip, document, fill, ident, plan_of, whole
from support.trip_process import killed_at
from support.world import NEW, HashModel, everything, new_model

from .conftest import Place
from .trips import (
    assert_carried,
    assert_made,
    plan_for,
    switch,
    take_back,
    to_the_cutover,
    write_meanwhile,
)

BESIDE = {"vector_names": {"new": "new_model", "old": ""}, "in_place": "new"}


@pytest.mark.parametrize(
    "place", ["fake 1.18.3", pytest.param("real", marks=pytest.mark.server)], indirect=True
)
def test_the_server_copies_while_the_application_writes(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = f"{place.collection}_new"
    plan = plan_for(place, "side_by_side", "second", copied_by="server", **BESIDE)
    with place.open() as qdrant:
        there = qdrant.snapshots(place.collection)
    after_each_snapshot(monkeypatch, lambda: write_meanwhile(place))
    folder = to_the_cutover(plan)
    if place.fake is not None:
        path = f"/collections/{target}/points"
        copied = [r.object for r in place.fake.requests if (r.method, r.path) == ("PUT", path)]
        assert [len(body["points"]) for body in copied] == [2], "what was written since, no more"
        reading = f"/collections/{target}/points/scroll"
        first = next(r.object for r in place.fake.requests if r.path == reading)
        assert first["with_payload"] == ["text"], "no more is read than vectors are made of"
    switch(folder)
    assert_carried(place, "")
    assert_made(place, target, "new_model")
    with place.open() as qdrant:
        assert qdrant.snapshots(place.collection) == there, "the snapshot of the run is deleted"
        said = qdrant.config(target).metadata["qmm_models"]
    assert said[""]["name"] == place.models.old.name
    assert said["new_model"]["name"] == place.models.new.name
    take_back(place, folder)


def after_each_snapshot(patch: pytest.MonkeyPatch, call: Callable[[], object]) -> None:
    make = Qdrant.create_snapshot

    def made(self: Qdrant, collection: str) -> Any:
        snapshot = make(self, collection)
        call()
        return snapshot

    patch.setattr(Qdrant, "create_snapshot", made)


# --- A run that is killed while it clones -----------------------------------------------------


@pytest.fixture
def small() -> Iterator[FakeQdrant]:
    with FakeQdrant() as fake:
        with open_qdrant(Address(url=fake.url)) as qdrant:
            fill(qdrant)
        yield fake


@pytest.fixture
def run(small: FakeQdrant, tmp_path: Path) -> Trip:
    address = Address(url=small.url)
    with open_qdrant(address) as qdrant:
        return Trip(address, tmp_path / "runs", plan=cloning(plan_of(qdrant)))


def cloning(plan: Plan) -> Plan:
    """The same plan, with the new vector beside the old one in a clone."""
    assert plan.move is not None
    kept = [
        vector.model_copy(
            update={"params": {"size": 8, "distance": "Cosine"}, "origin": as_it_is("body")}
        )
        if vector.name == "body"
        else vector
        for vector in plan.move.vectors
    ]
    new = TargetVector(name="new", params={"size": 12, "distance": "Cosine"}, origin=new_model())
    return plan.model_copy(
        update={
            "move": plan.move.model_copy(update={"vectors": (*kept, new), "cloned": True}),
            "steps": tuple(
                CloneCollection() if step.name() == "create_collection" else step
                for step in plan.steps
            ),
            "after": plan.after.model_copy(update={"legs": (Leg(using="new", model=NEW),)}),
        }
    )


def write(qdrant: Qdrant, number: int) -> None:
    """The application, past the run: one point edited, one added, one deleted."""
    qdrant.delete(OLD_NAME, [ident(30 + number), ident(60 + number)])
    qdrant.insert(
        OLD_NAME, [document(30 + number, f"another text {number}"), document(900 + number)]
    )


def assert_beside(qdrant: Qdrant) -> None:
    """Each point once, with its payload, every old vector, and the new one of its present text."""
    mine, theirs = everything(qdrant, OLD_NAME), everything(qdrant, NEW_NAME)
    assert theirs.keys() == mine.keys()
    model = HashModel(NEW)
    for point, before in mine.items():
        after, text = theirs[point], before.payload.get("text")
        assert same_payload(before.payload, after.payload)
        assert all(
            same_vector(before.vectors[name], after.vectors[name]) for name in before.vectors
        )
        new = isinstance(text, str) and bool(text.strip())
        assert after.vectors.keys() == before.vectors.keys() | ({"new"} if new else set())
        if isinstance(text, str) and new:
            right = model.embed([text], "passage").vectors[0]
            np.testing.assert_allclose(np.asarray(after.vectors["new"]), right, atol=1e-5)


def test_it_goes_on_wherever_it_was_killed(small: FakeQdrant, run: Trip) -> None:
    run.allow_the_switch()
    lives = (
        "make a snapshot",
        "restore a snapshot",
        "delete a snapshot",
        "add a vector",
        "write points",
    )
    with run.open() as qdrant:
        for number, request in enumerate(lives):
            assert killed_at(run.folder, request) == -9, request
            write(qdrant, number)
        assert run.go() == 0, run.seen.error
        assert_beside(qdrant)
        assert qdrant.aliases()[ALIAS] == NEW_NAME
        (left,) = qdrant.snapshots(OLD_NAME)
    told = [event.text for event in run.seen.events if left.name in event.text]
    assert "It is left" in told[0], "nobody knows whose it is, so it is not deleted"


@pytest.mark.parametrize("request_", ["create a collection", "restore a snapshot"])
def test_half_a_clone_can_be_given_up(small: FakeQdrant, run: Trip, request_: str) -> None:
    before = whole(small)
    assert killed_at(run.folder, request_) == -9
    assert small.dump(NEW_NAME)["config"]["metadata"]["qmm_run"], "known as ours from the first"
    assert run.go("discard") == 3
    asked = run.seen.gate
    assert asked is not None
    run.consent("discard", **{ask["key"]: ask["expect"] or "yes" for ask in asked["asks"]})
    assert run.go("discard") == 0, run.seen.error
    assert whole(small) == before
    assert small.call("GET", f"/collections/{OLD_NAME}/snapshots") == []


def test_a_server_that_has_no_room_is_left_as_it_was(small: FakeQdrant, run: Trip) -> None:
    full = small.fail(
        method="PUT",
        path="/recover$",
        times=None,
        after=2,
        status=500,
        error="No space left on device",
    )
    assert run.go() == 4
    assert "cannot clone" in run.error["what"]
    assert "disk is full" in run.error["why"]
    assert small.call("GET", f"/collections/{OLD_NAME}/snapshots") == [], "its room is free again"
    full.remove()
    assert run.go() == 3, run.seen.error
    with run.open() as qdrant:
        assert_beside(qdrant)


def test_what_cannot_be_cloned_is_said_before_anything_is_made(
    small: FakeQdrant, run: Trip
) -> None:
    before = whole(small)
    small.fail(method="PUT", path="/recover$", status=403, error="Forbidden: not here")
    assert run.go() == 4
    assert "copied_by=program" in run.error["todo"]
    assert whole(small) == before
    two = {"result": {"status": "enabled", "peers": {"1": {}, "2": {}}}}
    small.fail(path="/cluster$", status=200, body=two)
    assert run.go() == 4
    assert "cluster" in run.error["why"]
    assert whole(small) == before
    assert small.call("GET", f"/collections/{OLD_NAME}/snapshots") == []


def test_a_name_that_is_taken_is_not_written_over(small: FakeQdrant, run: Trip) -> None:
    """Though the server would: a snapshot goes into whatever has the same vectors."""
    small.before(
        f"/collections/{NEW_NAME}$",
        lambda _: small.load(NEW_NAME, of_another(small)),
        method="PUT",
        times=1,
    )
    assert run.go() == 4
    assert "not made by this run" in run.error["what"]
    assert len(small.dump(NEW_NAME)["points"]) == 1


def of_another(fake: FakeQdrant) -> dict[str, Any]:
    told = fake.dump(OLD_NAME)
    (first, *_) = told["points"].items()
    return {**told, "points": [{"id": first[0], **first[1]}]}


def test_a_restoring_that_still_goes_on_is_waited_for(small: FakeQdrant, run: Trip) -> None:
    """Its session was killed; it would write over whatever came after it."""
    small.state.restoring.add(NEW_NAME)
    asked: list[int] = []

    def restored() -> int:
        return sum(r.path.endswith("/recover") for r in small.requests)

    def look(_: object) -> None:
        asked.append(restored())
        if len(asked) == 3:
            small.state.restoring.clear()

    small.before("/telemetry$", look)
    assert run.go() == 3, run.seen.error
    assert asked[0] == asked[2] < restored(), "nothing is restored before it has ended"
