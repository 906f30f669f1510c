"""Passes go by slice, several at a time; one that was broken off goes on where it stood."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.pipeline.both_sides import compare_slice
from qdrant_model_migration.pipeline.errors import LedgerDamaged
from qdrant_model_migration.pipeline.ledger import FILE, Ledger, open_ledger
from qdrant_model_migration.pipeline.marks import mark_of
from qdrant_model_migration.pipeline.move import Load
from qdrant_model_migration.qdrant import Address, Point, PointId, open_qdrant
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.cleanup import Cleanup
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.errors import CleanupRefused, OldEmptied
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.passes import by_slices
from qdrant_model_migration.steps.rollback import Rollback
from qdrant_model_migration.steps.routes import route_of
from qdrant_model_migration.steps.routes.copy import catch_up_pass
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.steps.verify import Verify
from support.fake_qdrant import FakeQdrant
from support.world import World, a_move, everything, old_point

POINTS, SLICE = 320, 64


class Killed(BaseException):
    """kill -9, as far as a step can feel it."""


@pytest.fixture
def fake() -> Iterator[FakeQdrant]:
    with FakeQdrant() as fake:
        yield fake


@pytest.fixture
def world(fake: FakeQdrant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Five slices, filled and caught up with."""
    monkeypatch.setattr("qdrant_model_migration.steps.passes.PART", SLICE)
    with open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs_old", [old_point(n, f"text {n}") for n in range(POINTS)])
        qdrant.switch_alias("docs", "docs_old")
        world = World(qdrant, tmp_path, a_move(load=Load(batch=16, streams=2, slice=SLICE)))
        for step in (CreateCollection(), Backfill(), CatchUp(), Index()):
            step.apply(world)
        yield world


def killed_after(slices: int, world: World, act: Callable[[], object]) -> None:
    """`act` dies when so many slices of a pass are checkpointed."""
    remember, done = World.remember, 0

    def dies(key: str, value: Any) -> None:
        nonlocal done
        if done >= slices:
            raise Killed
        remember(world, key, value)
        done += key.startswith("pass ")
        if done >= slices:
            raise Killed

    world.remember = dies  # type: ignore[method-assign]
    try:
        with pytest.raises(Killed):
            act()
    finally:
        del world.remember  # type: ignore[method-assign]


def starts(fake: FakeQdrant, collection: str = "docs_old") -> list[PointId | None]:
    """Where the readings since the last `clear` began, page by page."""
    path = f"/collections/{collection}/points/scroll"
    return sorted(
        (r.body.get("offset") for r in fake.requests if r.path == path),
        key=lambda s: s or 0,
    )


def switch(world: World) -> None:
    Verify().apply(world)
    world.consents["cutover"] = {"alias": "docs"}
    Cutover(switch=Aliases(alias="docs")).apply(world)


def texts(world: World, collection: str = "docs_new") -> dict[PointId, str]:
    return {i: p.payload["text"] for i, p in everything(world.qdrant, collection).items()}


def assert_whole_ledger(world: World) -> None:
    """Each point of the old collection, with the mark of what stands there."""
    with open_ledger(world.folder) as ledger:
        assert dict(ledger.rows()) == {
            i: mark_of(p._replace(vectors={}), world.move)
            for i, p in everything(world.qdrant, "docs_old").items()
        }


def edit(world: World, text: str, *numbers: int) -> None:
    world.qdrant.upsert("docs_old", [old_point(n, text) for n in numbers])


def test_a_pass_reads_each_slice_once_and_writes_a_part_for_each(
    world: World, fake: FakeQdrant
) -> None:
    fake.requests.clear()
    CatchUp().apply(world)
    assert starts(fake) == [None, 64, 128, 192, 256]
    assert starts(fake, "docs_new") == [None, 64, 128, 192, 256]
    assert_whole_ledger(world)
    assert [row for row in world.progressed if row[0] % SLICE == 0][-2:] == [(320, 320)] * 2


def test_a_catch_up_that_was_killed_goes_on_with_the_slices_that_are_left(
    world: World, fake: FakeQdrant
) -> None:
    edit(world, "edited", 3, 200)
    killed_after(2, world, lambda: route_of(world.move).catch_up(world, most=1))
    assert texts(world)[3] == "edited"
    fake.requests.clear()
    found = route_of(world.move).catch_up(world, most=1)
    assert starts(fake) == [128, 192, 256]
    assert found == 2
    assert texts(world)[200] == "edited"
    assert_whole_ledger(world)
    fake.requests.clear()
    route_of(world.move).catch_up(world, most=1)
    assert starts(fake)[0] is None


def test_the_last_catch_up_before_the_switch_is_a_whole_one_whatever_was_broken_off(
    world: World,
) -> None:
    Verify().apply(world)
    world.consents["cutover"] = {"alias": "docs"}
    step = Cutover(switch=Aliases(alias="docs"))
    killed_after(3, world, lambda: step.apply(world))
    edit(world, "written since", 3)
    step.apply(world)
    assert world.qdrant.aliases()["docs"] == "docs_new"
    assert texts(world)[3] == "written since"


