"""Slices carried out on the computers of a Ray cluster, one worker for each, or for each GPU.

Ray Core only: actors, without its own retries. Whoever is lost is noticed here, also one that is
only stopped, and its slices are handed to another. A slice may so be done twice: it is safe to
repeat. Only the engine, which hands out the slices, writes journal and checkpoints.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from statistics import median
from typing import Any, NamedTuple, TypeVar

from qdrant_model_migration.errors import QmmError
from qdrant_model_migration.pipeline.artifacts import packed
from qdrant_model_migration.pipeline.credentials import Credentials, probe, shown, what_differs
from qdrant_model_migration.pipeline.errors import (
    ClusterNotFound,
    NoWorkerFits,
    RayMissing,
    ServerNotReachable,
    WorkersGone,
)
from qdrant_model_migration.pipeline.fleet import Fleet
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.worker import Equipment, Worker, WorkerSpec
from qdrant_model_migration.qdrant import Point
from qdrant_model_migration.qdrant.errors import NoQdrantThere

T = TypeVar("T")
R = TypeVar("R")

_GOODBYE = 5.0  # seconds for workers to end by themselves
AT_A_TIME = 2
"""Slices of a worker: while one is embedded, another is read or written."""


class Waits(NamedTuple):
    """Seconds. deadline: that a slice may take at least, before another worker gets it as well (six
    times the usual time, where that is more). opening: until a worker has shown what it can.
    none: without any worker that works. again: until a computer whose worker was lost gets a new
    one. muster: between two looks at which computers there are."""

    deadline: float = 60.0
    opening: float = 900.0
    none: float = 600.0
    again: float = 10.0
    muster: float = 3.0


class _Remote:
    """A worker in its own process, on whichever computer Ray has put it."""

    def __init__(self, spec: WorkerSpec) -> None:
        self._spec = spec

    def show(self, points: list[Point], move: Move) -> Credentials:
        self._worker = Worker(self._spec)
        return shown(points, move, self._worker)

    def end(self) -> None:
        self._worker.close()

    def do(self, work: Callable[[T, Equipment], R], task: T) -> R:
        return work(task, self._worker)


class _Item(NamedTuple):
    work: Callable[[Any, Equipment], Any]
    task: Any
    future: Future[Any]


class _Place(NamedTuple):
    """Where one worker can be: a computer, or one GPU of it. node: Ray's name for it."""

    node: str
    address: str
    gpu: int | None = None

    def __str__(self) -> str:
        return self.address if self.gpu is None else f"{self.address}, GPU {self.gpu}"


class _Hand:
    """One worker. busy: its slices, by Ray's reference, each with the moment when it began."""

    def __init__(self, actor: Any, showing: Any, since: float) -> None:
        self.actor, self.showing, self.since = actor, showing, since
        self.busy: dict[Any, tuple[_Item, float]] = {}

    @property
    def works(self) -> bool:
        """Whether it has shown what it makes."""
        return self.showing is None

    @property
    def idle(self) -> bool:
        return self.works and not self.busy


