"""A catch-up pass over two equal collections, ledger written, against reading both once."""

from __future__ import annotations

import argparse
import tempfile
from contextlib import nullcontext
from pathlib import Path

from sides import NEW, PaddedModel, filled, interleaved, read_sizes, show

from qdrant_model_migration.pipeline.both_sides import BothSides, compare_slice
from qdrant_model_migration.pipeline.fleet import threads
from qdrant_model_migration.pipeline.ledger import PART, open_ledger
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.pipeline.read import scan
from qdrant_model_migration.pipeline.slices import find_slices
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.pipeline.worker import Worker, WorkerSpec
from qdrant_model_migration.qdrant import Point, Qdrant


def main() -> None:
    given = read_sizes(argparse.ArgumentParser(description=__doc__), points=20_000, rounds=5)
    with filled(given.points) as qdrant, tempfile.TemporaryDirectory() as folder:
        qdrant.create_collection("new", {"vectors": {"size": NEW, "distance": "Cosine"}})
        qdrant.insert("new", [Point(p.id, p.payload, {}) for p in scan(qdrant, "old")])
        sides = {
            "reading both": lambda: read(qdrant),
            "a catch-up pass": lambda: compare(qdrant, Path(folder)),
            "the same by two streams": lambda: compare(qdrant, Path(folder), streams=2),
        }
        show(interleaved(sides, given.rounds), "reading both")


def read(qdrant: Qdrant) -> None:
    for collection in ("old", "new"):
        for _ in scan(qdrant, collection):
            pass


def compare(qdrant: Qdrant, folder: Path, streams: int = 1) -> None:
    vector = TargetVector(
        name="",
        params={"size": NEW, "distance": "Cosine"},
        origin=embedded(PaddedModel().model, TextSource(fields=("text",))),
    )
    move = Move(source="old", target="new", vectors=(vector,))
    tasks = [
        BothSides(found, move, frozenset()) for found in find_slices(qdrant, move.points, PART)
    ]
    with (
        Worker(WorkerSpec(qdrant.address, folder)) as worker,
        threads(streams, worker, nullcontext) as fleet,
        open_ledger(folder, begin=True) as ledger,
    ):
        for done in [fleet.submit(compare_slice, task) for task in tasks]:
            found = done.result()
            assert not found.differ
            ledger.replace(found.slice.start, found.slice.end, found.records)


if __name__ == "__main__":
    main()
