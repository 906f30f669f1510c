"""The small world a step sees, for real: `Context` carries out steps.step.StepContext."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from qdrant_model_migration.embedders import Embedder, ModelRef
from qdrant_model_migration.engine.backup import keep_fact
from qdrant_model_migration.engine.journal import Journal, is_fact
from qdrant_model_migration.engine.progress import Progress
from qdrant_model_migration.engine.retrying import Retrying
from qdrant_model_migration.engine.sister_runs import LEVEL
from qdrant_model_migration.engine.steering import Steering
from qdrant_model_migration.engine.token_meter import TokenMeter
from qdrant_model_migration.engine.watch import Watch
from qdrant_model_migration.environment import KEY
from qdrant_model_migration.pipeline.calls import InCalls
from qdrant_model_migration.pipeline.fleet import Fleet, threads
from qdrant_model_migration.pipeline.move import Move
from qdrant_model_migration.pipeline.worker import WorkerSpec
from qdrant_model_migration.qdrant import Patience, PointId, Qdrant
from qdrant_model_migration.quality import Side
from qdrant_model_migration.steps.sisters import Level, Sister
from qdrant_model_migration.steps.verify import TOLD, told_before


class Models:
    """The opened models of a run, each opened once, whichever thread asks first.

    Their work can be stopped and slowed down between two calls.
    """

    def __init__(self, open_embedder: Callable[[ModelRef], Embedder], steering: Steering) -> None:
        self._open, self._lock = open_embedder, threading.Lock()
        self._steering = steering
        self._opened: dict[str, Embedder] = {}

    def get(self, model: ModelRef) -> Embedder:
        key = model.model_dump_json()
        with self._lock:
            if key not in self._opened:
                opened = self._open(model)
                steering = self._steering
                self._opened[key] = InCalls(opened, steering.breathe, steering.waiting)
            return self._opened[key]


class Context:
    """One per step. `parent` is the event under which everything is written that the step says."""

    def __init__(
        self,
        *,
        folder: Path,
        run_id: str,
        move: Move | None,
        sides: tuple[Side, Side] | None,
        accepted: frozenset[str],
        qdrant: Qdrant,
        journal: Journal,
        progress: Progress,
        steering: Steering,
        retrying: Retrying,
        models: Models,
        meter: TokenMeter,
        parent: int | None,
        watch: Watch,
        fleet: str = "",
    ) -> None:
        self._fleet, self._meter, self._watch = fleet, meter, watch
        self._folder, self._run_id, self._accepted = folder, run_id, accepted
        self._move = move
        self._sides = (sides[0].placed(folder), sides[1].placed(folder)) if sides else None
        self._qdrant, self._journal, self._progress = qdrant, journal, progress
        self._steering, self._retrying, self._models, self._parent = (
            steering,
            retrying,
            models,
            parent,
        )

    @property
    def qdrant(self) -> Qdrant:
        return self._qdrant

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def move(self) -> Move:
        if self._move is None:
            raise LookupError("this plan moves nothing; the step should not ask what goes where")
        return self._move

    @property
    def before(self) -> Side:
        planned, _ = self._both_sides
        told = told_before(self.recall(TOLD))
        return planned if told is None else told.placed(self._folder)

    @property
    def after(self) -> Side:
        return self._both_sides[1]

    @property
    def _both_sides(self) -> tuple[Side, Side]:
        if self._sides is None:
            raise LookupError("this plan changes no search; the step should not ask how it was")
        return self._sides

    @property
    def has_move(self) -> bool:
        return self._move is not None

    @property
    def run_id(self) -> str:
        return self._run_id

    @property
    def accepted(self) -> frozenset[str]:
        return self._accepted

    def open_model(self, model: ModelRef) -> Embedder:
        return self._models.get(model)

    def artifact(self, name: str) -> Path:
        return self._folder / name

    def say(self, kind: str, text: str, **data: Any) -> None:
        self._journal.event(kind, text, data, self._parent)

    def progress(self, done: int, total: int | None, unit: str = "points") -> None:
        if self._progress.advance(done, total, unit):
            self._retrying.answered()

    def remember(self, key: str, value: Any) -> None:
        self._journal.remember(key, value)
        if is_fact(key):
            keep_fact(self._journal, self._folder, key)

    def recall(self, key: str, default: Any = None) -> Any:
        return self._journal.recall(key, default)

    def dead_letter(self, point: PointId, reason: str, held: str) -> None:
        self._journal.set_aside(point_text(point), reason, held)

    def revive(self, points: set[PointId]) -> None:
        self._journal.revive([point_text(point) for point in points])

    def conflict(self, point: PointId, old: str, new: str, mark: bytes) -> None:
        self._journal.add_conflict(point_text(point), old, new, mark)

    @property
    def conflicts(self) -> frozenset[tuple[str, bytes]]:
        return self._journal.conflicts()

    def forget_conflicts(self) -> None:
        self._journal.forget_conflicts()

    def consent(self, gate: str) -> Mapping[str, str] | None:
        return self._journal.consent(gate)

    def spend(self, gate: str) -> None:
        self._journal.spend(gate)

    def sisters(self) -> tuple[Sister, ...]:
        return self._watch.sisters()

    def level(self, level: Level, *, stays: bool = False) -> None:
        session = self._journal.get("session")
        self.remember(LEVEL, {**level._asdict(), "session": session, "stays": stays})

    def breathe(self) -> None:
        self._steering.breathe()
        self._retrying.breathed()

    def fleet(self) -> AbstractContextManager[Fleet]:
        return threads(self.move.load.streams, self, self._steering.helping)

    def workers(self, move: Move | None = None) -> AbstractContextManager[Fleet]:
        if self._fleet != "ray":
            return self.fleet()
        if self.move.load.spending is not None:
            self.say("worker", _NO_OTHERS)
            return self.fleet()
        from qdrant_model_migration.pipeline.ray_fleet import ray_fleet

        # Minutes, not the engine's week: a worker's silence is to be heard of.
        spec = WorkerSpec(self._qdrant.address, KEY, Patience())

        def told(text: str) -> None:
            self.say("worker", text)

        return ray_fleet(self, spec, move or self.move, told)

    def limited(self) -> AbstractContextManager[None]:
        return self._meter.limited()

    def waiting(self) -> AbstractContextManager[None]:
        return self._steering.waiting()

    def rest(self, seconds: float) -> None:
        self._progress.flush()
        self._steering.rest(seconds)


_NO_OTHERS = (
    "The server makes the vectors, so other computers would make nothing quicker, and their tokens "
    "would not be counted here. The texts are sent from this one."
)


def point_text(point: PointId) -> str:
    """An id as typed text: an unsigned 64-bit number does not fit SQLite's own integers."""
    return f"u:{point}" if isinstance(point, int) else f"s:{point}"
