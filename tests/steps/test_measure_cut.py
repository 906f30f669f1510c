"""Measuring shorter vectors before anything is made, and waiting where too little stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from qdrant_model_migration.steps.gate import Waiting
from qdrant_model_migration.steps.measure_cut import MEASURED, MeasureCut
from support.fake_qdrant import FakeQdrant
from support.world import World


@pytest.fixture
def qdrant() -> Iterator[Qdrant]:
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url, folder=None)) as opened:
        yield opened


def filled(qdrant: Qdrant, rows: np.ndarray, distance: str = "Cosine") -> None:
    body = {"vectors": {"size": rows.shape[1], "distance": distance}}
    qdrant.create_collection("docs", body)
    qdrant.insert("docs", [Point(n, {}, {"": row.tolist()}) for n, row in enumerate(rows)])


def told(qdrant: Qdrant, tmp_path: Path, size: int) -> World:
    world = World(qdrant, tmp_path, None)
    MeasureCut(collection="docs", size=size, lengths=(8, 4)).apply(world)
    return world


def random(points: int = 200, length: int = 8) -> np.ndarray:
    rows = np.random.default_rng(3).normal(size=(points, length))
    made: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return made


def test_the_curve_says_what_stays_and_what_it_takes(qdrant: Qdrant, tmp_path: Path) -> None:
    rows = random()
    rows[:, 4:] *= 0.01
    filled(qdrant, rows)
    world = told(qdrant, tmp_path, 4)
    assert "200 stored vectors were cut" in world.said[0]
    assert "4 dimensions: 9" in world.said[1] or "4 dimensions: 100" in world.said[1]
    assert world.said[1].endswith("3.2 kB, as planned.")
    assert world.kept[MEASURED]["ask"] is False


def test_where_too_little_stays_a_person_decides_and_it_is_not_measured_again(
    qdrant: Qdrant, tmp_path: Path
) -> None:
    filled(qdrant, random(length=16))
    world = World(qdrant, tmp_path, None)
    step = MeasureCut(collection="docs", size=2, lengths=(8, 4))
    with pytest.raises(Waiting) as waiting:
        step.apply(world)
    gate = waiting.value.gate
    assert gate.name == "shortening"
    assert [line.split(":")[0] for line in gate.says[1:4]] == [
        "8 dimensions",
        "4 dimensions",
        "2 dimensions",
    ]
    qdrant.delete_collection("docs")
    world.consents["shortening"] = {"loss": "yes"}
    step.apply(world)


def test_lengths_that_dot_counts_are_said(qdrant: Qdrant, tmp_path: Path) -> None:
    rows = random()
    rows[:, 4:] = 0
    rows[::2] *= 3
    filled(qdrant, rows, "Dot")
    with pytest.raises(Waiting) as waiting:
        told(qdrant, tmp_path, 4)
    assert any("Dot counts the length" in line for line in waiting.value.gate.says)


def test_without_vectors_nothing_is_measured_and_nobody_asked(
    qdrant: Qdrant, tmp_path: Path
) -> None:
    filled(qdrant, random(1))
    assert "nothing was measured" in told(qdrant, tmp_path, 4).said[0]
