"""What a backfill, a catch-up pass and its ledger take in memory, time and room on disk: ten times
the points, against once."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import NamedTuple

import numpy as np
from sides import NEW, OLD, filled, read_sizes

from qdrant_model_migration.embedders import Embedded, ModelRef, Role
from qdrant_model_migration.pipeline.both_sides import BothSides, compare_slice
from qdrant_model_migration.pipeline.fleet import threads
from qdrant_model_migration.pipeline.ledger import FILE, PART, open_ledger
from qdrant_model_migration.pipeline.move import Load, Move, TargetVector
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.pipeline.slices import SliceTask, find_slices, run_slice
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.pipeline.worker import Worker, WorkerSpec
from qdrant_model_migration.qdrant import Address


class Light:
    """Takes no memory of its own: a model's goes by its longest texts, not by their number."""

    def __init__(self, size: int) -> None:
        self.model, self._size = ModelRef(kind="practice", name="light", dimensions=size), size

    def embed(self, texts: Sequence[str], role: Role) -> Embedded:
        return Embedded(
            [np.full(self._size, len(text) + 1, np.float32) for text in texts], len(texts), 0
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at", help=argparse.SUPPRESS)  # in a process of its own: of this server
    parser.add_argument("--url", help="a real server, instead of the fake one of the tests")
    parser.add_argument("--old", type=int, default=OLD, help="dimensions of the old vectors")
    parser.add_argument("--new", type=int, default=NEW, help="dimensions of the new vectors")
    given = read_sizes(parser, points=10_000)
    if given.at:
        print(json.dumps(migrate(given.at, given.new)))
        return
    each = {n: measured(n, given) for n in (given.points, 10 * given.points)}
    once = each[given.points]
    for points, taken in each.items():
        print(
            f"{points:>9,} points {taken.mebibytes:8.0f} MiB"
            f"   {taken.mebibytes / once.mebibytes:5.2f} of {given.points:,} points"
            f"   {taken.cpu / points * 1e6:5.0f} \u00b5s of a core and"
            f" {taken.ledger / points:4.1f} bytes of ledger a point"
        )


class Taken(NamedTuple):
    """The most memory that the whole of it took, seconds of processor time, bytes on disk."""

    mebibytes: float
    cpu: float
    ledger: int


def measured(points: int, given: argparse.Namespace) -> Taken:
    with filled(points, size=given.old, url=given.url) as qdrant:
        qdrant.create_collection("new", {"vectors": {"size": given.new, "distance": "Cosine"}})
        command = [sys.executable, __file__, "--at", str(qdrant.address), "--new", str(given.new)]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        for name in ("old", "new"):
            qdrant.delete_collection(name)
        return Taken(*json.loads(ran.stdout))


def migrate(url: str, size: int) -> Taken:
    model = Light(size)
    origin = embedded(model.model, TextSource(fields=("text",)))
    vector = TargetVector(name="", params={"size": size, "distance": "Cosine"}, origin=origin)
    move = Move(source="old", target="new", vectors=(vector,), load=Load(batch=128, streams=2))
    with tempfile.TemporaryDirectory() as folder:
        spec = WorkerSpec(Address.read(url), open_model=lambda _: model)
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
        scale, used = 1024 if sys.platform != "darwin" else 1024**2, getrusage(RUSAGE_SELF)
        bytes_ = (Path(folder) / FILE).stat().st_size
        return Taken(used.ru_maxrss / scale, used.ru_utime + used.ru_stime, bytes_)


if __name__ == "__main__":
    main()
