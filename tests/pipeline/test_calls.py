"""A call to a model takes about a second, whatever the model; between two calls one can stop."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Lock

import pytest

from qdrant_model_migration.embedders import Embedded, ModelRef, embed_usable
from qdrant_model_migration.embedders.errors import BadVector
from qdrant_model_migration.errors import Stopped
from qdrant_model_migration.pipeline.calls import BATCH, InCalls
from support.stand_in import stand_in_kind

TEXTS = sorted((f"{n} " + "word " * (n * 7919 % 300) for n in range(1024)), key=len)


class Slow:
    """Embeds so many letters a second, by a clock of its own. Texts with "beyond" are bad."""

    def __init__(self, letters_per_second: float, each_s: float = 0.0) -> None:
        self.model = ModelRef(kind="practice", name="slow", dimensions=2)
        self.now, self._rate, self._each_s = 0.0, letters_per_second, each_s
        self.took: list[float] = []
        self.texts: list[str] = []
        self.sizes: list[int] = []

    def clock(self) -> float:
        return self.now

    def embed(self, texts: Sequence[str], role: str) -> Embedded:
        took = self._each_s + sum(map(len, texts)) / self._rate
        self.now += took
        self.took.append(took)
        self.sizes.append(len(texts))
        if bad := tuple(n for n, text in enumerate(texts) if "beyond" in text):
            raise BadVector("slow", "not a number", bad)
        self.texts += texts
        return Embedded([[float(len(text)), 1.0] for text in texts], len(texts), 1)


@pytest.mark.parametrize("letters_per_second", [2_000, 20_000, 200_000, 50_000_000])
def test_a_call_takes_about_a_second_at_most(letters_per_second: float) -> None:
    slow = Slow(letters_per_second)
    model = InCalls(slow, clock=slow.clock)
    for _ in range(3):
        done = model.embed(TEXTS, "passage")
        assert [vector[0] for vector in done.vectors] == [len(text) for text in TEXTS]
        assert (done.tokens, done.cut_off) == (1024, done.cut_off)
    assert max(slow.took) < 2.0


def test_a_call_of_many_texts_holds_whole_batches() -> None:
    slow = Slow(200_000)
    model = InCalls(slow, clock=slow.clock)
    for _ in range(3):
        del slow.sizes[:]
        model.embed(TEXTS, "passage")
    assert [size for size in slow.sizes[:-1] if size > BATCH and size % BATCH] == []
    assert len(slow.sizes) > 1


def test_a_fast_model_gets_its_texts_in_one_call() -> None:
    slow = Slow(50_000_000, each_s=0.005)
    model = InCalls(slow, clock=slow.clock)
    for _ in range(3):
        before = len(slow.took)
        model.embed(TEXTS, "passage")
    assert len(slow.took) - before == 1


def test_a_model_that_grows_slower_gets_fewer_texts_at_once() -> None:
    slow = Slow(50_000_000)
    model = InCalls(slow, clock=slow.clock)
    for _ in range(3):
        model.embed(TEXTS, "passage")
    slow._rate = 20_000
    model.embed(TEXTS, "passage")  # one call shows it
    del slow.took[:]
    model.embed(TEXTS, "passage")
    assert max(slow.took) < 2.0


def test_a_stop_comes_between_two_calls_and_leaves_the_model_free() -> None:
    slow = Slow(20_000)

    def between() -> None:
        if slow.now > 3:
            raise Stopped

    with pytest.raises(Stopped):
        InCalls(slow, between, clock=slow.clock).embed(TEXTS, "passage")
    assert slow.now < 5
    assert InCalls(slow, clock=slow.clock).embed(TEXTS[:3], "passage").tokens == 3


def test_bad_texts_of_several_calls_are_told_together_and_the_others_embedded() -> None:
    slow = Slow(20_000)
    texts = [f"{text} beyond" if n in (3, 700, 1001) else text for n, text in enumerate(TEXTS)]
    done = embed_usable(InCalls(slow, clock=slow.clock), texts, "passage")
    assert [n for n, vector in enumerate(done.vectors) if vector is None] == [3, 700, 1001]
    assert slow.now < 2.2 * sum(map(len, texts)) / 20_000, "once, and once more without them"


class Counted:
    """Holds each call until as many are made as are let in at a time."""

    def __init__(self, kind: str, together: int) -> None:
        self.model = ModelRef(kind=kind, name="stand-in/words-32", dimensions=2)
        self.now = self.most = 0
        self.sizes: list[int] = []
        self._lock, self._met = Lock(), Barrier(together)

    def embed(self, texts: Sequence[str], role: str) -> Embedded:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
            self.sizes.append(len(texts))
        self._met.wait(30)
        with self._lock:
            self.now -= 1
        return Embedded([[1.0, 0.0]] * len(texts), len(texts), 0)


@pytest.mark.parametrize(("kind", "calls"), [("practice", 1), ("fastembed", 1), ("stand_in", 2)])
def test_as_many_calls_are_made_at_a_time_as_the_kind_says(
    kind: str, calls: int, tmp_path: Path
) -> None:
    with stand_in_kind(tmp_path / "kinds"):
        counted = Counted(kind, calls)
        models = [InCalls(counted) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            done = [pool.submit(model.embed, ["a text"], "passage") for model in models]
            assert [one.result().tokens for one in done] == [1] * 4
    assert counted.most == calls


def test_a_call_holds_no_more_texts_than_the_kind_takes(tmp_path: Path) -> None:
    with stand_in_kind(tmp_path / "kinds"):
        counted = Counted("stand_in", 1)
        InCalls(counted).embed(["a"] * 40, "passage")
    assert counted.sizes == [16, 16, 8]
