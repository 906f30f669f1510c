"""A small world for steps: a StepContext in memory, and a model that hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.embedders import Embedded, ModelRef
from qdrant_model_migration.embedders.errors import BadVector
from qdrant_model_migration.pipeline.fleet import Fleet, threads
from qdrant_model_migration.pipeline.move import Load, Move, TargetVector
from qdrant_model_migration.pipeline.origins import Origin, as_it_is, embedded
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Point, PointId, Qdrant
from qdrant_model_migration.quality import Leg, Side
from qdrant_model_migration.steps.gate import Gate, Waiting
from qdrant_model_migration.steps.sisters import Level, Sister
from qdrant_model_migration.steps.step import Step

OLD = ModelRef(kind="practice", name="test/old", dimensions=8)
NEW = ModelRef(kind="practice", name="test/new", dimensions=12)


class HashModel:
    """Each text its own vector, the same every time: what a model is to everything but quality.

    It makes no vector of a text with the word "beyond" in it.
    """

    def __init__(self, model: ModelRef) -> None:
        self.model = model
        self.texts = 0

    def embed(self, texts: Sequence[str], role: str) -> Embedded:
        if bad := tuple(i for i, text in enumerate(texts) if "beyond" in text):
            raise BadVector(self.model.label, "not a number", bad)
        self.texts += len(texts)
        vectors = []
        for text in texts:
            mark = hashlib.sha256((self.model.name + text).encode()).digest()
            seed = int.from_bytes(mark[:8], "big")
            vector = np.random.default_rng(seed).normal(size=self.model.dimensions)
            vectors.append([float(x) for x in (vector / np.linalg.norm(vector)).astype(np.float32)])
        return Embedded(vectors, sum(len(t.split()) for t in texts), 0)


class OneModel:
    """Implements pipeline.tools.Tools with one model and nothing else."""

    def __init__(self, model: HashModel) -> None:
        self._model = model

    def open_model(self, model: ModelRef) -> HashModel:
        return self._model

    def artifact(self, name: str) -> Path:
        raise LookupError(name)

    def breathe(self) -> None:
        pass


class World:
    """Implements steps.step.StepContext in memory; `on_breath` is what happens meanwhile."""

    def __init__(self, qdrant: Qdrant, folder: Path, move: Move | None) -> None:
        self.qdrant, self.folder, self._move = qdrant, folder, move
        self.run_id = "run-1"
        self.old_model: ModelRef | None = OLD
        self.accepted: frozenset[str] = frozenset()
        self.kept: dict[str, Any] = {}
        self.said: list[str] = []
        self.dead: dict[PointId, str] = {}
        self.conflicting: dict[PointId, tuple[str, str, bytes]] = {}
        self.consents: dict[str, Mapping[str, str]] = {}
        self.models: dict[str, HashModel] = {}
        self.on_breath: Callable[[], None] | None = None
        self.progressed: list[tuple[int, int | None]] = []
        self.beside: Callable[[], tuple[Sister, ...]] = tuple
        self.levels: list[tuple[Level, bool]] = []

    @property
    def move(self) -> Move:
        assert self._move is not None
        return self._move

    @property
    def before(self) -> Side:
        leg = Leg(using=self.move.new_vectors[0].name, model=self.old_model)
        return Side(collection=self.move.source, legs=(leg,))

    @property
    def after(self) -> Side:
        legs = tuple(Leg(using=v.name, model=v.model) for v in self.move.new_vectors[:1])
        return Side(collection=self.move.target, legs=legs)

    @property
    def has_move(self) -> bool:
        return self._move is not None

    def open_model(self, model: ModelRef) -> HashModel:
        return self.models.setdefault(model.name, HashModel(model))

    def artifact(self, name: str) -> Path:
        return self.folder / name

    def say(self, kind: str, text: str, **data: Any) -> None:
        self.said.append(text)

    def progress(self, done: int, total: int | None, unit: str = "points") -> None:
        self.progressed.append((done, total))

    def remember(self, key: str, value: Any) -> None:
        self.kept[key] = deepcopy(value)

    def recall(self, key: str, default: Any = None) -> Any:
        found = self.kept.get(key)
        return default if found is None else found

    def dead_letter(self, point: PointId, reason: str, held: str) -> None:
        self.dead[point] = reason

    def revive(self, points: set[PointId]) -> None:
        for point in points:
            self.dead.pop(point, None)

    def conflict(self, point: PointId, old: str, new: str, mark: bytes) -> None:
        self.conflicting[point] = (old, new, mark)

    @property
    def conflicts(self) -> frozenset[tuple[str, bytes]]:
        return frozenset((str(point), row[2]) for point, row in self.conflicting.items())

    def forget_conflicts(self) -> None:
        self.conflicting.clear()

    def consent(self, gate: str) -> Mapping[str, str] | None:
        return self.consents.get(gate)

    def spend(self, gate: str) -> None:
        self.consents.pop(gate, None)

    def sisters(self) -> tuple[Sister, ...]:
        return self.beside()

    def level(self, level: Level, *, stays: bool = False) -> None:
        self.levels.append((level, stays))

    def breathe(self) -> None:
        if self.on_breath:
            self.on_breath()

    def fleet(self) -> AbstractContextManager[Fleet]:
        return threads(self.move.load.streams, self, nullcontext)

    def workers(self, move: Move | None = None) -> AbstractContextManager[Fleet]:
        return self.fleet()

    def limited(self) -> AbstractContextManager[None]:
        return nullcontext()

    def waiting(self) -> AbstractContextManager[None]:
        return nullcontext()

    def rest(self, seconds: float) -> None:
        self.breathe()


def old_point(number: PointId, text: Any, **payload: Any) -> Point:
    """A point as the application with the old model writes it."""
    words = text if isinstance(text, str) and text.strip() else "nothing"
    vector = HashModel(OLD).embed([words], "passage").vectors[0]
    return Point(number, {"text": text, **payload}, {"": vector})


def new_model(where: str | None = None) -> Origin:
    """Of the field `text`, by the new model."""
    return embedded(NEW, TextSource(fields=("text",)), where=where)


def a_move(source: str = "docs_old", target: str = "docs_new", **changes: Any) -> Move:
    """The unnamed 8-d vector becomes a 12-d one."""
    vectors = (
        TargetVector(name="", params={"size": 12, "distance": "Cosine"}, origin=new_model()),
    )
    return Move(
        source=source,
        target=target,
        vectors=changes.pop("vectors", vectors),
        load=changes.pop("load", Load(batch=16, streams=2, slice=64)),
        **changes,
    )


def keeping(name: str, params: dict[str, Any]) -> TargetVector:
    return TargetVector(name=name, params=params, origin=as_it_is(name))


def everything(qdrant: Qdrant, collection: str, vectors: bool = True) -> dict[PointId, Point]:
    """All points by id."""
    found: dict[PointId, Point] = {}
    start: PointId | None = None
    while True:
        page = qdrant.scroll(collection, start=start, limit=500, vectors=vectors)
        found |= {p.id: p for p in page.points}
        if page.next is None:
            return found
        start = page.next


def asked(step: Step, world: World) -> Gate:
    """The gate that the step waits at."""
    with pytest.raises(Waiting) as waiting:
        step.apply(world)
    return waiting.value.gate
