"""Work on slices is the same in a thread and in another process, which opens everything itself."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from qdrant_model_migration.embedders.errors import BadVector
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.fleet import Fleet
from qdrant_model_migration.pipeline.move import Load
from qdrant_model_migration.pipeline.worker import WorkerSpec
from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.qdrant.errors import LimitExceeded
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.create_collection import CreateCollection
from support.fake_qdrant import FakeQdrant
from support.processes import processes
from support.world import HashModel, World, a_move, everything, old_point

KEY = "the-key-of-the-server"
VARIABLE = "QMM_TEST_KEY"


class Elsewhere(World):
    """Whatever is done on slices is done in other processes."""

    def fleet(self) -> AbstractContextManager[Fleet]:
        spec = WorkerSpec(self.qdrant.address, self.folder, key=VARIABLE, open_model=HashModel)
        assert KEY.encode() not in pickle.dumps(spec)
        return processes(self.move.load.streams, spec)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeQdrant]:
    monkeypatch.setenv(VARIABLE, KEY)
    with FakeQdrant(api_key=KEY) as fake:
        yield fake


def a_world(kind: type[World], fake: FakeQdrant, folder: Path, target: str) -> World:
    qdrant = open_qdrant(Address(url=fake.url), KEY)
    if not qdrant.exists("docs_old"):
        qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
        points = [old_point(n, f"text number {n}" if n % 40 else "") for n in range(300)]
        points[77] = points[77]._replace(payload={"text": "beyond the model"})
        qdrant.insert("docs_old", points)
    move = a_move(target=target, load=Load(batch=16, streams=2, slice=64))
    return kind(qdrant, folder, move)


def test_a_process_pool_makes_the_same_points_and_the_same_journal_as_threads(
    fake: FakeQdrant, tmp_path: Path
) -> None:
    found: list[tuple[Any, ...]] = []
    for kind in (World, Elsewhere):
        world = a_world(kind, fake, tmp_path, f"docs_{kind.__name__}")
        with world.qdrant:
            for step in (CreateCollection(), Backfill()):
                step.apply(world)
            points = everything(world.qdrant, world.move.target)
            found.append((points, world.kept, world.dead, world.said[1:], world.progressed[-1]))
    assert len(found[0][0]) == 300
    assert len(found[0][2]) == 9
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("error", "extra"),
    [
        (BadVector("m", "not a number", (3, 7)), {"positions": (3, 7)}),
        (LimitExceeded("docs", "too many", "max_points", 9), {"setting": "max_points", "limit": 9}),
    ],
)
def test_an_error_comes_back_from_another_process_with_all_that_it_carries(
    error: QmmError, extra: dict[str, Any]
) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert (again.what, again.why, again.todo) == (error.what, error.why, error.todo)
    assert {name: getattr(again, name) for name in extra} == extra
