"""Embedding alone: by ours, against fastembed's own `embed()` on texts sorted by length."""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from made_models import SCRIPTS, WORDS, encoder
from sides import TESTS, interleaved, read_sizes, show

from qdrant_model_migration.embedders import model_by_name, model_from_folder, open_embedder
from qdrant_model_migration.pipeline.calls import InCalls

Side = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-folder", type=Path, help="a real model instead of a made one")
    parser.add_argument("--equal", action="store_true", help="texts of equal length")
    parser.add_argument("--static", action="store_true", help="a static model, which is a table")
    given = read_sizes(parser, texts=1024, rounds=5)
    texts = _texts(given.texts, given.equal)
    with tempfile.TemporaryDirectory() as beside:
        sides = (
            _static(Path(beside), texts)
            if given.static
            else _encoder(given.model_folder or encoder(Path(beside) / "encoder"), texts)
        )
        for side in sides.values():
            side()
        show(interleaved(sides, given.rounds), next(iter(sides)))


def _texts(number: int, equal: bool) -> list[str]:
    choose = random.Random(0)
    lengths = [
        60 if equal else min(500, int(choose.lognormvariate(4.1, 0.9)) + 1) for _ in range(number)
    ]
    scripts = SCRIPTS[1:2] if equal else SCRIPTS
    texts = [" ".join(choose.choices(choose.choice(scripts), k=length)) for length in lengths]
    return sorted(texts, key=len)


def _encoder(folder: Path, texts: list[str]) -> dict[str, Side]:
    ours, alone = InCalls(open_embedder(model_from_folder(folder))), _alone(folder)
    return {
        "fastembed, sorted, batch 32": lambda: list(alone.embed(texts, batch_size=32)),
        "ours": lambda: ours.embed(texts, "passage"),
    }


def _static(folder: Path, texts: list[str]) -> dict[str, Side]:
    """The batch makes no difference to the model, so it is the one that fastembed has of itself."""
    from fastembed import TextEmbedding

    sys.path.insert(0, str(TESTS))
    from support.tiny_static import NAME, tiny_static

    tiny_static(folder, WORDS)
    with _downloads_in(folder):
        ours, alone = InCalls(open_embedder(model_by_name(NAME))), TextEmbedding(NAME)
    return {
        "fastembed": lambda: list(alone.embed(texts)),
        "ours": lambda: ours.embed(texts, "passage"),
    }


@contextmanager
def _downloads_in(folder: Path) -> Iterator[None]:
    before = os.environ.get("FASTEMBED_CACHE_PATH")
    os.environ.update(FASTEMBED_CACHE_PATH=str(folder))
    try:
        yield
    finally:
        del os.environ["FASTEMBED_CACHE_PATH"]
        if before is not None:
            os.environ["FASTEMBED_CACHE_PATH"] = before


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
