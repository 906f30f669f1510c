"""The data path against the usual loop: scroll 100, embed in that order, upsert 100, repeat."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sides import NEW, PaddedModel, filled, interleaved, read_sizes, show

from qdrant_model_migration.embedders import Embedder, model_from_folder, open_embedder
from qdrant_model_migration.pipeline.move import Load, Move, TargetVector
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.pipeline.slices import SliceTask, find_slices, run_slice
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.pipeline.worker import Worker, WorkerSpec
from qdrant_model_migration.qdrant import Point, Qdrant, pages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-folder", type=Path)
    given = read_sizes(parser, points=4000, rounds=5)
    model: Embedder = (
        open_embedder(model_from_folder(given.model_folder))
        if given.model_folder
        else PaddedModel()
    )
    size = model.model.dimensions or NEW
    with filled(given.points) as qdrant:
        sides: dict[str, Callable[[], None]] = {
            "the usual loop": lambda: usual(fresh(qdrant, size), model),
            "one stream, sorted": lambda: ours(fresh(qdrant, size), model, streams=1),
            "two streams, sorted": lambda: ours(fresh(qdrant, size), model, streams=2),
        }
        show(interleaved(sides, given.rounds), "the usual loop")


def fresh(qdrant: Qdrant, size: int) -> Qdrant:
    if qdrant.exists("new"):
        qdrant.delete_collection("new")
    qdrant.create_collection("new", {"vectors": {"size": size, "distance": "Cosine"}})
    return qdrant


def usual(qdrant: Qdrant, model: Embedder) -> None:
    for page in pages(qdrant, "old", limit=100):
        made = model.embed([p.payload["text"] for p in page], "passage").vectors
        qdrant.upsert(
            "new", [Point(p.id, p.payload, {"": v}) for p, v in zip(page, made, strict=True)]
        )


def ours(qdrant: Qdrant, model: Embedder, streams: int) -> None:
    params = qdrant.config("new").vectors()[""]
    vector = TargetVector(
        name="", params=params, origin=embedded(model.model, TextSource(fields=("text",)))
    )
    move = Move(
        source="old",
        target="new",
        vectors=(vector,),
        load=Load(batch=128, streams=streams),
    )
    with ThreadPoolExecutor(streams) as pool:
        found = find_slices(qdrant, move.points, move.load.slice)
        tasks = [SliceTask(where, move) for where in found]
        spec = WorkerSpec(qdrant.address, open_model=lambda _: model)
        with Worker(spec) as worker:
            list(pool.map(lambda task: run_slice(task, worker), tasks))


if __name__ == "__main__":
    main()