class RayFleet:
    """See fleet.Fleet. One thread speaks with Ray; all that it knows is its own."""

    def __init__(
        self,
        ray: Any,
        spec: WorkerSpec,
        move: Move,
        points: list[Point],
        mine: Credentials,
        say: Callable[[str], None],
        waits: Waits,
    ) -> None:
        self._ray, self._spec, self._move = ray, ray.put(spec), move
        self._points, self._mine, self._say, self._waits = points, mine, say, waits
        self._hands: dict[_Place, _Hand] = {}
        self._refused: dict[_Place, str] = {}
        self._rest: dict[_Place, float] = {}
        self._seen: set[_Place] = set()
        self._queue: deque[_Item] = deque()
        self._took: deque[float] = deque(maxlen=50)
        self._lost_at = 0.0
        self._some_at = time.monotonic()
        self._failed: QmmError | None = None
        self._last = "No computer of the cluster has had a worker."
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="ray-fleet", daemon=True)
        self._thread.start()

    @property
    def capacity(self) -> int:
        """More than is worked on, so that a slow slice at the head holds nobody up."""
        return max(1, 2 * AT_A_TIME * len(self._hands))

    def submit(self, work: Callable[[T, Equipment], R], task: T) -> Future[R]:
        future: Future[R] = Future()
        if self._failed is not None:
            future.set_exception(self._failed)
        else:
            self._queue.append(_Item(work, task, future))
        return future

    def stop(self) -> None:
        """End every worker. One that was lost may still write, until its deadline: that is waited
        for, so that what comes after sees all of it."""
        self._ends.set()
        self._thread.join()
        ends = [hand.actor.end.remote() for hand in self._hands.values() if hand.idle]
        if ends:  # they take their files away
            self._ray.wait(ends, num_returns=len(ends), timeout=_GOODBYE)
        for hand in self._hands.values():
            self._ray.kill(hand.actor)
        if self._lost_at:
            time.sleep(max(0.0, self._lost_at + self._deadline - time.monotonic()))

    # --- its thread ---------------------------------------------------------------------------

    def _serve(self) -> None:
        looked = 0.0
        while not self._ends.is_set():
            try:
                if time.monotonic() - looked > self._waits.muster:
                    self._muster()
                    looked = time.monotonic()
                self._hand_out()
                self._collect()
                self._give_up_on_the_late()
                self._must_have_hands()
            except QmmError as error:
                self._fail(error)
            except Exception as error:  # noqa: BLE001 - Ray raises what it likes
                self._fail(WorkersGone(str(error)))
            if self._failed is not None:
                return

    def _muster(self) -> None:
        """A worker for every place that has none, and none where a computer has gone."""
        self._seen = set(_places(self._ray))
        for place in self._hands.keys() - self._seen:
            self._lose(place, "its computer left the cluster")
        now = time.monotonic()
        for place in self._seen - self._hands.keys() - self._refused.keys():
            if self._rest.get(place, 0.0) <= now:
                self._begin(place)

    def _begin(self, place: _Place) -> None:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        actor = (
            self._ray.remote(_Remote)
            .options(
                num_cpus=0 if place.gpu is not None else 1,
                num_gpus=0 if place.gpu is None else 1,
                max_restarts=0,
                max_task_retries=0,
                max_concurrency=AT_A_TIME,
                scheduling_strategy=NodeAffinitySchedulingStrategy(place.node, soft=False),
            )
            .remote(self._spec)
        )
        showing = actor.show.remote(self._points, self._move)
        self._hands[place] = _Hand(actor, showing, time.monotonic())

    def _hand_out(self) -> None:
        for _ in range(AT_A_TIME):
            for hand in self._hands.values():
                if hand.works and len(hand.busy) < AT_A_TIME:
                    self._give(hand)

    def _give(self, hand: _Hand) -> None:
        while self._queue:
            item = self._queue.popleft()
            if item.future.running() or item.future.set_running_or_notify_cancel():
                reference = hand.actor.do.remote(item.work, item.task)
                hand.busy[reference] = (item, time.monotonic())
                return

    def _collect(self) -> None:
        waited = {hand.showing: place for place, hand in self._hands.items() if hand.showing}
        waited |= {ref: place for place, hand in self._hands.items() for ref in hand.busy}
        if not waited:
            self._ends.wait(0.05)
            return
        done, _ = self._ray.wait(list(waited), num_returns=1, timeout=0.1)
        for reference in done:
            self._take(waited[reference], reference)

    def _take(self, place: _Place, reference: Any) -> None:
        from ray.exceptions import RayError, RayTaskError

        hand = self._hands[place]
        item, began = hand.busy.pop(reference, (None, 0.0))
        try:
            result = self._ray.get(reference)
        except RayTaskError as error:
            if item is not None:
                item.future.set_exception(error.cause)
            elif isinstance(error.cause, QmmError) and not isinstance(error.cause, NoQdrantThere):
                self._refuse(place, f"{error.cause.what} {error.cause.why}".rstrip(". "))
            else:
                self._lose(place, str(error.cause))
        except RayError as error:
            if item is not None:
                hand.busy[reference] = (item, began)
            self._lose(place, f"it ended ({type(error).__name__})")
        else:
            if item is None:
                self._welcome(place, hand, result)
            else:
                self._took.append(time.monotonic() - began)
                item.future.set_result(result)

    def _welcome(self, place: _Place, hand: _Hand, theirs: Credentials) -> None:
        if differs := what_differs(self._mine, theirs):
            self._refuse(place, differs)
            return
        hand.showing = None
        self._say(f"The worker at {place} makes the same vectors, and gets work.")

    def _refuse(self, place: _Place, why: str) -> None:
        hand = self._hands.pop(place)
        self._ray.kill(hand.actor)
        self._refused[place] = why
        self._say(f"The worker at {place} gets no work: {why}.")

    def _lose(self, place: _Place, why: str) -> None:
        """Its slices go to the head of the queue, in their order."""
        hand = self._hands.pop(place)
        self._ray.kill(hand.actor)
        self._lost_at = time.monotonic()
        self._rest[place] = self._lost_at + self._waits.again
        self._queue.extendleft(item for item, _ in reversed(list(hand.busy.values())))
        slices = f"; its {len(hand.busy)} slices go to others" if hand.busy else ""
        self._last = f"The worker at {place} was lost: {why}{slices}."
        self._say(self._last)

    @property
    def _deadline(self) -> float:
        usual = median(self._took) if self._took else 0.0
        return max(self._waits.deadline, 6 * usual)

    def _give_up_on_the_late(self) -> None:
        now, deadline = time.monotonic(), self._deadline
        for place, hand in list(self._hands.items()):
            # Of a worker's two slices the second waits for the first.
            oldest = min((began for _, began in hand.busy.values()), default=now)
            if now - oldest > AT_A_TIME * deadline:
                self._lose(place, f"it has not answered for {now - oldest:.0f} s")
            elif hand.showing is not None and now - hand.since > self._waits.opening:
                self._lose(place, "it did not open its models in time")

    def _must_have_hands(self) -> None:
        now = time.monotonic()
        none = self._waits.opening if self._hands else self._waits.none
        if any(hand.works for hand in self._hands.values()):
            self._some_at = now
        elif self._seen and self._seen <= self._refused.keys():
            raise NoWorkerFits({str(place): why for place, why in self._refused.items()})
        elif now - self._some_at > none:
            raise WorkersGone(self._last)

    def _fail(self, error: QmmError) -> None:
        self._failed = error
        waiting = [item for hand in self._hands.values() for item, _ in hand.busy.values()]
        for item in (*waiting, *self._queue):
            if not item.future.done():
                item.future.set_exception(error)


