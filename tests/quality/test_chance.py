"""Neighbours of random vectors are where chance puts them; those of texts are nearer."""

from __future__ import annotations

import numpy as np
import pytest

from qdrant_model_migration.embedders.kinds import practice
from qdrant_model_migration.quality.chance import like_chance
from qdrant_model_migration.sandbox.corpus import gather


def judged(rows: np.ndarray, k: int = 10, searches: int = 64) -> bool | None:
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    asked = np.linspace(0, len(rows) - 1, searches).astype(int)
    scores = rows[asked] @ rows.T
    near = [np.sort(np.delete(one, at))[::-1][:k] for at, one in zip(asked, scores, strict=True)]
    others = [np.delete(one[asked], place) for place, one in enumerate(scores)]
    return like_chance([list(n) for n in near], [list(o) for o in others], len(rows))


@pytest.mark.parametrize("size", [4, 32, 384])
@pytest.mark.parametrize("points", [300, 3000])
@pytest.mark.parametrize("shape", ["normal", "uniform"])
def test_random_vectors_look_like_chance(size: int, points: int, shape: str) -> None:
    draw = np.random.default_rng(size + points)
    rows = draw.normal(size=(points, size)) if shape == "normal" else draw.random((points, size))
    assert judged(rows) is True


@pytest.mark.parametrize("name", sorted(practice.RECIPES))
def test_texts_do_not(name: str, tmp_path) -> None:
    texts = [document.text for document in gather(limit=400)]
    practice.fit(name, texts, tmp_path)
    model = practice.PracticeEmbedder(practice.practice_model(name, tmp_path))
    assert judged(np.array(model.embed(texts, "passage").vectors)) is False


def test_of_few_points_or_searches_nothing_is_said() -> None:
    draw = np.random.default_rng(1)
    assert judged(draw.normal(size=(100, 32))) is None
    assert judged(draw.normal(size=(300, 32)), searches=5) is None
