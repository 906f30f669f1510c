"""A real Ray cluster of two computers on this one: workers are killed, stopped and removed, and the
same collection comes out."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.embedders import model_from_folder
from qdrant_model_migration.engine import create_run, run_here, view
from qdrant_model_migration.pipeline.errors import NoWorkerFits
from qdrant_model_migration.pipeline.move import Load, Move, TargetVector
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.pipeline.ray_fleet import Waits, ray_fleet
from qdrant_model_migration.pipeline.slices import SliceTask, find_slices
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.pipeline.worker import Worker, WorkerSpec
from qdrant_model_migration.qdrant import Address, Patience, Point, Qdrant, open_qdrant, pages
from support.fake_qdrant import FakeQdrant
from support.far_work import held_up, whose
from support.tiny_onnx import WORDS, tiny_onnx

from .conftest import Place
from .trips import plan_for

pytestmark = [pytest.mark.ray, pytest.mark.xdist_group("ray"), pytest.mark.timeout(180)]
POINTS, SLICE = 1_536, 64
QUICK = Waits(deadline=1.5, none=30.0, again=0.3, muster=0.3)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A head without room for workers, and two computers; all of it on 127.0.0.1."""
    # Before it is imported: else it takes the address that this computer has for others.
    os.environ.update(RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER="0", RAY_USAGE_STATS_ENABLED="0")
    tests = str(Path(__file__).parents[1])  # its workers import what they are to do
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), tests)))
    ray = pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    small = {"object_store_memory": 80 << 20}
    cluster = Cluster(
        initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False, **small}
    )
    cluster.nodes_made = [cluster.add_node(num_cpus=2, **small) for _ in range(2)]
    ray.init(address=cluster.address, log_to_driver=False)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture
def model(tmp_path: Path) -> Any:
    return model_from_folder(tiny_onnx(tmp_path / "tiny"))


@pytest.fixture
def qdrant(model: Any) -> Iterator[Qdrant]:
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("old", {"vectors": {"size": 2, "distance": "Cosine"}})
        texts = [f"{WORDS[n % len(WORDS)]} {WORDS[n * 7 % len(WORDS)]}" for n in range(POINTS)]
        qdrant.insert(
            "old", [Point(n, {"text": text}, {"": [1.0, 2.0]}) for n, text in enumerate(texts)]
        )
        size = {"size": model.dimensions, "distance": "Cosine"}
        qdrant.create_collection("new", {"vectors": size})
        yield qdrant


def moving(model: Any) -> Move:
    params = {"size": model.dimensions, "distance": "Cosine"}
    origin = embedded(model, TextSource(fields=("text",)))
    vector = TargetVector(name="", params=params, origin=origin)
    return Move(source="old", target="new", vectors=(vector,), load=Load(batch=32, slice=SLICE))


class Trip:
    """All slices through the fleet. pids: who did them."""

    def __init__(self, qdrant: Qdrant, model: Any, folder: Path) -> None:
        self.said: list[str] = []
        self.pids: list[int] = []
        self._qdrant, self._move, self._folder = qdrant, moving(model), folder

    def go(self, fault: Any = None, at: int = 6, until: Any = lambda trip: True) -> None:
        """until: there is small work until this is so."""
        spec = WorkerSpec(self._qdrant.address, self._folder, patience=Patience(total_s=5.0))
        with Worker(spec) as here, ray_fleet(here, spec, self._move, self.said.append, QUICK) as fl:
            slices = find_slices(self._qdrant, self._move.points, SLICE)
            futures = [fl.submit(held_up, SliceTask(one, self._move)) for one in slices]
            for number, future in enumerate(futures):
                _, pid = future.result(60)
                self.pids.append(pid)
                if number == at and fault is not None:
                    fault(self)
                if number == at:
                    (self._folder / "happened").touch()
            patience = time.monotonic() + 60
            while not until(self):
                assert time.monotonic() < patience
                asked = [fl.submit(whose, None) for _ in range(8)]
                self.pids += [one.result(60) for one in asked]

    def must_be_whole(self) -> None:
        old = {p.id: p for page in pages(self._qdrant, "old", vectors=False) for p in page}
        new = {p.id: p for page in pages(self._qdrant, "new", vectors=True) for p in page}
        assert new.keys() == old.keys()
        assert all(new[one].payload == old[one].payload for one in old)
        norms = [np.linalg.norm(np.asarray(p.vectors[""])) for p in new.values()]
        assert norms == pytest.approx([1.0] * POINTS, abs=1e-3)


