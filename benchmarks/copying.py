"""Copying points with their vectors: by ours, against a loop over the official client.

Without `--url` the fake server of the tests answers, and the ratios say what our side costs.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from qdrant_client import QdrantClient, models
from sides import filled, interleaved, read_sizes, show

from qdrant_model_migration.pipeline.move import Load, Move, TargetVector
from qdrant_model_migration.pipeline.origins import as_it_is
from qdrant_model_migration.pipeline.slices import SliceTask, find_slices, run_slice
from qdrant_model_migration.pipeline.worker import Worker, WorkerSpec
from qdrant_model_migration.qdrant import Qdrant

BASELINE = "a loop of scroll and upsert"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a real server, in which collections old and new are made")
    parser.add_argument("--grpc-port", type=int, help="of that server, for one more baseline")
    parser.add_argument("--tool", type=Path, help="the qdrant/migration program: needs both others")
    given = read_sizes(parser, points=20_000, rounds=3, dimensions=768)
    with filled(given.points, size=given.dimensions, url=given.url) as qdrant:
        address = qdrant.address
        client = QdrantClient(url=address.url, port=address.port, timeout=60)
        sides: dict[str, Callable[[], None]] = {
            BASELINE: lambda: usual(fresh(qdrant), client),
            "ours, one stream": lambda: ours(fresh(qdrant), 1),
            "ours, two streams": lambda: ours(fresh(qdrant), 2),
        }
        if given.grpc_port:
            faster = QdrantClient(
                url=address.url,
                port=address.port,
                grpc_port=given.grpc_port,
                prefer_grpc=True,
                timeout=60,
            )
            sides["the same loop by gRPC"] = lambda: usual(fresh(qdrant), faster)
            if given.tool:
                at = f"{address.host}:{given.grpc_port}"
                for batch in (50, 256):
                    sides[f"qdrant/migration, by {batch}"] = partial(
                        tool, given.tool, at, batch, qdrant
                    )
        show(interleaved(sides, given.rounds), BASELINE)


def fresh(qdrant: Qdrant) -> Qdrant:
    if qdrant.exists("new"):
        qdrant.delete_collection("new")
    like = qdrant.config("old").vectors()[""]
    unindexed = {"indexing_threshold": 0}
    qdrant.create_collection("new", {"vectors": like, "optimizers_config": unindexed})
    return qdrant


def usual(qdrant: Qdrant, client: QdrantClient) -> None:
    following = None
    while True:
        page, following = client.scroll(
            "old", limit=256, offset=following, with_payload=True, with_vectors=True
        )
        points = [
            models.PointStruct(id=p.id, payload=p.payload, vector=p.vector or {}) for p in page
        ]
        client.upsert("new", points, wait=True)
        if following is None:
            return


def tool(program: Path, at: str, batch: int, qdrant: Qdrant) -> None:
    """By as many workers as there are cores, which is its own number; 50 is its usual batch."""
    fresh(qdrant)
    ends = [
        word
        for end, name in (("source", "old"), ("target", "new"))
        for word in (f"--{end}.url=http://{at}", f"--{end}.collection={name}")
    ]
    how = (f"--migration.batch-size={batch}", "--migration.restart")
    subprocess.run([program, "qdrant", *ends, *how], check=True, capture_output=True)
    if qdrant.count("new") != qdrant.count("old"):
        raise SystemExit("qdrant/migration has not copied all points")


def ours(qdrant: Qdrant, streams: int) -> None:
    params = qdrant.config("new").vectors()[""]
    vector = TargetVector(name="", params=params, origin=as_it_is(""))
    load = Load(batch=256, streams=streams)
    move = Move(source="old", target="new", vectors=(vector,), load=load)
    with (
        ThreadPoolExecutor(streams) as pool,
        Worker(WorkerSpec(qdrant.address)) as worker,
    ):
        tasks = (SliceTask(where, move) for where in find_slices(qdrant, move.points, load.slice))
        list(pool.map(lambda task: run_slice(task, worker), tasks))


if __name__ == "__main__":
    main()
