"""Which search params are tried after a change of the compression, and which are advised."""

from __future__ import annotations

from typing import Any

import pytest

from qdrant_model_migration.quality.rescoring import FACTORS, advice, advised, in_words, others

RAW = {"rescore": False}


def rescored(factor: float) -> dict[str, Any]:
    return {"rescore": True, "oversampling": factor}


def tried(params: Any, recall: float | None) -> dict[str, Any]:
    return {"params": params, "recall": recall, "milliseconds": 3.0}


@pytest.mark.parametrize(
    ("own", "quantization", "left_out"),
    [
        ({}, {"scalar": {}}, RAW),
        ({}, {"product": {}}, RAW),
        ({}, {"binary": {}}, rescored(1.0)),
        ({}, {"turbo": {"bits": "bits4"}}, RAW),
        ({}, {"turbo": {"bits": "bits2"}}, rescored(1.0)),
        (RAW, {"binary": {}}, RAW),
        (rescored(2.0), {"scalar": {}}, rescored(2.0)),
        ({"oversampling": 3.0}, {"binary": {}}, rescored(3.0)),
    ],
)
def test_what_the_application_does_already_is_not_tried_again(
    own: Any, quantization: Any, left_out: Any
) -> None:
    every = [RAW, *map(rescored, FACTORS)]
    assert others(own, quantization, FACTORS) == [p for p in every if p != left_out]


def test_nothing_is_tried_that_strict_mode_refuses_or_where_nothing_is_compressed() -> None:
    assert others({}, {"scalar": {}}, FACTORS, most=2.0) == [rescored(1.0), rescored(2.0)]
    assert others({}, None, FACTORS) == []


def test_the_least_that_finds_as_much_as_before_is_advised() -> None:
    own = tried({}, 0.7)
    more = [tried(rescored(f), r) for f, r in zip(FACTORS, (0.9, 0.995, 1.0), strict=True)]
    best = advised(1.0, own, more)
    assert best is not None
    assert (best["params"], best["enough"]) == (rescored(2.0), True)
    assert advice(1.0, own, best) == (
        "Let the application search with rescore true, oversampling 2: recall@10 0.995, 3 ms."
    )


def test_where_all_find_less_the_most_is_advised_and_it_is_said() -> None:
    more = [tried(rescored(f), r) for f, r in zip(FACTORS, (0.8, 0.9, 0.85), strict=True)]
    best = advised(1.0, tried({}, 0.7), more)
    assert best is not None
    assert (best["params"], best["enough"]) == (rescored(2.0), False)
    assert "less than before" in advice(1.0, tried({}, 0.7), best)


@pytest.mark.parametrize(
    ("before", "here", "said"),
    [
        (0.95, 0.945, "as much as before"),
        (1.0, 0.7, "Nothing that was tried finds more"),
        (None, None, ""),
    ],
)
def test_nothing_is_advised_without_need_or_gain(before: Any, here: Any, said: str) -> None:
    own, more = tried({}, here), [tried(RAW, 0.99), tried(rescored(1.0), 0.6)]
    assert advised(before, own, more) is None
    found = advice(before, own, None)
    assert said in found
    assert bool(said) == bool(found)


def test_search_params_are_said_in_the_words_of_the_server() -> None:
    assert in_words(rescored(1.5)) == "rescore true, oversampling 1.5"
    assert in_words(RAW) == "rescore false"
    assert in_words({}) == "as Qdrant decides"
