"""A quantized model makes other vectors of a text in other company; comparisons know it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qdrant_model_migration.embedders import kind_of, model_from_folder, open_embedder
from qdrant_model_migration.pipeline.credentials import Credentials, what_differs
from qdrant_model_migration.pipeline.make import MadePoints
from qdrant_model_migration.pipeline.sameness import made_of, nearly_same, same_vector
from qdrant_model_migration.qdrant import Point
from support.tiny_onnx import WORDS, tiny_onnx

TEXT, OTHER = "the red cat runs", "the red cat sleeps"
LOUD = WORDS[-1]


@pytest.fixture
def made(tmp_path: Path) -> dict[str, np.ndarray]:
    """A text alone, the same in the company of a loud one, and another text alone."""
    model = open_embedder(model_from_folder(tiny_onnx(tmp_path, dimensions=64, quantized=True)))
    assert kind_of(model.model).depends_on_batch(model.model)
    (alone,), (other,) = model.embed([TEXT], "passage").vectors, model.embed([OTHER], "passage")[0]
    in_company = model.embed([TEXT, f"{LOUD} {LOUD} {LOUD} {LOUD}"], "passage").vectors[0]
    return {"alone": alone, "in company": in_company, "other": other}


def test_it_is_seen_in_the_file(tmp_path: Path) -> None:
    usual = model_from_folder(tiny_onnx(tmp_path / "usual"))
    assert not kind_of(usual).depends_on_batch(usual)
    tiny_onnx(tmp_path / "usual", quantized=True)
    assert kind_of(usual).depends_on_batch(usual), "the files of now count"
    gone = usual.model_copy(update={"folder": str(tmp_path / "nowhere")})
    assert not kind_of(gone).depends_on_batch(gone)


def test_one_text_in_other_company_is_nearly_the_same_and_another_text_is_not(
    made: dict[str, np.ndarray],
) -> None:
    alone, in_company = made["alone"], made["in company"]
    assert not made_of(in_company, alone, "Cosine", None), "or this test shows nothing"
    assert made_of(in_company, alone, "Cosine", None, nearly=True)
    assert made_of(3 * in_company, 3 * alone, "Dot", None, nearly=True)
    assert not made_of(2 * in_company, alone, "Dot", None, nearly=True)
    assert not made_of(made["other"], alone, "Cosine", None, nearly=True)
    assert nearly_same(in_company, alone)
    assert not nearly_same(made["other"], alone)


def test_a_worker_with_such_a_model_proves_itself(made: dict[str, np.ndarray]) -> None:
    def shows(vector: np.ndarray, *nearly: str) -> Credentials:
        points = [Point(1, {}, {"": vector})]
        return Credentials({}, MadePoints(points, [], 0, 0, 0), {}, frozenset(nearly))

    alone, in_company = made["alone"], made["in company"]
    assert not same_vector(alone, in_company, 2e-3)
    assert what_differs(shows(alone, ""), shows(in_company, "")) is None
    assert what_differs(shows(alone), shows(in_company)) is not None
    assert what_differs(shows(alone, ""), shows(made["other"], "")) is not None
