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
from qdrant_model_migration.pipeline.ledger import open_ledger
from qdrant_model_migration.pipeline.move import Load
from qdrant_model_migration.pipeline.worker import WorkerSpec
from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.qdrant.errors import LimitExceeded
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.catch_up import CatchUp
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.cutover import Cutover
from qdrant_model_migration.steps.index import Index
from qdrant_model_migration.steps.rollback import Rollback
from qdrant_model_migration.steps.sweep import Sweep
from qdrant_model_migration.steps.switches.aliases import Aliases
from qdrant_model_migration.steps.verify import Verify
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


def a_world(kind: type[World], fake: FakeQdrant, folder: Path) -> World:
    folder.mkdir(parents=True)
    qdrant = open_qdrant(Address(url=fake.url), KEY)
    for name in qdrant.collections():
        qdrant.delete_collection(name)
    qdrant.create_collection("docs_old", {"vectors": {"size": 8, "distance": "Cosine"}})
    points = [old_point(n, f"text number {n}" if n % 40 else "") for n in range(300)]
    points[77] = points[77]._replace(payload={"text": "beyond the model"})
    qdrant.insert("docs_old", points)
    qdrant.switch_alias("docs", "docs_old")
    return kind(qdrant, folder, a_move(load=Load(batch=16, streams=2, slice=64)))


def test_a_process_pool_makes_the_same_points_and_the_same_journal_as_threads(
    fake: FakeQdrant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through all passes, while the application writes."""
    monkeypatch.setattr("qdrant_model_migration.steps.passes.PART", 64)
    found: list[tuple[Any, ...]] = []
    for kind in (World, Elsewhere):
        world = a_world(kind, fake, tmp_path / kind.__name__ / "run")
        with world.qdrant as qdrant:
            for step in (CreateCollection(), Backfill()):
                step.apply(world)
            qdrant.upsert("docs_old", [old_point(n, f"edited {n}") for n in (3, 200)])
            qdrant.delete("docs_old", [5, 290])
            for step in (CatchUp(), Index(), Verify()):
                step.apply(world)
            world.consents["cutover"] = {"alias": "docs"}
            Cutover(switch=Aliases(alias="docs")).apply(world)
            qdrant.upsert("docs_old", [old_point(n, f"late {n}") for n in (7, 120, 900)])
            qdrant.delete("docs_old", [9])
            qdrant.delete("docs_new", [120])
            Sweep().apply(world)
            world.consents["rollback"] = {"alias": "docs"}
            Rollback().apply(world)
            with open_ledger(world.folder) as ledger:
                rows = dict(ledger.rows())
            points = everything(qdrant, "docs_new")
        for when in ("switched", "rolled_back", "verdict", "_quickest_pass"):
            world.kept.pop(when)
        found.append((points, rows, world.kept, world.dead, world.conflicting, world.said))
    assert len(found[0][0]) == 297
    assert len(found[0][3]) == 8
    assert found[0][4].keys() == {120}
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
