"""Whether runs take what their plans promised: ten of them, of different texts and models."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import whole_run
from made_models import SCRIPTS, WORDS, encoder
from sides import TESTS, as_installed, empty, read_sizes

from qdrant_model_migration.plan import Range
from qdrant_model_migration.qdrant import Point, Qdrant

Texts = Callable[[random.Random], list[str]]
"""The words of a text."""

TEXTS: dict[str, Texts] = {
    "short": lambda choose: choose.choices(WORDS, k=choose.randint(2, 10)),
    "long": lambda choose: choose.choices(WORDS, k=choose.randint(150, 350)),
    "mixed": lambda choose: choose.choices(WORDS, k=int(choose.lognormvariate(3.5, 1)) + 1),
    "few letters a token": lambda choose: choose.choices(SCRIPTS[0], k=choose.randint(20, 120)),
    "many letters a token": lambda choose: choose.choices(SCRIPTS[2], k=choose.randint(20, 120)),
}
AVERAGE = {"short": 6, "long": 250, "mixed": 55}  # words; of the others 70


class Model(NamedTuple):
    """pace: tokens a second, about, on two cores: how many points make a run of some seconds."""

    options: Callable[[Path], tuple[str, ...]]
    pace: int


def _encoder(layers: int, size: int) -> Callable[[Path], tuple[str, ...]]:
    def options(folder: Path) -> tuple[str, ...]:
        where = folder / f"{layers} layers, {size} dimensions"
        return ("--model-folder", str(where if where.exists() else encoder(where, layers, size)))

    return options


def _static(folder: Path) -> tuple[str, ...]:
    sys.path.insert(0, str(TESTS))
    from support.tiny_static import NAME, tiny_static

    if not (folder / "downloads").exists():
        tiny_static(folder / "downloads", WORDS)
    return ("--model", NAME)


MODELS = {
    "1 layer, 128": Model(_encoder(1, 128), 60_000),
    "3 layers, 384": Model(_encoder(3, 384), 9_000),
    "6 layers, 384": Model(_encoder(6, 384), 4_500),
    "static, 256": Model(_static, 400_000),
}
RUNS = (
    ("short", "3 layers, 384"),
    ("short", "static, 256"),
    ("long", "1 layer, 128"),
    ("long", "6 layers, 384"),
    ("mixed", "1 layer, 128"),
    ("mixed", "3 layers, 384"),
    ("few letters a token", "3 layers, 384"),
    ("few letters a token", "static, 256"),
    ("many letters a token", "6 layers, 384"),
    ("many letters a token", "1 layer, 128"),
)
MOST = 3_000  # points written in a second: no run of `--seconds` has more


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="a real server, instead of the fake one of the tests")
    given = read_sizes(parser, seconds=20, runs=len(RUNS))
    held = 0
    with tempfile.TemporaryDirectory() as made, empty(given.url) as qdrant:
        folder = Path(made)
        env = as_installed(folder) | {"FASTEMBED_CACHE_PATH": str(folder / "downloads")}
        before = set(qdrant.collections())
        for number, (texts, name) in enumerate(RUNS[: given.runs]):
            model = MODELS[name]
            pace = min(MOST, model.pace / AVERAGE.get(texts, 70))
            _fill(qdrant, f"texts_{number}", TEXTS[texts], int(given.seconds * pace) + 300)
            promised = whole_run.plan(qdrant, env, folder / "p.yaml", *model.options(folder))
            ran = whole_run.run(env, folder / "p.yaml")
            held += told(f"{texts}; {name}", promised.seconds, ran.step("backfill"))
            for collection in set(qdrant.collections()) - before:
                qdrant.delete_collection(collection)
    print(f"{held} of {min(given.runs, len(RUNS))} within what was promised")


def told(name: str, promised: Range, took: float) -> bool:
    low, likely, high = promised.low or 0, promised.likely or 0, promised.high or 0
    within = low <= took <= high
    print(
        f"{name:<36} promised {likely:6.1f} s, 1.00 of it ({low / likely:.2f} to"
        f" {high / likely:.2f})   took {took:6.1f} s, {took / likely:5.2f} of it"
        f"   {'within' if within else 'MISSED'}",
        flush=True,
    )
    return within


def _fill(qdrant: Qdrant, name: str, texts: Texts, points: int) -> None:
    choose, vectors = random.Random(0), np.random.default_rng(0)
    qdrant.create_collection(name, {"vectors": {"size": 64, "distance": "Cosine"}})
    for first in range(0, points, 1_000):
        some = range(first, min(points, first + 1_000))
        rows = vectors.normal(size=(len(some), 64)).astype(np.float32)
        qdrant.insert(
            name,
            [
                Point(n, {"text": " ".join(texts(choose))}, {"": row})
                for n, row in zip(some, rows, strict=True)
            ],
        )
    qdrant.switch_aliases([whole_run.LIVE], name)


if __name__ == "__main__":
    main()