@pytest.fixture
def trip(cluster: Any, qdrant: Qdrant, model: Any, tmp_path: Path) -> Trip:
    return Trip(qdrant, model, tmp_path)


def test_the_slices_are_done_by_workers_that_have_shown_what_they_make(trip: Trip) -> None:
    trip.go(until=lambda trip: len(set(trip.pids)) == 2)
    trip.must_be_whole()
    assert os.getpid() not in trip.pids
    assert sum("makes the same vectors" in one for one in trip.said) == 2


def test_a_killed_worker_costs_only_its_own_slices(trip: Trip) -> None:
    trip.go(
        lambda trip: os.kill(trip.pids[-1], signal.SIGKILL),
        until=lambda trip: len(set(trip.pids)) == 3,  # its computer got a new one
    )
    trip.must_be_whole()
    assert any("was lost" in one for one in trip.said)


def test_a_worker_that_is_only_stopped_is_given_up(trip: Trip) -> None:
    """Ray itself would wait for ever."""
    stopped: list[int] = []

    def stop(trip: Trip) -> None:
        stopped.append(trip.pids[-1])
        os.kill(trip.pids[-1], signal.SIGSTOP)

    trip.go(stop)
    trip.must_be_whole()
    assert any("has not answered for" in one for one in trip.said)
    until = time.monotonic() + 20
    while Path(f"/proc/{stopped[0]}").exists():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_worker_that_makes_other_vectors_gets_no_work(
    trip: Trip, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import qdrant_model_migration.pipeline.ray_fleet as room

    true = room.shown

    def otherwise(points: Any, move: Any, equipment: Any) -> Any:
        mine = true(points, move, equipment)
        turned = [p._replace(vectors={"": -np.asarray(p.vectors[""])}) for p in mine.made.points]
        return mine._replace(made=mine.made._replace(points=turned))

    monkeypatch.setattr(room, "shown", otherwise)
    with pytest.raises(NoWorkerFits, match="comes out differently there"):
        trip.go()
    assert trip._qdrant.count("new") == 0


@pytest.mark.parametrize("place", ["fake 1.18.3"], indirect=True)
def test_a_run_has_its_vectors_made_there_and_does_the_rest_itself(
    cluster: Any, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QMM_FLEET", "ray")
    plan = plan_for(place, "blue_green", "model")
    folder = create_run(plan)
    assert run_here(folder) == 3, view(folder).error
    seen = view(folder, events=500)
    said = [event.text for event in seen.events]
    assert any("makes the same vectors, and gets work" in text for text in said), said
    assert seen.verdict is not None
    assert all(check["ok"] is not False for check in seen.verdict["integrity"]["checks"])
    assert plan.move is not None
    with place.open() as qdrant:
        assert qdrant.count(plan.move.target) == qdrant.count(place.collection)


@pytest.mark.parametrize("place", ["local"], indirect=True)
def test_a_folder_is_of_one_computer(
    cluster: Any, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QMM_FLEET", "ray")
    folder = create_run(plan_for(place, "blue_green", "model"))
    assert run_here(folder) == 4
    assert "cannot be reached from other computers" in str(view(folder).error)


def test_a_computer_that_leaves_takes_nothing_with_it(trip: Trip, cluster: Any) -> None:
    trip.go(
        lambda _: cluster.remove_node(cluster.nodes_made.pop(), allow_graceful=False),
        until=lambda trip: any("was lost" in one for one in trip.said),
    )
    trip.must_be_whole()
