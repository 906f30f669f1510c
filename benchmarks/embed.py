"""Embedding alone: by ours, against fastembed's own `embed()` on texts sorted by length."""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Callable
from pathlib import Path

from made_models import SCRIPTS, encoder
from sides import interleaved, read_sizes, show

from qdrant_model_migration.embedders import model_from_folder, open_embedder
from qdrant_model_migration.pipeline.calls import InCalls


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-folder", type=Path, help="a real model instead of a made one")
    parser.add_argument("--equal", action="store_true", help="texts of equal length")
    given = read_sizes(parser, texts=1024, rounds=5)
    choose = random.Random(0)
    lengths = [
        60 if given.equal else min(500, int(choose.lognormvariate(4.1, 0.9)) + 1)
        for _ in range(given.texts)
    ]
    scripts = SCRIPTS[1:2] if given.equal else SCRIPTS
    texts = [" ".join(choose.choices(choose.choice(scripts), k=length)) for length in lengths]
    texts.sort(key=len)
    with tempfile.TemporaryDirectory() as beside:
        folder = given.model_folder or encoder(Path(beside) / "encoder")
        model = open_embedder(model_from_folder(folder))
        ours, alone = InCalls(model), _alone(folder)
        sides: dict[str, Callable[[], object]] = {
            "fastembed, sorted, batch 32": lambda: list(alone.embed(texts, batch_size=32)),
            "ours": lambda: ours.embed(texts, "passage"),
        }
        for side in sides.values():
            side()
        show(interleaved(sides, given.rounds), "fastembed, sorted, batch 32")


def _alone(folder: Path) -> object:
    """fastembed opened as its documentation says it, on the same files."""
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    TextEmbedding.add_custom_model(
        model="alone",
        pooling=PoolingType.MEAN,
        normalization=True,
        sources=ModelSource(url=folder.as_uri()),
        dim=384,
        model_file="model.onnx",
    )
    return TextEmbedding("alone", specific_model_path=str(folder), local_files_only=True)


if __name__ == "__main__":
    main()
