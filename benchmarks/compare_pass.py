"""A catch-up pass over two equal collections, ledger written, against reading both once.

Without `--url` the fake server of the tests answers, and the ratios say what our side costs.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path

from sides import filled, interleaved, read_sizes, show

from qdrant_model_migration.embedders import ModelRef
from qdrant_model_migration.pipeline.both_sides import BothSides, compare_slice
from qdrant_model_migration.pipeline.fleet import threads
from qdrant_model_migration.pipeline.ledger import PART, open_ledger
from qdrant_model_migration.pipeline.move import Move, TargetVector
from qdrant_model_migration.pipeline.origins import Origin, as_it_is, embedded
from qdrant_model_migration.pipeline.read import scan
from qdrant_model_migration.pipeline.slices import SliceTask, find_slices, run_slice
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.pipeline.worker import Worker, WorkerSpec
from qdrant_model_migration.qdrant import Qdrant


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a real server, in which collections old and new are made")
    given = read_sizes(parser, points=20_000, rounds=5, dimensions=768)
    with (
        filled(given.points, size=given.dimensions, url=given.url) as qdrant,
        tempfile.TemporaryDirectory() as beside,
    ):
        folder = Path(beside)
        model = ModelRef(kind="practice", name="padded", dimensions=given.dimensions)
        texts, vectors = (
            _move(qdrant, origin)
            for origin in (embedded(model, TextSource(fields=("text",))), as_it_is(""))
        )
        _copied(qdrant, vectors)
        _settled(qdrant)
        for move, what in ((texts, "without vectors"), (vectors, "with vectors")):
            print(f"\n{what}")
            reading = f"reading both {what}"
            sides = {
                reading: partial(read, qdrant, move),
                "a catch-up pass": partial(compare, qdrant, move, folder),
                "the same by two streams": partial(compare, qdrant, move, folder, streams=2),
            }
            show(interleaved(sides, given.rounds), reading)


def _move(qdrant: Qdrant, origin: Origin) -> Move:
    vector = TargetVector(name="", params=qdrant.config("old").vectors()[""], origin=origin)
    return Move(source="old", target="new", vectors=(vector,))


def _copied(qdrant: Qdrant, move: Move) -> None:
    """The collection `new`, where it is not there already."""
    if not qdrant.exists("new"):
        qdrant.create_collection("new", {"vectors": move.vectors[0].params})
    with Worker(WorkerSpec(qdrant.address)) as worker:
        for found in find_slices(qdrant, move.points, move.load.slice):
            run_slice(SliceTask(found, move), worker)


def _settled(qdrant: Qdrant) -> None:
    """No index is being built any more, which would take its time from the passes."""
    while any(qdrant.state(name).status == "yellow" for name in ("old", "new")):
        time.sleep(0.5)


def read(qdrant: Qdrant, move: Move) -> None:
    sides: tuple[tuple[str, Sequence[str]], ...] = (
        (move.source, move.read_vectors),
        (move.target, move.compared),
    )
    for collection, vectors in sides:
        for _ in scan(qdrant, collection, vectors=list(vectors) or False):
            pass


def compare(qdrant: Qdrant, move: Move, folder: Path, streams: int = 1) -> None:
    tasks = [
        BothSides(found, move, frozenset()) for found in find_slices(qdrant, move.points, PART)
    ]
    with (
        Worker(WorkerSpec(qdrant.address)) as worker,
        threads(streams, worker, nullcontext) as fleet,
        open_ledger(folder, begin=True) as ledger,
    ):
        for done in [fleet.submit(compare_slice, task) for task in tasks]:
            found = done.result()
            assert not found.differ
            ledger.replace(found.slice.start, found.slice.end, found.records)


if __name__ == "__main__":
    main()