def test_a_sweep_that_was_killed_goes_on_and_keeps_the_conflicts_that_it_has_found(
    world: World, fake: FakeQdrant
) -> None:
    switch(world)
    there = everything(world.qdrant, "docs_new")[3]
    world.qdrant.upsert("docs_new", [there._replace(payload={"text": "new side"})])
    edit(world, "old side", 3, 70, 300)
    killed_after(2, world, lambda: Sweep().apply(world))
    assert world.conflicting.keys() == {3}
    assert texts(world)[70] == "old side"
    fake.requests.clear()
    Sweep().apply(world)
    assert starts(fake)[:2] == [None, 64]  # a second pass followed, since the first found some
    assert starts(fake).count(None) == 1
    assert texts(world)[300] == "old side"
    assert texts(world)[3] == "new side"
    assert world.conflicting.keys() == {3}
    assert world.kept["swept"] == 2


def test_a_sweep_looks_again_whether_the_old_collection_was_emptied_before_it_goes_on(
    world: World,
) -> None:
    """By what the ledger had when the pass began, not by what is left of it."""
    switch(world)
    world.qdrant.insert("docs_new", [Point(n, {"text": "new side"}, {}) for n in range(1000, 1100)])
    world.qdrant.delete("docs_old", list(range(100)))
    killed_after(2, world, lambda: Sweep().apply(world))
    assert len(texts(world)) == POINTS
    world.qdrant.delete("docs_old", list(range(100, 170)))
    with open_ledger(world.folder) as ledger:
        assert len(ledger) < 2 * 150 < POINTS
    with pytest.raises(OldEmptied):
        Sweep().apply(world)


def test_cleanup_looks_at_all_of_the_old_collection_whatever_sweep_was_broken_off(
    world: World,
) -> None:
    switch(world)
    Sweep().apply(world)
    killed_after(3, world, lambda: Sweep().apply(world))
    edit(world, "by the old name", 3)
    there = everything(world.qdrant, "docs_new")[3]
    world.qdrant.upsert("docs_new", [there._replace(payload={"text": "new side"})])
    world.consents["cleanup"] = {"collection": "docs_old"}
    with pytest.raises(CleanupRefused, match="1 more point changed on both sides"):
        Cleanup().apply(world)


def test_an_integrity_check_goes_on_unless_something_was_mended_since(
    world: World, fake: FakeQdrant
) -> None:
    def verify() -> list[PointId | None]:
        fake.requests.clear()
        Verify().apply(world)
        checks = {c["name"]: c for c in world.kept["verdict"]["integrity"]["checks"]}
        assert checks["Each id once"]["found"] == POINTS
        assert checks["Right model"]["expected"] == 256
        assert "Late writes" not in checks
        return starts(fake)

    def broken_off() -> None:
        world.kept.pop("verify_began", None)
        killed_after(3, world, lambda: Verify().apply(world))

    broken_off()
    assert verify().count(None) == 1  # the catch-up that a repeated verify begins with
    broken_off()
    edit(world, "late", 3)
    assert verify().count(None) == 3  # two passes of it, and the check from its beginning


def test_a_count_after_a_rollback_goes_on(world: World, fake: FakeQdrant) -> None:
    switch(world)
    world.qdrant.delete("docs_new", [3, 300])
    world.consents["rollback"] = {"alias": "docs"}
    killed_after(2, world, lambda: Rollback().apply(world))
    fake.requests.clear()
    Rollback().apply(world)
    assert starts(fake, "docs_new") == [128, 192, 256]
    assert world.kept["left_behind"] == {"inserted": 0, "edited": 0, "deleted": 2}


@pytest.mark.parametrize("killed", [False, True])
def test_a_ledger_that_is_lost_or_damaged_is_written_anew_by_a_whole_pass(
    world: World, killed: bool
) -> None:
    if killed:
        killed_after(2, world, lambda: route_of(world.move).catch_up(world, most=1))
        (world.folder / FILE).unlink()
    else:
        (world.folder / FILE).write_bytes(b"{" * 9_000)
    route_of(world.move).catch_up(world, most=1)
    assert_whole_ledger(world)


def test_damage_that_is_met_in_the_middle_of_a_pass_begins_it_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, times = Ledger.replace, 0

    def damaged(self: Ledger, *given: Any) -> None:
        nonlocal times
        times += 1
        if times == 3:
            raise LedgerDamaged(world.folder / FILE)
        replace(self, *given)

    monkeypatch.setattr(Ledger, "replace", damaged)
    route_of(world.move).catch_up(world, most=1)
    assert times == 8
    assert_whole_ledger(world)


def test_new_ids_beyond_the_borders_are_compared_in_parts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def spied(*given: Any) -> Any:
        result = compare_slice(*given)
        sizes.append(result.points)
        return result

    monkeypatch.setattr(catch_up_pass, "compare_slice", spied)
    monkeypatch.setattr("qdrant_model_migration.pipeline.in_slice.MOST", 100)
    world.qdrant.insert("docs_old", [old_point(n, "new") for n in range(1000, 1500)])
    CatchUp().apply(world)
    assert max(sizes) <= 100
    assert texts(world).keys() == {*range(POINTS), *range(1000, 1500)}
    assert_whole_ledger(world)


def test_no_more_is_under_way_than_the_streams_can_do_and_one_more(world: World) -> None:
    begun: list[int] = []
    taken: list[int] = []
    ahead: list[int] = []
    lock = threading.Lock()

    def work(task: int, _: object) -> int:
        with lock:
            begun.append(task)
            ahead.append(len(begun) - len(taken))
        return task

    by_slices(world, range(40), work, lambda _, result: taken.append(result))
    assert taken == list(range(40))
    assert max(ahead) <= world.move.load.streams + 1
