"""Snapshots: made, restored into a collection that stands, deleted; and who may."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from qdrant_model_migration.qdrant.errors import (
    RightMissing,
    ServerFull,
    ServerRefused,
    SettingRefused,
)
from support.fake_qdrant import FakeQdrant

SHAPE = {"vectors": {"size": 2, "distance": "Cosine"}}
FULL, NARROW, READING = "full-key", "narrow-key", "reading-key"


@pytest.fixture(params=["fake", pytest.param("server", marks=pytest.mark.server)])
def qdrant(request: pytest.FixtureRequest) -> Iterator[Qdrant]:
    if request.param == "server":
        yield request.getfixturevalue("real")
        return
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as opened:
        yield opened


@pytest.fixture
def names(qdrant: Qdrant) -> Iterator[tuple[str, str]]:
    """A collection of three points, and a name that is free."""
    old, new = (f"qmm-test-{uuid.uuid4()}" for _ in range(2))
    qdrant.create_collection(old, SHAPE)
    qdrant.insert(old, [Point(n, {"n": n}, {"": [1.0, n]}) for n in range(3)])
    yield old, new
    for name in (old, new):
        if qdrant.exists(name):
            qdrant.delete_collection(name)


def test_a_snapshot_fills_a_collection_that_keeps_its_settings(
    qdrant: Qdrant, names: tuple[str, str]
) -> None:
    old, new = names
    assert qdrant.is_alone()
    folder = qdrant.snapshots_folder(new)
    assert not qdrant.exists(new), "asking makes nothing"
    made = qdrant.create_snapshot(old)
    assert made.bytes > 0
    assert qdrant.snapshots(old) == (made,)
    qdrant.create_collection(new, {**SHAPE, "metadata": {"mine": True}})
    qdrant.restore_snapshot(new, f"{folder}/{old}/{made.name}", made.checksum)
    assert not qdrant.is_restoring(new)
    assert qdrant.scroll(new, vectors=True).points == qdrant.scroll(old, vectors=True).points
    assert qdrant.config(new).metadata == {"mine": True}
    for _ in range(2):
        qdrant.delete_snapshot(old, made.name)
        assert qdrant.snapshots(old) == ()
    with pytest.raises(SettingRefused, match="does not exist"):
        qdrant.restore_snapshot(new, f"{folder}/{old}/{made.name}")


def test_a_snapshot_whose_deletion_got_no_answer_is_gone() -> None:
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs", SHAPE)
        made, kept = (qdrant.create_snapshot("docs") for _ in range(2))
        fake.fail(method="DELETE", path="/snapshots/", apply=True, drop=True)
        qdrant.delete_snapshot("docs", made.name)
        assert qdrant.snapshots("docs") == (kept,)
        fake.fail(method="DELETE", path="/snapshots/", status=400, error="no")
        with pytest.raises(ServerRefused):
            qdrant.delete_snapshot("docs", kept.name)


@pytest.mark.parametrize("key", [NARROW, READING])
def test_whose_key_may_not_restore_is_told_without_a_try(key: str) -> None:
    keys = {NARROW: {"docs": "rw"}}
    with (
        FakeQdrant(api_key=FULL, read_only_key=READING, collection_keys=keys) as fake,
        open_qdrant(Address(url=fake.url), key) as qdrant,
        pytest.raises(RightMissing),
    ):
        qdrant.snapshots_folder("new")


def test_a_server_without_room_is_asked_once() -> None:
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        full = fake.fail(path="/recover", times=None, status=500, error="No space left on device")
        with pytest.raises(ServerFull):
            qdrant.restore_snapshot("new", "/qdrant/snapshots/a/b")
        assert full.hits == 1


def test_several_computers_do_not_stand_for_one() -> None:
    peers = {"1": {}, "2": {}}
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        fake.fail(
            path="/cluster$", status=200, body={"result": {"status": "enabled", "peers": peers}}
        )
        assert qdrant.is_alone() is False
        fake.fail(path="/cluster$", status=403, error="Forbidden: Global access is required")
        assert qdrant.is_alone() is None


def test_a_restoring_that_goes_on_is_seen() -> None:
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        fake.state.restoring.add("new")
        assert qdrant.is_restoring("new")
        assert not qdrant.is_restoring("old")


def test_the_practice_qdrant_has_none(tmp_path: Path) -> None:
    with open_qdrant(Address(folder=str(tmp_path / "qdrant"))) as qdrant:
        qdrant.create_collection("docs", SHAPE)
        assert not qdrant.capabilities.snapshots
        assert not qdrant.capabilities.clone
        assert qdrant.snapshots("docs") == ()
