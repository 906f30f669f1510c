"""Who carries out slices: a connection and opened models, in whichever process they are needed."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol

from qdrant_model_migration.embedders import Embedder, ModelRef, open_embedder
from qdrant_model_migration.pipeline.artifacts import Artifact, unpack
from qdrant_model_migration.pipeline.calls import InCalls
from qdrant_model_migration.pipeline.tools import Tools
from qdrant_model_migration.pipeline.worker_folder import WorkerFolder
from qdrant_model_migration.qdrant import Address, Patience, Qdrant, open_qdrant


class Equipment(Tools, Protocol):
    """All that the work on a slice needs, besides its task."""

    @property
    def qdrant(self) -> Qdrant: ...


class WorkerSpec(NamedTuple):
    """All that a worker has to be told; it can be pickled.

    key: the NAME of the environment variable that has the key there, where there is one.
    patience: minutes, not the days of an engine, so that whoever hands out work hears of a silence.
    artifacts: what its vectors are made with; a worker knows nothing of a run folder.
    """

    address: Address
    key: str | None = None
    patience: Patience = Patience()
    open_model: Callable[[ModelRef], Embedder] = open_embedder
    artifacts: tuple[Artifact, ...] = ()


class Worker:
    """Equipment made from a spec. Use it as a context manager, one for a process."""

    def __init__(self, spec: WorkerSpec) -> None:
        self._spec = spec
        self._opened: dict[str, Embedder] = {}
        if spec.artifacts:
            unpack(spec.artifacts, self._folder.path)
        key = os.environ.get(spec.key) if spec.key is not None else None
        self.qdrant = open_qdrant(spec.address, key, patience=spec.patience)

    @cached_property
    def _folder(self) -> WorkerFolder:
        """Of its own; there is none where it needs none."""
        return WorkerFolder()

    def open_model(self, model: ModelRef) -> Embedder:
        key = model.model_dump_json()
        if key not in self._opened:
            self._opened[key] = InCalls(self._spec.open_model(model), self.breathe)
        return self._opened[key]

    def artifact(self, name: str) -> Path:
        return self._folder.path / name

    def breathe(self) -> None:
        """Nobody is asked here: a worker is stopped between two slices."""

    def close(self) -> None:
        self.qdrant.close()
        if "_folder" in vars(self):
            self._folder.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
