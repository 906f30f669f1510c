"""Learning a map: what it recovers, how it chooses, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdrant_model_migration.embedders.errors import MapUnreadable
from qdrant_model_migration.embedders.learned_map import LearnedMap, to_length_one
from qdrant_model_migration.pipeline.errors import SampleTooSmall
from qdrant_model_migration.pipeline.learning import CHOOSE, JUDGE, LEARN, learn, parts

RANDOM = np.random.default_rng(5)


def rows(number: int, size: int) -> np.ndarray:
    return to_length_one(RANDOM.normal(size=(number, size)))


def rotation(size: int) -> np.ndarray:
    turned, _ = np.linalg.qr(RANDOM.normal(size=(size, size)))
    return turned


def test_a_rotation_is_recovered_where_sizes_agree() -> None:
    turned = rotation(16)
    old = rows(400, 16)
    noisy = to_length_one(old @ turned + RANDOM.normal(scale=0.05, size=old.shape))
    learned = learn(old, noisy, parts(400), length_one=True)
    assert learned.method == "rotation"
    np.testing.assert_allclose(learned.map.matrix, turned, atol=0.05)
    np.testing.assert_allclose(learned.map.of(old, length_one=True), old @ turned, atol=0.1)


def test_between_sizes_an_affine_map_is_recovered() -> None:
    matrix, offset = RANDOM.normal(size=(8, 12)), RANDOM.normal(size=12)
    old = RANDOM.normal(size=(400, 8)) + 3
    learned = learn(old, old @ matrix + offset, parts(400), length_one=False)
    assert learned.method.startswith("ridge")
    np.testing.assert_allclose(learned.map.matrix, matrix, atol=1e-3)
    np.testing.assert_allclose(learned.map.offset, offset, atol=1e-2)


def test_what_chooses_decides_the_strength() -> None:
    """Few noisy pairs want a strong regularisation, exact ones none."""
    matrix = RANDOM.normal(size=(24, 12))
    old = RANDOM.normal(size=(150, 24))
    noisy = old @ matrix + RANDOM.normal(scale=40, size=(150, 12))
    weak = learn(old, old @ matrix, parts(150), length_one=False).method
    strong = learn(old, noisy, parts(150), length_one=False).method
    assert weak == "ridge, strength 1e-06"
    assert strong == "ridge, strength 1"


def test_the_pairs_that_judge_are_never_learned_from() -> None:
    part = parts(400)
    matrix = RANDOM.normal(size=(8, 12))
    old = RANDOM.normal(size=(400, 8))
    new = old @ matrix
    spoilt = new.copy()
    spoilt[part == JUDGE] = 7.0
    learned = learn(old, spoilt, part, length_one=False)
    np.testing.assert_allclose(learned.map.matrix, matrix, atol=1e-3)
    assert learned.pairs == int((part != JUDGE).sum())


def test_neighbours_belong_to_one_part_and_right_answers_judge() -> None:
    part = parts(3200, judging=50)
    assert set(part[:50]) == {JUDGE}
    blocks = part[50:].reshape(-1, 16)
    assert all(len(set(block)) == 1 for block in blocks)
    assert {LEARN, CHOOSE, JUDGE} == set(part[50:])
    enough = parts(100, judging=40)
    assert JUDGE not in enough[40:]


@pytest.mark.parametrize(("number", "size"), [(160, 128), (100, 4)])
def test_too_small_a_sample_is_refused_and_says_how_many_it_needs(number: int, size: int) -> None:
    old = rows(number, size)
    with pytest.raises(SampleTooSmall) as caught:
        learn(old, old, parts(number), length_one=True)
    needed = 256 if size == 128 else 180
    assert f"from {number} texts; it needs about {needed}" in caught.value.what
    again = rows(needed, size)
    learn(again, again, parts(needed), length_one=True)


def test_a_map_comes_back_from_its_file_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "map.npz"
    with pytest.raises(MapUnreadable):
        LearnedMap.load(path)
    one = LearnedMap(np.ones((2, 3), np.float32), np.zeros(3, np.float32))
    one.save(path)
    assert path.stat().st_mode & 0o077 == 0
    assert LearnedMap.load(path).fingerprint == one.fingerprint
    other = LearnedMap(np.full((2, 3), 2, np.float32), np.zeros(3, np.float32))
    np.savez(path, matrix=other.matrix, offset=other.offset, fingerprint=one.fingerprint)
    with pytest.raises(MapUnreadable, match="not as it was written"):
        LearnedMap.load(path)
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(MapUnreadable):
        LearnedMap.load(path)
    assert list(tmp_path.iterdir()) == [path]
