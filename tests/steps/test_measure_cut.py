"""Measuring shorter vectors before anything is made, and waiting where too little stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from qdrant_model_migration.embedders.learned_map import LearnedMap
from qdrant_model_migration.qdrant import Address, Point, Qdrant, open_qdrant
from qdrant_model_migration.steps.errors import ShorteningTooLossy
from qdrant_model_migration.steps.gate import Waiting
from qdrant_model_migration.steps.measure_cut import MEASURED, PROJECTION, MeasureCut
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


def rotated(points: int = 900, inner: int = 6, outer: int = 24) -> np.ndarray:
    """Vectors that are told by a few directions, none of which is one of their values."""
    chance = np.random.default_rng(8)
    axes, _ = np.linalg.qr(chance.normal(size=(outer, outer)))
    told = chance.normal(size=(points, inner)) @ axes[:inner]
    made: np.ndarray = told + 0.01 * chance.normal(size=(points, outer))
    return made


def proving(qdrant: Qdrant, tmp_path: Path, by: Literal["cut", "projection"], size: int) -> World:
    world = World(qdrant, tmp_path, None)
    step = MeasureCut(collection="docs", size=size, lengths=(12,), by=by, proves=True, least=0.7)
    step.apply(world)
    return world


@pytest.mark.parametrize("distance", ["Cosine", "Dot", "Euclid"])
def test_a_projection_keeps_what_the_first_values_lose(
    qdrant: Qdrant, tmp_path: Path, distance: str
) -> None:
    rows = rotated()
    filled(qdrant, rows, distance)
    with pytest.raises(ShorteningTooLossy) as ended:
        proving(qdrant, tmp_path, "cut", 6)
    assert ended.value.what.startswith("NO-GO: at 6 dimensions only ")
    assert "A learned projection to 6 dimensions keeps 100%" in ended.value.todo
    world = proving(qdrant, tmp_path, "projection", 6)
    learned = LearnedMap.load(world.artifact(PROJECTION))
    assert learned.matrix.shape == (24, 6)
    assert not learned.offset.any()
    np.testing.assert_allclose(learned.matrix.T @ learned.matrix, np.eye(6), atol=1e-5)
    assert world.kept[MEASURED]["fingerprint"] == learned.fingerprint


def test_below_what_has_to_stay_no_consent_leads_past_it_and_nothing_is_measured_again(
    qdrant: Qdrant, tmp_path: Path
) -> None:
    filled(qdrant, rotated())
    world = World(qdrant, tmp_path, None)
    world.consents["shortening"] = {"loss": "yes"}
    step = MeasureCut(collection="docs", size=2, by="projection", proves=True, least=0.7)
    for _ in range(2):
        with pytest.raises(ShorteningTooLossy) as ended:
            step.apply(world)
    assert "12 dimensions" not in ended.value.todo
    said = len(world.said)
    with pytest.raises(ShorteningTooLossy):
        step.apply(world)
    assert len(world.said) == said


def test_a_longer_length_that_keeps_enough_is_named(qdrant: Qdrant, tmp_path: Path) -> None:
    filled(qdrant, rotated())
    with pytest.raises(ShorteningTooLossy, match="NO-GO: at 3 dimensions") as ended:
        proving(qdrant, tmp_path, "projection", 3)
    assert ended.value.todo.startswith("12 dimensions keep 100%")


def test_a_projection_whose_file_is_lost_is_learned_again(qdrant: Qdrant, tmp_path: Path) -> None:
    filled(qdrant, rotated())
    world = World(qdrant, tmp_path, None)
    step = MeasureCut(collection="docs", size=6, by="projection", proves=True, least=0.7)
    step.apply(world)
    world.artifact(PROJECTION).unlink()
    step.apply(world)
    assert (
        LearnedMap.load(world.artifact(PROJECTION)).fingerprint
        == (world.kept[MEASURED]["fingerprint"])
    )


def test_too_few_vectors_prove_nothing(qdrant: Qdrant, tmp_path: Path) -> None:
    filled(qdrant, rotated(30))
    with pytest.raises(ShorteningTooLossy, match="cannot be told"):
        proving(qdrant, tmp_path, "projection", 23)
    assert not (tmp_path / PROJECTION).exists()


def test_under_dot_a_projection_keeps_the_lengths_and_cutting_has_them_accepted(
    qdrant: Qdrant, tmp_path: Path
) -> None:
    rows = np.zeros((300, 24))
    rows[:, :6] = rotated(300, outer=6)
    rows[::2] *= 3
    filled(qdrant, rows, "Dot")
    assert proving(qdrant, tmp_path, "projection", 6).kept[MEASURED]["ask"] is False
    world = World(qdrant, tmp_path, None)
    step = MeasureCut(collection="docs", size=6, proves=True, least=0.1)
    with pytest.raises(Waiting) as waiting:
        step.apply(world)
    assert any("Dot counts the length" in line for line in waiting.value.gate.says)
