"""A sample of vectors is made again, in other batches than they were made in."""

from __future__ import annotations

from pathlib import Path

import pytest

from qdrant_model_migration.embedders import model_from_folder, open_embedder
from qdrant_model_migration.pipeline.move import TargetVector
from qdrant_model_migration.pipeline.origins import embedded
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Address, Point, open_qdrant
from qdrant_model_migration.steps.backfill import Backfill
from qdrant_model_migration.steps.create_collection import CreateCollection
from qdrant_model_migration.steps.routes.made_again import check_model
from support.fake_qdrant import FakeQdrant
from support.tiny_onnx import WORDS, tiny_onnx
from support.world import World, a_move

QUIET = ["red cat runs", "blue dog sleeps", "the green bird eats"]


@pytest.mark.parametrize("quantized", [True, False])
def test_other_company_is_no_fault_and_another_text_is(tmp_path: Path, quantized: bool) -> None:
    folder = tiny_onnx(tmp_path / "model", dimensions=64, quantized=quantized)
    model = model_from_folder(folder)
    target = TargetVector(
        name="",
        params={"size": 64, "distance": "Cosine"},
        origin=embedded(model, TextSource(fields=("text",))),
    )
    texts = [*QUIET, " ".join([WORDS[-1]] * 5)]
    with FakeQdrant() as fake, open_qdrant(Address(url=fake.url)) as qdrant:
        qdrant.create_collection("docs_old", {"vectors": {"size": 2, "distance": "Dot"}})
        qdrant.insert(
            "docs_old", [Point(n, {"text": t}, {"": [1.0, 1.0]}) for n, t in enumerate(texts)]
        )
        world = World(qdrant, tmp_path, a_move(vectors=(target,)))
        world.models[model.name] = open_embedder(model)  # type: ignore[assignment]
        for step in (CreateCollection(), Backfill()):
            step.apply(world)
        alone = [qdrant.retrieve("docs_new", [n], vectors=True)[0].vectors[""] for n in range(3)]
        again = world.models[model.name].embed(QUIET, "passage").vectors
        assert all(list(a) != list(b) for a, b in zip(alone, again, strict=True)) == quantized
        assert check_model(world, target, range(3)).ok
        qdrant.upsert("docs_new", [Point(1, {"text": QUIET[1]}, {"": alone[2]})])
        wrong = check_model(world, target, range(3))
    assert (wrong.ok, wrong.found, wrong.expected) == (False, 2, 3)
