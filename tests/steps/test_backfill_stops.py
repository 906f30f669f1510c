"""A backfill with a slow model stops within seconds, and repeats little of what it had done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from qdrant_model_migration.embedders import Embedded, Embedder, ModelRef
from qdrant_model_migration.errors import Stopped
from qdrant_model_migration.pipeline.calls import InCalls
from qdrant_model_migration.pipeline.move import Load
from qdrant_model_migration.pipeline.slices import run_slice
from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.steps import backfill
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.slice_size import SECONDS
from support.fake_qdrant import FakeQdrant
from support.world import NEW, HashModel, World, a_move, old_point

POINTS, TEXTS_PER_SECOND, STREAMS = 1500, 10, 2
STOP_AT = 60.0


class Slow(HashModel):
    """Ten texts a second, by a clock of its own; after a minute somebody wants it to stop."""

    def __init__(self, model: ModelRef) -> None:
        super().__init__(model)
        self.now, self.stop_at = 0.0, STOP_AT

    def clock(self) -> float:
        return self.now

    def embed(self, texts: Sequence[str], role: str) -> Embedded:
        self.now += len(texts) / TEXTS_PER_SECOND
        return super().embed(texts, role)

    def breathe(self) -> None:
        if self.now >= self.stop_at:
            raise Stopped


class SlowWorld(World):
    slow: Slow
    calls: InCalls

    def open_model(self, model: ModelRef) -> Embedder:  # type: ignore[override]
        return self.calls


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowWorld]:
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs_old", [old_point(n, f"text number {n}") for n in range(POINTS)])
        move = a_move(load=Load(batch=128, streams=STREAMS, slice=1024))
        world = SlowWorld(qdrant, tmp_path, move)
        world.slow = Slow(NEW)
        world.calls = InCalls(world.slow, world.breathe, clock=world.slow.clock)
        world.on_breath = world.slow.breathe
        monkeypatch.setattr(backfill, "run_slice", partial(run_slice, clock=world.slow.clock))
        CreateCollection().apply(world)
        yield world


def test_a_stop_waits_for_one_call_to_the_model_and_not_for_its_slice(world: SlowWorld) -> None:
    with pytest.raises(Stopped):
        Backfill().apply(world)
    assert world.slow.now - STOP_AT < 2.0


def test_what_is_repeated_after_a_stop_is_bounded_and_everything_arrives(world: SlowWorld) -> None:
    with pytest.raises(Stopped):
        Backfill().apply(world)
    world.slow.stop_at = float("inf")
    Backfill().apply(world)
    assert world.qdrant.count("docs_new") == POINTS
    assert world.slow.texts - POINTS <= 2 * SECONDS * TEXTS_PER_SECOND