@contextmanager
def ray_fleet(
    equipment: Equipment,
    spec: WorkerSpec,
    move: Move,
    say: Callable[[str], None],
    waits: Waits = Waits(),  # noqa: B008 - immutable
) -> Iterator[Fleet]:
    """The workers of the cluster that this computer is part of. equipment: of this process, whose
    vectors theirs are compared with. say: hears what becomes of workers, in any thread.

    Raises RayMissing, ClusterNotFound, ServerNotReachable, ArtifactsTooLarge; the futures raise
    NoWorkerFits where no worker makes the same vectors, and WorkersGone where none has been there
    for long.
    """
    ray = _joined()
    computers = {node["NodeManagerAddress"] for node in _alive(ray)}
    if spec.address.folder is not None or (len(computers) > 1 and spec.address.on_this_computer):
        raise ServerNotReachable(str(spec.address))
    points = probe(move, equipment)
    mine = shown(points, move, equipment)
    spec = spec._replace(artifacts=packed(move.artifacts, equipment))
    fleet = RayFleet(ray, spec, move, points, mine, say, waits)
    try:
        yield fleet
    finally:
        fleet.stop()


def _joined() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError:
        raise RayMissing from None
    if not ray.is_initialized():
        try:
            ray.init(
                address=os.environ.get("RAY_ADDRESS", "auto"),
                log_to_driver=False,
                logging_level=logging.ERROR,
                configure_logging=False,
            )
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise ClusterNotFound(str(error)) from None
    return ray


def _alive(ray: Any) -> list[dict[str, Any]]:
    return [node for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU", 0) >= 1]


def _places(ray: Any) -> Iterator[_Place]:
    for node in _alive(ray):
        name, address = node["NodeID"], node["NodeManagerAddress"]
        gpus = int(node["Resources"].get("GPU", 0))
        yield from (_Place(name, address, n if gpus else None) for n in range(max(1, gpus)))
