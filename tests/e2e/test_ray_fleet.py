"""A real Ray cluster of two computers on this one: workers are killed, stopped and removed, and the
same collection comes out."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.embedders import model_from_folder, open_embedder
from qdrant_model_migration.embedders.learned_map import FILE, LearnedMap
from qdrant_model_migration.engine import create_run, run_here, view
from qdrant_model_migration.pipeline.errors import NoWorkerFits
from qdrant_model_migration.pipeline.move import Load, Move, TargetVector
from qdrant_model_migration.pipeline.origins import calculated, embedded
from qdrant_model_migration.pipeline.ray_fleet import Waits, ray_fleet
from qdrant_model_migration.pipeline.slices import SliceTask, find_slices
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.pipeline.worker import Worker, WorkerSpec
from qdrant_model_migration.qdrant import Address, Patience, Point, Qdrant, open_qdrant, pages
from support.fake_qdrant import FakeQdrant
from support.far_work import held_up, only_in, whose
from support.tiny_onnx import WORDS, tiny_onnx

from .conftest import POINTS as OF_A_RUN
from .conftest import Place
from .test_bridge import REAL, proper, to_the_bridge
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
            "old", [Point(n, {"text": text}, {"": [1.0, n / 9]}) for n, text in enumerate(texts)]
        )
        size = {"size": model.dimensions, "distance": "Cosine"}
        qdrant.create_collection("new", {"vectors": size})
        yield qdrant


def moving(model: Any, how: str) -> Move:
    params = {"size": model.dimensions, "distance": "Cosine"}
    text = TextSource(fields=("text",))
    origin = calculated("", model, None) if how == "mapped" else embedded(model, text)
    name, target = ("new", "old") if how == "in place" else ("", "new")
    vector = TargetVector(name=name, params=params, origin=origin)
    return Move(source="old", target=target, vectors=(vector,), load=Load(batch=32, slice=SLICE))


class Trip:
    """All slices through the fleet. pids: who did them. folders: of their own, meanwhile."""

    def __init__(self, qdrant: Qdrant, model: Any, folder: Path, how: str) -> None:
        self.said: list[str] = []
        self.pids: list[int] = []
        self.folders: set[Path] = set()
        self.open_model: Any = open_embedder
        self._qdrant, self._move, self._folder = qdrant, moving(model, how), folder
        (self._vector,) = self._move.vectors
        if self._move.in_place:
            qdrant.add_vector("old", "new", "dense", self._vector.params)
        rows = np.random.default_rng(1).normal(size=(2, model.dimensions)).astype(np.float32)
        self._map = LearnedMap(rows, rows[0])

    def go(self, fault: Any = None, at: int = 6, until: Any = lambda trip: True) -> None:
        """until: there is small work until this is so."""
        patience = Patience(total_s=5.0)
        spec = WorkerSpec(self._qdrant.address, patience=patience, open_model=self.open_model)
        with Worker(spec) as here, ExitStack() as stack:
            self._map.save(here.artifact(FILE))
            fl = stack.enter_context(ray_fleet(here, spec, self._move, self.said.append, QUICK))
            slices = find_slices(self._qdrant, self._move.points, SLICE)
            work = partial(held_up, self._folder / "happened")
            futures = [fl.submit(work, SliceTask(one, self._move)) for one in slices]
            for number, future in enumerate(futures):
                _, pid, folder = future.result(60)
                self.pids.append(pid)
                self.folders.add(folder)
                if number == at and fault is not None:
                    fault(self)
                if number == at:
                    (self._folder / "happened").touch()
            give_up = time.monotonic() + 60
            while not until(self):
                assert time.monotonic() < give_up
                asked = [fl.submit(whose, None) for _ in range(8)]
                for one in asked:
                    pid, folder = one.result(60)
                    self.pids.append(pid)
                    self.folders.add(folder)

    def must_be_whole(self) -> None:
        target = self._move.target
        old = {p.id: p for page in pages(self._qdrant, "old", vectors=True) for p in page}
        new = {p.id: p for page in pages(self._qdrant, target, vectors=True) for p in page}
        assert new.keys() == old.keys() == set(range(POINTS))
        assert all(new[one].payload == old[one].payload for one in old)
        made = np.asarray([new[one].vectors[self._vector.name] for one in range(POINTS)])
        assert np.linalg.norm(made, axis=1) == pytest.approx([1.0] * POINTS, abs=1e-3)
        if not self._vector.origin.embeds:
            rows = [old[one].vectors[""] for one in range(POINTS)]
            np.testing.assert_allclose(made, self._map.of(rows, length_one=True), atol=1e-4)


@pytest.fixture
def trip(
    cluster: Any, qdrant: Qdrant, model: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> Trip:
    return Trip(qdrant, model, tmp_path, getattr(request, "param", "embedded"))


def test_the_slices_are_done_by_workers_that_have_shown_what_they_make(trip: Trip) -> None:
    trip.go(until=lambda trip: len(set(trip.pids)) == 2)
    trip.must_be_whole()
    assert os.getpid() not in trip.pids
    assert sum("makes the same vectors" in one for one in trip.said) == 2
    assert len(trip.folders) == 2
    assert not any(folder.exists() for folder in trip.folders), "they took their files away"


@pytest.mark.parametrize("trip", ["mapped", "in place"], indirect=True)
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


def test_a_worker_without_the_model_gets_no_work(trip: Trip) -> None:
    trip.open_model = partial(only_in, os.getpid())
    with pytest.raises(NoWorkerFits, match="it is not on this computer"):
        trip.go()


@pytest.mark.parametrize("place", ["fake 1.18.3", REAL], indirect=True)
def test_a_run_has_its_vectors_made_there_and_does_the_rest_itself(
    cluster: Any, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calculated by a map that it has learned, then made properly behind it."""
    monkeypatch.setenv("QMM_FLEET", "ray")
    folder = to_the_bridge(place, tmp_path)
    welcome = "makes the same vectors, and gets work"
    calculated_by = sum(welcome in event.text for event in view(folder, events=500).events)
    assert calculated_by, "a worker had the map"
    assert run_here(folder) == 0, view(folder).error
    seen = view(folder, events=2_000)
    assert sum(welcome in event.text for event in seen.events) > calculated_by
    assert seen.verdict is not None
    assert all(check["ok"] is not False for check in seen.verdict["integrity"]["checks"])
    right, wrong = proper(place)
    assert len(right) == OF_A_RUN - 2
    assert len(wrong) == 2, "those without a text"


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
