"""Memory of a backfill, a catch-up pass and its ledger: ten times the points, against once."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import numpy as np
from sides import NEW, filled, read_sizes

from qdrant_model_migration.embedders import Embedded, ModelRef, Role
from qdrant_model_migration.pipeline.both_sides import BothSides, compare_slice
from qdrant_model_migration.pipeline.fleet import threads
from qdrant_model_migration.pipeline.ledger import PART, open_ledger
from qdrant_model_migration.pipeline.move import Load, Move, TargetVector
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.pipeline.slices import SliceTask, find_slices, run_slice
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.pipeline.worker import Worker, WorkerSpec
from qdrant_model_migration.qdrant import Address


class Light:
    """Takes no memory of its own: a model's goes by its longest texts, not by their number."""

    def __init__(self) -> None:
        self.model = ModelRef(kind="practice", name="light", dimensions=NEW)

    def embed(self, texts: Sequence[str], role: Role) -> Embedded:
        return Embedded([np.full(NEW, len(text), np.float32) for text in texts], len(texts), 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at", help=argparse.SUPPRESS)  # in a process of its own: of this server
    given = read_sizes(parser, points=10_000)
    if given.at:
        migrate(given.at)
        return
    most = {points: measured(points) for points in (given.points, 10 * given.points)}
    for points, mebibytes in most.items():
        ratio = mebibytes / most[given.points]
        print(f"{points:>9,} points {mebibytes:8.0f} MiB   {ratio:5.2f} of {given.points:,} points")


def measured(points: int) -> float:
    """The most memory that the whole of it took, in MiB."""
    with filled(points) as qdrant:
        qdrant.create_collection("new", {"vectors": {"size": NEW, "distance": "Cosine"}})
        command = [sys.executable, __file__, "--at", str(qdrant.address)]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        return float(ran.stdout)


def migrate(url: str) -> None:
    model = Light()
    origin = embedded(model.model, TextSource(fields=("text",)))
    vector = TargetVector(name="", params={"size": NEW, "distance": "Cosine"}, origin=origin)
    move = Move(source="old", target="new", vectors=(vector,), load=Load(batch=128, streams=2))
    with tempfile.TemporaryDirectory() as folder:
        spec = WorkerSpec(Address.read(url), Path(folder), open_model=lambda _: model)
        with (
            Worker(spec) as worker,
            threads(2, worker, nullcontext) as fleet,
            open_ledger(Path(folder), begin=True) as ledger,
        ):
            for where in find_slices(worker.qdrant, move.points, move.load.slice):
                fleet.submit(run_slice, SliceTask(where, move)).result()
            for where in find_slices(worker.qdrant, move.points, PART):
                found = fleet.submit(compare_slice, BothSides(where, move, frozenset())).result()
                ledger.replace(found.slice.start, found.slice.end, found.records)
    scale = 1024 if sys.platform != "darwin" else 1024**2
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale)


if __name__ == "__main__":
    main()
