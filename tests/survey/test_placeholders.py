"""Vectors that stand for none, among a sample."""

from __future__ import annotations

import pytest

from qdrant_model_migration.survey import placeholders
from qdrant_model_migration.survey.facts import Placeholders

PROPER = [(f"text {n}", [1.0, n / 7, -n / 3, 0.5]) for n in range(20)]


@pytest.mark.parametrize(
    ("pairs", "what"),
    [
        ([("a", [0.0] * 4)], "all zeros"),
        ([("a", [0.5] * 4), (None, [1.0] * 4)], "all values equal"),
        ([(f"other {n}", [0.1, 0.2, 0.3, 0.4]) for n in range(3)], "one vector for many points"),
        ([(None, [0.1, 0.2, 0.3, 0.4])] * 3, "one vector for many points"),
        ([("a", [0.0] * 4), ("b", [1.0] * 4)], "all zeros or all values equal"),
    ],
)
def test_placeholders_are_counted_by_kind(
    pairs: list[tuple[str | None, list[float]]], what: str
) -> None:
    expected = Placeholders(found=len(pairs), of=20 + len(pairs), what=what)
    assert placeholders.find([*PROPER, *pairs]) == expected
    assert placeholders.in_words("body", expected) == (
        f"{len(pairs)} of {20 + len(pairs)} sampled vectors body stand for none ({what})"
    )


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("the same text", [0.1, 0.2, 0.3, 0.4])] * 9,
        [("a", [0.1, 0.2, 0.3, 0.4]), ("b", [0.1, 0.2, 0.3, 0.4])],
        [("a", [0.7, 0.7])],
    ],
    ids=["none", "equal texts", "two are chance", "two dimensions are equal by chance"],
)
def test_what_can_be_explained_is_none(pairs: list[tuple[str | None, list[float]]]) -> None:
    assert placeholders.find([*PROPER, *pairs]) is None
