"""Work on slices is the same in a thread and in another process, which opens everything itself."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.embedders.errors import BadVector
from qdrant_model_migration.embedders.learned_map import FILE, LearnedMap
from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.artifacts import packed, unpack
from qdrant_model_migration.pipeline.credentials import shown, what_differs
from qdrant_model_migration.pipeline.errors import ArtifactDamaged, ArtifactsTooLarge
from qdrant_model_migration.pipeline.ledger import open_ledger
from qdrant_model_migration.pipeline.move import Load, TargetVector
from qdrant_model_migration.pipeline.origins import calculated
from qdrant_model_migration.pipeline.sources.file import rows_of
from qdrant_model_migration.pipeline.worker import Worker, WorkerSpec
from qdrant_model_migration.pipeline.worker_folder import WorkerFolder
from qdrant_model_migration.qdrant import Address, open_qdrant
from qdrant_model_migration.qdrant.errors import LimitExceeded
from qdrant_model_migration.steps.add_vectors import AddVectors
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
from support.processes import Elsewhere
from support.world import NEW, OLD, HashModel, World, a_move, everything, new_model, old_point

KEY = "the-key-of-the-server"
VARIABLE = "QMM_TEST_KEY"


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
    world = kind(qdrant, folder, a_move(load=Load(batch=16, streams=2, slice=64)))
    if isinstance(world, Elsewhere):
        world.key = VARIABLE
    return world


def test_vectors_in_place_are_made_elsewhere_and_written_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qdrant_model_migration.steps.making.LONG", -1.0)
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs", {"vectors": {"size": 8, "distance": "Cosine"}})
        qdrant.insert("docs", [old_point(n, f"text {n}") for n in range(90)])
        size = {"size": 12, "distance": "Cosine"}
        new = TargetVector(name="new", params=size, origin=new_model())
        load = Load(batch=16, streams=2, slice=64)
        move = a_move(source="docs", target="docs", vectors=(new,), load=load)
        world = Elsewhere(qdrant, tmp_path, move)
        AddVectors().apply(world)
        Backfill().apply(world)
        qdrant.upsert("docs", [old_point(n, f"edited {n}") for n in range(40)])
        CatchUp().apply(world)
        points = everything(qdrant, "docs")
    texts = [points[n].payload["text"] for n in range(90)]
    assert texts[39:41] == ["edited 39", "text 40"]
    right = HashModel(NEW).embed(texts, "passage").vectors
    made = [points[n].vectors["new"] for n in range(90)]
    np.testing.assert_allclose(np.asarray(made), np.asarray(right), atol=1e-4)
    assert not world.models, "no text was embedded here"


@pytest.fixture
def learned(tmp_path: Path) -> LearnedMap:
    rows = np.random.default_rng(1).normal(size=(8, 12)).astype(np.float32)
    learned = LearnedMap(rows, np.zeros(12, np.float32))
    learned.save(tmp_path / FILE)
    return learned


def test_a_worker_without_the_run_folder_has_the_map_by_its_content(
    tmp_path: Path, learned: LearnedMap
) -> None:
    mapped = TargetVector(
        name="", params={"size": 12, "distance": "Cosine"}, origin=calculated("", NEW, OLD)
    )
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        here = World(qdrant, tmp_path, a_move(vectors=(mapped,)))
        sent = packed(here.move.artifacts, here)
        spec = pickle.loads(pickle.dumps(WorkerSpec(qdrant.address, artifacts=sent)))
        points = [old_point(n, "text") for n in range(3)]
        with Worker(spec) as worker:
            folder = worker.artifact(FILE).parent
            assert folder != tmp_path
            theirs = shown(points, here.move, worker)
        assert not folder.exists()
        mine = shown(points, here.move, here)
    assert len(theirs.made.points[0].vectors[""]) == 12
    assert what_differs(mine, theirs) is None
    (tmp_path / FILE).unlink()
    learned._replace(matrix=-learned.matrix).save(tmp_path / FILE)
    other = "the vector of the point 0 comes out differently there"
    assert what_differs(shown(points, here.move, here), theirs) == other


def test_what_a_killed_worker_left_goes_with_the_next_and_what_a_living_one_has_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    elsewhere = tmp_path / "not one of ours"
    elsewhere.mkdir()
    (tmp_path / "qmm-worker-link").symlink_to(elsewhere)
    living, killed = WorkerFolder(), WorkerFolder()
    for one in (living, killed):
        (one.path / FILE).write_text("a map")
    os.close(killed._handle)  # all that a kill does to it
    third = WorkerFolder()
    assert not killed.path.exists()
    assert (living.path / FILE).exists()
    assert elsewhere.exists()
    living.close()
    third.close()
    assert {path.name for path in tmp_path.iterdir()} == {elsewhere.name, "qmm-worker-link"}


def test_what_is_sent_is_bounded_and_comes_as_it_was(tmp_path: Path, learned: LearnedMap) -> None:
    with open_qdrant(Address(folder=str(tmp_path / "qdrant"))) as qdrant:
        here = World(qdrant, tmp_path, a_move())
        (sent,) = packed([FILE, "never-made.db"], here)
        with pytest.raises(ArtifactsTooLarge, match=r"map\.npz"):
            packed([FILE], here, most=len(sent.content) - 1)
    with pytest.raises(ArtifactDamaged):
        unpack((sent._replace(content=sent.content[:-1]),), tmp_path)


def test_a_worker_whose_file_is_another_one_shows_it(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"text": "a"}\n')
    with open_qdrant(Address(folder=str(tmp_path / "qdrant"))) as qdrant:
        world = World(qdrant, tmp_path, a_move(rows=rows_of(str(file))))
        mine = shown([], world.move, world)
        file.write_text('{"text": "b"}\n')
        other = shown([], world.move, world)
        file.unlink()
        none = shown([], world.move, world)
    assert what_differs(mine, mine) is None
    assert what_differs(mine, other) == "its rows.jsonl is another one"
    assert what_differs(mine, none) == "it cannot read rows.jsonl"


def test_a_process_pool_makes_the_same_points_and_the_same_journal_as_threads(
    fake: FakeQdrant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through all passes, while the application writes. What is made again, is so there as well."""
    monkeypatch.setattr("qdrant_model_migration.steps.passes.PART", 64)
    monkeypatch.setattr("qdrant_model_migration.steps.making.LONG", -1.0)
    found: list[tuple[Any, ...]] = []
    for kind in (World, Elsewhere):
        world = a_world(kind, fake, tmp_path / kind.__name__ / "run")
        with world.qdrant as qdrant:
            for step in (CreateCollection(), Backfill()):
                step.apply(world)
            qdrant.upsert("docs_old", [old_point(n, f"edited {n}") for n in (3, 200)])
            qdrant.delete("docs_old", [5, 290])
            here = sum(model.texts for model in world.models.values())
            CatchUp().apply(world)
            made_here = sum(model.texts for model in world.models.values()) - here
            assert made_here == (0 if kind is Elsewhere else 2)
            for step in (Index(), Verify()):
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
