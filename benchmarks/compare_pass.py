"""A catch-up pass over two equal collections, ledger written, against reading both once."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from sides import NEW, filled, interleaved, read_sizes, show

from qdrant_model_migration.pipeline.ledger import new_ledger
from qdrant_model_migration.pipeline.read import align, scan
from qdrant_model_migration.pipeline.sameness import digest, same_payload
from qdrant_model_migration.qdrant import Point, Qdrant


def main() -> None:
    given = read_sizes(argparse.ArgumentParser(description=__doc__), points=20_000, rounds=5)
    with filled(given.points) as qdrant, tempfile.TemporaryDirectory() as folder:
        qdrant.create_collection("new", {"vectors": {"size": NEW, "distance": "Cosine"}})
        qdrant.insert("new", [Point(p.id, p.payload, {}) for p in scan(qdrant, "old")])
        sides = {
            "reading both": lambda: read(qdrant),
            "a catch-up pass": lambda: compare(qdrant, Path(folder)),
        }
        show(interleaved(sides, given.rounds), "reading both")


def read(qdrant: Qdrant) -> None:
    for collection in ("old", "new"):
        for _ in scan(qdrant, collection):
            pass


def compare(qdrant: Qdrant, folder: Path) -> None:
    old, new = (((p.id, p) for p in scan(qdrant, name)) for name in ("old", "new"))
    with new_ledger(folder) as ledger:
        for point, (mine, theirs) in align(old, new):
            assert mine is not None
            assert theirs is not None
            ledger.add(point, digest(mine))
            assert same_payload(mine.payload, theirs.payload)


if __name__ == "__main__":
    main()
