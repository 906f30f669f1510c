"""A second vector in a new collection: cloned by the server, against copied point by point.

Until the new collection is filled; the model costs nothing, so that only what travels counts. How
much that is, is printed too: between two computers it is the line that takes the time. Without
`--url` the fake server of the tests answers, whose snapshots cost nothing either.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import numpy as np
from sides import filled, interleaved, read_sizes, show

from qdrant_model_migration.embedders import Embedded, ModelRef, Role
from qdrant_model_migration.pipeline.move import Load, Move, TargetVector
from qdrant_model_migration.pipeline.origins import as_it_is, embedded
from qdrant_model_migration.pipeline.slices import SliceTask, find_slices, run_slice
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.pipeline.worker import Worker, WorkerSpec
from qdrant_model_migration.qdrant import Qdrant

BASELINE = "copied point by point"
STREAMS = 2


class Line:
    """Counts the bytes of all requests and answers."""

    def __init__(self) -> None:
        self.bytes, self._send = 0, httpx.Client.send

    def __enter__(self) -> Line:
        def send(client: httpx.Client, request: httpx.Request, **more: Any) -> httpx.Response:
            answer = self._send(client, request, **more)
            self.bytes += len(request.content) + len(answer.content)
            return answer

        httpx.Client.send = send  # type: ignore[method-assign,assignment]
        return self

    def __exit__(self, *_: object) -> None:
        httpx.Client.send = self._send  # type: ignore[method-assign]


class FreeModel:
    """Makes vectors at once, whatever the texts are."""

    def __init__(self, size: int) -> None:
        self.model = ModelRef(kind="practice", name="free", dimensions=size)
        self._rows = np.random.default_rng(0).normal(size=(1_024, size)).astype(np.float32)

    def embed(self, texts: Sequence[str], role: Role) -> Embedded:
        return Embedded([self._rows[n % len(self._rows)] for n in range(len(texts))], 0, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a real server, in which collections old and new are made")
    given = read_sizes(parser, points=20_000, rounds=3, dimensions=384, letters=0)
    size, letters = given.dimensions, given.letters
    with filled(given.points, size=size, url=given.url, letters=letters) as qdrant:
        model = FreeModel(size)
        sides: dict[str, Callable[[], None]] = {
            BASELINE: lambda: copied(fresh(qdrant), model),
            "cloned by the server": lambda: cloned(fresh(qdrant), model),
        }
        show(interleaved(sides, given.rounds), BASELINE)
        for name, side in sides.items():
            with Line() as line:
                side()
            print(f"{name:<28} {line.bytes / 1e6:7.1f} MB travel")


def fresh(qdrant: Qdrant) -> Qdrant:
    if qdrant.exists("new"):
        qdrant.delete_collection("new")
    return qdrant


def move(qdrant: Qdrant, model: FreeModel, *, by_server: bool) -> Move:
    old = qdrant.config("old").vectors()[""]
    params = {"size": model.model.dimensions, "distance": "Cosine"}
    made = embedded(model.model, TextSource(fields=("text",)))
    return Move(
        source="old",
        target="new",
        vectors=(
            TargetVector(name="", params=old, origin=as_it_is("")),
            TargetVector(name="second", params=params, origin=made),
        ),
        load=Load(batch=256, streams=STREAMS),
        cloned=by_server,
    )


def create(qdrant: Qdrant, vectors: object) -> None:
    unindexed = {"indexing_threshold": 0}
    qdrant.create_collection("new", {"vectors": vectors, "optimizers_config": unindexed})


def copied(qdrant: Qdrant, model: FreeModel) -> None:
    what = move(qdrant, model, by_server=False)
    create(qdrant, {vector.name: vector.params for vector in what.vectors})
    fill(qdrant, what, model)


def cloned(qdrant: Qdrant, model: FreeModel) -> None:
    what = move(qdrant, model, by_server=True)
    create(qdrant, what.vectors[0].params)
    made = qdrant.create_snapshot("old")
    file = f"{qdrant.snapshots_folder('new')}/old/{made.name}"
    qdrant.restore_snapshot("new", file, made.checksum)
    qdrant.delete_snapshot("old", made.name)
    qdrant.add_vector("new", "second", "dense", what.vectors[1].params)
    fill(qdrant, what.filling, model)


def fill(qdrant: Qdrant, what: Move, model: FreeModel) -> None:
    spec = WorkerSpec(qdrant.address, open_model=lambda _: model)
    with ThreadPoolExecutor(STREAMS) as pool, Worker(spec) as worker:
        tasks = (SliceTask(where, what) for where in find_slices(qdrant, what.points, 1024))
        list(pool.map(lambda task: run_slice(task, worker), tasks))


if __name__ == "__main__":
    main()
