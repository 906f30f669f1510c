"""The speed of a model is that of the whole collection, not of its shortest or oldest texts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from random import Random
from typing import Any, cast

import pytest

from qdrant_model_migration.advice import make_plan
from qdrant_model_migration.embedders import Embedded, ModelRef
from qdrant_model_migration.pipeline.speed import SECONDS, measure_speed
from qdrant_model_migration.pipeline.text import TextSource
from qdrant_model_migration.qdrant import Page, Point, PointId, Qdrant, order
from qdrant_model_migration.strategies import by_name
from support.surveys import ANSWERS, docs

POINTS = 20_000
SOURCE = TextSource(fields=("text",))
SKEWED = [min(500, int(Random(n).lognormvariate(3, 1.2)) + 1) for n in range(997)]
SHAPES = {
    "a few very long ones": SKEWED,
    "short ones first": [5] * 300 + [400] * 697,
    "long ones first": [400] * 300 + [5] * 697,
    "all alike": [100] * 997,
}


class Collection:
    """Texts of the given lengths, in the order of their ids."""

    def __init__(self, lengths: Sequence[int], whole: bool) -> None:
        each = POINTS // len(lengths) + 1
        # whole: the shape once over all ids; else again and again.
        self.lengths = (
            [length for length in lengths for _ in range(each)] if whole else [*lengths] * each
        )[:POINTS]

    def count(self, _name: str) -> int:
        return POINTS

    def scroll(self, _name: str, *, start: PointId | None, limit: int, **_: Any) -> Page:
        ids = range(POINTS)
        at = 0 if start is None else bisect_left(ids, order(start), key=order)
        page = [
            Point(n, {"text": f"{n} " + "word " * (self.lengths[n] - 1)}, {})
            for n in range(at, min(POINTS, at + limit))
        ]
        return Page(page, at + limit if at + limit < POINTS else None)


class Slow:
    """Embeds so many tokens a second, by a clock of its own, and no more than 256 of a text."""

    def __init__(self, tokens_per_second: float) -> None:
        self.model = ModelRef(kind="practice", name="slow", dimensions=2, max_tokens=256)
        self.now, self.calls, self._rate = 0.0, list[int](), tokens_per_second

    def clock(self) -> float:
        return self.now

    def tokens(self, words: int) -> int:
        return min(words, 256)

    def embed(self, texts: Sequence[str], role: str) -> Embedded:
        self.calls.append(len(texts))
        tokens = sum(self.tokens(len(text.split())) for text in texts)
        self.now += tokens / self._rate
        return Embedded([[1.0, 0.0] for _ in texts], tokens, 0)


@pytest.mark.parametrize("tokens_per_second", [100.0, 1_000.0, 1_000_000.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_backfill_takes_about_what_the_measured_speed_says(
    shape: str, tokens_per_second: float
) -> None:
    collection = Collection(SHAPES[shape], whole=shape != "a few very long ones")
    model = Slow(tokens_per_second)
    speed = measure_speed(cast(Qdrant, collection), "c", SOURCE, model, clock=model.clock)
    assert speed is not None
    truth = sum(model.tokens(length) for length in collection.lengths) / tokens_per_second
    assert POINTS / speed.texts_per_second == pytest.approx(truth, rel=0.25)
    assert model.now <= SECONDS + 5, "a slow model takes no longer than was said"


def test_how_it_was_measured_is_said() -> None:
    model = Slow(1_000)
    collection = Collection(SHAPES["all alike"], whole=True)
    speed = measure_speed(cast(Qdrant, collection), "c", SOURCE, model, clock=model.clock)
    assert speed is not None
    # one to open it, one to see how long the longest takes, and the first call once more
    tried = sum(model.calls) - 2 - model.calls[2]
    assert speed.how == (
        f"measured on {tried} texts from all over the collection: 1,000 tokens/s, 100 tokens a text"
    )


def test_a_busy_computer_makes_the_promise_wider() -> None:
    class Busier(Slow):
        def embed(self, texts: Sequence[str], role: str) -> Embedded:
            self._rate *= 0.9
            return super().embed(texts, role)

    collection, model = Collection(SHAPES["all alike"], whole=True), Busier(4_000)
    speed = measure_speed(cast(Qdrant, collection), "c", SOURCE, model, clock=model.clock)
    assert speed is not None
    between = len(model.calls) - 3
    assert speed.unsteady == pytest.approx(min(0.5, 1 - 0.9**between))
    assert speed.how.endswith(
        f"two tries with the same texts lay {speed.unsteady * 100:.0f} % apart"
    )
    narrow, wide = (
        make_plan(docs(), ANSWERS, by_name("blue_green"), speed=one).estimate.seconds
        for one in (speed._replace(unsteady=0.0), speed)
    )
    assert narrow.likely == wide.likely
    assert narrow.between is not None
    assert wide.between is not None
    assert wide.between[0] < narrow.between[0]
    assert wide.between[1] > narrow.between[1]


def test_a_collection_without_texts_has_no_speed() -> None:
    model = Slow(1_000)
    other = TextSource(fields=("nothing",))
    collection = cast(Qdrant, Collection([5], whole=True))
    assert measure_speed(collection, "c", other, model, clock=model.clock) is None
    assert model.calls == []
