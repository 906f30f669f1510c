"""Slices are found once; one that has grown since is done in parts, never held whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.pipeline.slices import run_slice
from qdrant_model_migration.qdrant import Address, open_qdrant, order
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.borders import Borders
from qdrant_model_migration.steps.create_collection import CreateCollection
from support.fake_qdrant import FakeQdrant
from support.world import World, a_move, everything, old_point


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Numbers 1,000 to 1,199, in slices of 64 that were found and not filled."""
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs_old", [old_point(1000 + n, f"text {n}") for n in range(200)])
        world = World(qdrant, tmp_path, a_move())
        CreateCollection().apply(world)
        borders = Borders(world)
        while borders.find(64):
            pass
        yield world


def test_slices_that_have_grown_before_the_first_and_after_the_last_id_are_done_in_parts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = [*range(300), *range(2000, 2300)]
    world.qdrant.insert("docs_old", [old_point(n, f"late {n}") for n in late])
    sizes: list[int] = []

    def spied(*given: Any) -> Any:
        result = run_slice(*given)
        sizes.append(result.points)
        return result

    monkeypatch.setattr("qdrant_model_migration.steps.backfill.run_slice", spied)
    Backfill().apply(world)
    assert everything(world.qdrant, "docs_new").keys() == {*late, *range(1000, 1200)}
    assert sum(sizes) == 800
    assert max(sizes) == 128
    found = Borders(world).in_order()
    assert [s.end for s in found] == [*(s.start for s in found[1:]), None]
    assert found == sorted(found, key=lambda s: order(s.start or 0))
    assert world.open_model(world.move.vectors[0].model).texts == 800  # type: ignore[arg-type]


def test_a_kill_while_a_grown_slice_is_divided_loses_none_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.qdrant.insert("docs_old", [old_point(n, f"late {n}") for n in range(300)])
    remember, new = World.remember, 0

    def dies(self: World, key: str, value: Any) -> None:
        nonlocal new
        remember(self, key, value)
        new += key == "slice 4"
        if new == 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(World, "remember", dies)
        with pytest.raises(KeyboardInterrupt):
            Backfill().apply(world)
    Backfill().apply(world)
    assert everything(world.qdrant, "docs_new").keys() == {*range(300), *range(1000, 1200)}
