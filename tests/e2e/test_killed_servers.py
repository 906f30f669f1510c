"""Engine and server are killed again and again, before and after the switch, while an application
writes a hundred times a second: each point is there as it was written last, and none came back.

QDRANT_PROGRAM names the program of a server; it gets a folder and a port of its own.
"""

from __future__ import annotations

import os
import random
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qdrant_model_migration.embedders import open_embedder
from qdrant_model_migration.engine import create_run, view
from qdrant_model_migration.engine.process import engine_command
from qdrant_model_migration.pipeline.sameness import same_payload
from qdrant_model_migration.qdrant import Address, Point
from support.hostile import Hostile
from support.server_program import ServerProgram
from support.world import everything

from .conftest import Models, Place, document
from .trips import consent, plan_for

MANY = 8_000
KILLS = 10  # of the engine, before the cutover; after it as many again
PROGRAM = os.environ.get("QDRANT_PROGRAM", "")

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not PROGRAM, reason="QDRANT_PROGRAM names no server to kill"),
    pytest.mark.timeout(900),
]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProgram]:
    folder = tmp_path / "server"
    folder.mkdir()
    server = ServerProgram(PROGRAM, folder)
    yield server
    server.close()


def filled(place: Place) -> dict[int, dict[str, Any]]:
    embedder = open_embedder(place.models.old)
    held = {n: document(n) for n in range(MANY)}
    with place.open() as qdrant:
        params = {"size": place.models.old.dimensions, "distance": "Cosine"}
        metadata = place.models.old.to_metadata()
        qdrant.create_collection(place.collection, {"vectors": params, "metadata": metadata})
        for at in range(0, MANY, 500):
            some = range(at, at + 500)
            vectors = embedder.embed([held[n]["text"] for n in some], "passage").vectors
            qdrant.insert(
                place.collection,
                [Point(n, held[n], {"": v}) for n, v in zip(some, vectors, strict=True)],
            )
        qdrant.switch_alias(place.alias, place.collection)
    return held


def carry_on(folder: Path, choose: random.Random, kills: int, within: tuple[float, float]) -> int:
    """The engine in processes of its own, killed so often; the code of the one that was not. One
    that begins in the moment in which no server answers says so, and is begun again."""
    code, begun = 4, 0
    while code in (4, -9):
        begun += 1
        assert begun < kills + 20, view(folder).error
        engine = subprocess.Popen(engine_command(folder, None, None))
        try:
            code = engine.wait(choose.uniform(*within) if kills > 0 else 600)
        except subprocess.TimeoutExpired:
            engine.kill()
            code, kills = engine.wait(), kills - 1
        if code == 4:
            assert "Nothing answers" in str(view(folder).error)
    return code


@pytest.mark.parametrize("strategy", ["blue_green", "truncate", "linear_map"])
def test_nothing_is_lost_whatever_is_killed(
    server: ServerProgram,
    tmp_path: Path,
    models: Models,
    monkeypatch: pytest.MonkeyPatch,
    strategy: str,
) -> None:
    monkeypatch.setenv("QMM_RUN_DIR", str(tmp_path / "runs"))
    if strategy == "truncate":  # the one that can be shortened
        models = Models(models.new, models.new.cut_to(128))
    place = Place(Address(url=server.url, folder=None), "docs_old", "docs", models, None)
    held, choose = filled(place), random.Random(strategy)
    change = "shorter" if strategy == "truncate" else "model"
    answers = {"accuracy": "approximate"} if strategy == "linear_map" else {}
    plan = plan_for(place, strategy, change, **answers)
    assert plan.move is not None
    (size,) = [v.params["size"] for v in plan.move.vectors]
    opened, one_at_a_time = {m: open_embedder(m) for m in models}, threading.Lock()

    def vector_of(collection: str, text: str) -> list[float]:
        old = collection == place.collection
        with one_at_a_time:
            made = opened[models.old if old else models.new].embed([text], "passage").vectors[0]
        return [float(x) for x in np.asarray(made)[: None if old else size]]

    folder, over = create_run(plan), threading.Event()

    def kill_the_server() -> None:
        while not over.wait(choose.uniform(3, 7)):
            server.kill()

    killer = threading.Thread(target=kill_the_server)
    with Hostile(server.url, place.alias, document, vector_of, held) as application:
        killer.start()
        try:
            kills, within = KILLS, (0.8, 5.0)
            while carry_on(folder, choose, kills, within) == 3:
                gate = view(folder).gate
                assert gate is not None
                consent(folder, gate["name"])
                kills, within = (KILLS, (0.5, 2.5)) if gate["name"] == "cutover" else (0, within)
        finally:
            over.set()
            killer.join()
        assert view(folder).error is None
    assert sum(application.writes.values()) > 500
    assert server.kills > 3
    with place.open() as qdrant:
        assert qdrant.aliases()[place.alias] == plan.move.target
        stand = everything(qdrant, plan.move.target)
    assert stand.keys() == held.keys()
    assert not [i for i in held if not same_payload(stand[i].payload, held[i])]
    if strategy != "linear_map":  # there the sweep calculates them
        for i, point in stand.items():
            right = np.asarray(vector_of(plan.move.target, held[i]["text"]))
            right /= np.linalg.norm(right)
            np.testing.assert_allclose(np.asarray(point.vectors[""]), right, atol=5e-3)
