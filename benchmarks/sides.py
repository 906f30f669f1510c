"""What the benchmarks share: a filled fake server in its own process, and timing side by side."""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median

import numpy as np

from qdrant_model_migration.embedders import Embedded, ModelRef, Role
from qdrant_model_migration.qdrant import Address, Point, Qdrant, Vector, open_qdrant

TESTS = Path(__file__).resolve().parent.parent / "tests"
SERVER = (
    "import sys; sys.path.insert(0, sys.argv[1]); from support.fake_qdrant import FakeQdrant\n"
    "with FakeQdrant() as fake:\n    print(fake.url, flush=True)\n    sys.stdin.read()\n"
)
OLD, NEW = 128, 256
WORDS = [f"word{n}" for n in range(2000)]


class PaddedModel:
    """Costs what a transformer costs: the batch times its longest text, whatever the others."""

    def __init__(self, batch: int = 32) -> None:
        self.model = ModelRef(kind="practice", name="padded", dimensions=NEW)
        self._weights = np.random.default_rng(0).normal(size=(NEW, NEW)).astype(np.float32)
        self._batch = batch

    def embed(self, texts: Sequence[str], role: Role) -> Embedded:
        vectors: list[Vector] = []
        for first in range(0, len(texts), self._batch):
            part = texts[first : first + self._batch]
            longest = max(len(text.split()) for text in part)
            padded = np.ones((len(part), longest, NEW), np.float32)
            for row, text in enumerate(part):
                padded[row, :, 0] = len(text)
            out = (padded @ self._weights).mean(axis=1)
            vectors += (out / np.linalg.norm(out, axis=1, keepdims=True)).tolist()
        return Embedded(vectors, sum(len(text.split()) for text in texts), 0)


def read_sizes(parser: argparse.ArgumentParser, **usual: int) -> argparse.Namespace:
    """The command line, with an option for each size; `--smallest` makes every size 1."""
    for name, value in usual.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--smallest", action="store_true", help="every size is 1")
    given = parser.parse_args()
    if given.smallest:
        vars(given).update(dict.fromkeys(usual, 1))
    return given


@contextmanager
def filled(
    points: int,
    *,
    size: int = OLD,
    url: str | None = None,
    name: str = "old",
    letters: int = 0,
) -> Iterator[Qdrant]:
    """A fake server in its own process, or the one at `url`, with a collection of this name; texts
    of very unequal length. letters: of the payload of a point, besides its text. Where there is
    such a collection already, it is taken as it is."""
    with empty(url) as qdrant:
        if not qdrant.exists(name):
            _fill(qdrant, name, points, size, letters)
        yield qdrant


@contextmanager
def empty(url: str | None = None) -> Iterator[Qdrant]:
    """A fake server in its own process, or the one at `url`, as it is."""
    with nullcontext(url) if url else _fake() as at, open_qdrant(Address.read(at)) as qdrant:
        yield qdrant


@contextmanager
def _fake() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(TESTS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()


def _fill(qdrant: Qdrant, name: str, points: int, size: int, letters: int) -> None:
    choose, vectors = random.Random(0), np.random.default_rng(0)
    qdrant.create_collection(name, {"vectors": {"size": size, "distance": "Cosine"}})

    def point(number: int) -> Point:
        words = choose.choices(WORDS, k=int(choose.lognormvariate(3.5, 1)) + 1)
        vector = vectors.normal(size=size).astype(np.float32)
        payload: dict[str, object] = {"text": " ".join(words), "number": number}
        if letters:
            payload["more"] = "".join(choose.choices("abcdefgh ", k=letters))
        return Point(number, payload, {"": vector})

    for first in range(0, points, 1_000):
        qdrant.insert(name, [point(n) for n in range(first, min(points, first + 1_000))])


def as_installed(folder: Path) -> dict[str, str]:
    """An environment in which Python keeps what it compiles, in `folder`, where runs are kept, too:
    the first call is not measured."""
    kept = {"PYTHONPYCACHEPREFIX": str(folder / "compiled"), "QMM_RUN_DIR": str(folder / "runs")}
    rest = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**rest, **kept}


def interleaved(sides: dict[str, Callable[[], None]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each side, round by round, so that a busy machine hits both."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            began = time.perf_counter()
            side()
            seconds[name].append(time.perf_counter() - began)
    return seconds


def show(seconds: dict[str, list[float]], baseline: str) -> None:
    base = seconds[baseline]
    for name, each in seconds.items():
        ratios = [own / other for own, other in zip(each, base, strict=True)]
        print(
            f"{name:<28} {median(each):7.2f} s   {median(ratios):5.2f} of {baseline}"
            f"   ({min(ratios):.2f} to {max(ratios):.2f})"
        )
